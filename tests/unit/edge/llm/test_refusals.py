"""Who is refused: strangers, those over their budget, and those who ask too much at a time."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from orchestrator.llm_settings import LlmSettings
from tests.support.llm_endpoint import READ, WRITTEN, Endpoint
from tests.support.llm_gateway import (
    Answer,
    Books,
    Served,
    gateway_tenant,
    served,
    until,
)


@pytest.mark.parametrize(
    ("number", "at", "given"),
    [
        (1, 1, "token-of-2"),  # B's token, from A
        (1, 2, "token-of-2"),  # B's token, at B's gateway, from A
        (1, 2, "token-of-1"),  # A's token, at B's gateway
        (2, 2, "token-of-1"),  # A's token, from B
        (3, 1, "token-of-1"),  # A's token, from a stranger
        (1, 1, ""),
        (1, 1, "x" * 5000),
    ],
)
def test_all_three_must_be_one_tenants(
    gateway: Served, llm: Endpoint, number: int, at: int, given: str
) -> None:
    for path, method in (("/v1/chat/completions", "POST"), ("/v1/status", "GET")):
        answer = gateway.ask(number, at=at, given=given, path=path, method=method)
        assert (answer.status, answer.kind) == (401, "unknown")
    assert llm.asked == []


def test_tenants_come_and_go(gateway: Served, books: Books) -> None:
    with pytest.raises(ConnectionRefusedError):
        gateway.ask(3)
    books.serve(gateway_tenant(1), gateway_tenant(3))
    gateway.look()
    assert gateway.ask(3).status == 200
    with pytest.raises(ConnectionRefusedError):
        gateway.ask(2)
    assert gateway.ask(1).status == 200


def test_an_address_that_cannot_be_had_keeps_nobody_else_waiting(
    gateway: Served, books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    other = replace(gateway_tenant(4), gateway="0.0.0.0.0")
    books.tenants = {"127.9.4.2": other, "127.9.3.2": gateway_tenant(3)}
    for _ in range(2):
        gateway.look()
    assert gateway.ask(3).status == 200
    assert [one for one in caplog.messages if "no LLM gateway at" in one] != []


def test_too_many_connections_of_one_tenant_are_dropped(gateway: Served) -> None:
    connections = [gateway.connect(1) for _ in range(40)]
    for one in connections:
        one.connect()
    assert gateway.ask(2).status == 200
    with pytest.raises((ConnectionError, OSError)):
        gateway.ask(1)
    for one in connections:
        one.close()
    until(lambda: _works(gateway))


def _works(gateway: Served) -> bool:
    try:
        return gateway.ask(1).status == 200
    except OSError:
        return False


def test_a_budget_that_is_used_up_is_429(gateway: Served, books: Books, llm: Endpoint) -> None:
    books.serve(gateway_tenant(1, budget=READ + WRITTEN), gateway_tenant(2, budget=1000))
    gateway.look()
    assert gateway.ask().status == 200
    answer = gateway.ask()
    assert (answer.status, answer.kind) == (429, "budget")
    assert 1 <= int(answer.headers["retry-after"]) <= 86_400
    assert len(llm.asked) == 1
    assert gateway.ask(2).status == 200
    assert gateway.status()["budget_tokens"] == gateway.status()["used_tokens"] == READ + WRITTEN


def test_a_budget_survives_the_edge(settings: LlmSettings, books: Books) -> None:
    books.serve(gateway_tenant(1, budget=10))
    for expected in (200, 429):
        with served(books, settings) as gateway:
            assert gateway.ask().status == expected


def test_without_the_controller_it_goes_on_and_catches_up(gateway: Served, books: Books) -> None:
    books.serve(gateway_tenant(1, budget=2 * (READ + WRITTEN)))
    gateway.look()
    books.away = True
    assert [gateway.ask().status for _ in range(3)] == [200, 200, 429]
    gateway.look()
    gateway.write()
    assert books.booked == {}
    books.away = False
    gateway.write()
    gateway.write()
    assert [one.tokens for one in books.booked.values()] == [READ + WRITTEN] * 2


def test_one_too_many_at_a_time_is_429(gateway: Served, llm: Endpoint) -> None:
    llm.behave("slow")
    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.append(gateway.ask())) for _ in range(11)
    ]  # two under way, eight in line, one too many
    for thread in threads:
        thread.start()
    until(lambda: answers)
    assert len(llm.asked) <= 2
    llm.go.set()
    for thread in threads:
        thread.join(30)
    assert (answers[0].status, answers[0].kind) == (429, "concurrency")
    assert answers[0].headers["retry-after"] == "2"
    assert [one.status for one in answers].count(200) >= 2
    assert gateway.ask(2).status == 200

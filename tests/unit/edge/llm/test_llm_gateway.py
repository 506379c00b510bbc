"""The LLM gateway over real sockets, in front of an endpoint that behaves well and badly."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.llm_settings import LlmSettings
from tests.support.llm_endpoint import READ, WORDS, WRITTEN, Endpoint, endpoint
from tests.support.llm_gateway import QUESTION, Answer, Books, Served, gateway_tenant, served, today

KEY = "sk-the-operators-key-0123456789"
TEXT = "".join(WORDS)
STREAM = {**QUESTION, "stream": True}
MESSAGES = "/v1/messages"


@pytest.fixture(scope="module")
def llm() -> Iterator[Endpoint]:
    with endpoint() as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path, llm: Endpoint) -> LlmSettings:
    llm.behave("good")
    (tmp_path / "key").write_text(f"{KEY}\n")
    return LlmSettings("openai", "big-model", llm.url, tmp_path / "key", deadline_s=20)


@pytest.fixture
def books() -> Books:
    made = Books()
    made.serve(gateway_tenant(1), gateway_tenant(2))
    return made


@pytest.fixture
def gateway(settings: LlmSettings, books: Books) -> Iterator[Served]:
    with served(books, settings) as made:
        yield made


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def only(books: Books) -> tuple[int, int, bool]:
    (one,) = books.booked.values()
    assert (one.tenant, one.day) == ("tenant-1", today())
    return one.input_tokens, one.output_tokens, one.estimated


def events(body: bytes) -> list[dict[str, Any]]:
    lines = [line.removeprefix(b"data: ") for line in body.split(b"\n") if line[:5] == b"data:"]
    return [json.loads(line) for line in lines if line != b"[DONE]"]


# -- what an answer is ----------------------------------------------------------------------


def test_a_question_goes_on_with_the_operators_model_and_key(
    gateway: Served, llm: Endpoint, books: Books
) -> None:
    answer = gateway.ask(1, {**QUESTION, "model": "another", "temperature": 0})
    assert answer.status == 200
    assert json.loads(answer.body)["choices"][0]["message"]["content"] == TEXT
    (asked,) = llm.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.body == {**QUESTION, "model": "big-model", "temperature": 0}
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    gateway.write()
    assert only(books) == (READ, WRITTEN, False)
    assert gateway.status() == {
        "configured": True, "provider": "openai", "model": "big-model",
        "budget_tokens": None, "used_tokens": READ + WRITTEN,
    }  # fmt: skip


def test_only_some_headers_come_back(gateway: Served) -> None:
    assert gateway.ask().headers["x-request-id"] == "r-1"
    found = gateway.ask(1, STREAM).headers
    assert found["content-type"] == "text/event-stream"
    assert not {"set-cookie", "server", "x-request-id"} & set(found)


def test_a_stream_is_passed_on_as_it_comes(gateway: Served, llm: Endpoint, books: Books) -> None:
    llm.behave("drip")
    connection = gateway.connect(1)
    headers = {"authorization": "Bearer token-of-1"}
    connection.request("POST", "/v1/chat/completions", json.dumps(STREAM), headers)
    response = connection.getresponse()
    begun = b""
    while WORDS[1].encode() not in begun:  # the endpoint waits for `go` in its middle
        begun += response.read1(65536)
    assert b"[DONE]" not in begun
    llm.go.set()
    found = events(begun + response.read())
    connection.close()
    assert "".join(one["choices"][0]["delta"]["content"] for one in found if one["choices"]) == TEXT
    assert llm.asked[0].body["stream_options"] == {"include_usage": True}
    gateway.write()
    assert only(books) == (READ, WRITTEN, False)


@pytest.mark.parametrize("stream", [False, True])
def test_anthropics_api(settings: LlmSettings, books: Books, llm: Endpoint, stream: bool) -> None:
    with served(books, replace(settings, provider="anthropic")) as gateway:
        assert gateway.ask().kind == "path"
        answer = gateway.ask(1, {**QUESTION, "max_tokens": 50, "stream": stream}, path=MESSAGES)
        assert (answer.status, TEXT in _said(answer.body)) == (200, True)
    (asked,) = llm.asked
    assert (asked.path, asked.headers["x-api-key"]) == ("/v1/messages", KEY)
    assert asked.headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in asked.headers
    assert "stream_options" not in asked.body
    assert only(books) == (READ, WRITTEN, False)


def _said(body: bytes) -> str:
    if body.startswith(b"{"):
        return str(json.loads(body)["content"][0]["text"])
    return "".join(one["delta"].get("text", "") for one in events(body) if "delta" in one)


def test_an_endpoint_that_reports_nothing_is_estimated(
    gateway: Served, llm: Endpoint, books: Books
) -> None:
    llm.behave("mute")
    for body in (QUESTION, STREAM):
        assert gateway.ask(1, body).status == 200
    gateway.write()
    for one in books.booked.values():
        assert one.estimated
        assert 15 <= one.input_tokens <= 60
        assert len(TEXT) / 4 <= one.output_tokens <= 20


def test_an_endpoint_without_stream_options_is_asked_again_once(
    gateway: Served, llm: Endpoint
) -> None:
    llm.behave("old")
    for _ in range(2):
        assert gateway.ask(1, STREAM).status == 200
    assert ["stream_options" in asked.body for asked in llm.asked] == [True, False, False]


def test_further_headers_and_no_key(settings: LlmSettings, books: Books, llm: Endpoint) -> None:
    settings.key_file.unlink()
    settings.headers_file.write_text('{"api-key": "of another kind", "X-Project": 7}')
    with served(books, settings) as gateway:
        assert gateway.ask().status == 200
    (asked,) = llm.asked
    assert (asked.headers["api-key"], asked.headers["x-project"]) == ("of another kind", "7")
    assert "authorization" not in asked.headers


def test_a_new_key_counts_at_once(gateway: Served, settings: LlmSettings, llm: Endpoint) -> None:
    gateway.ask()
    settings.key_file.write_text("another-key")
    gateway.ask()
    assert [asked.headers["authorization"] for asked in llm.asked] == [
        f"Bearer {KEY}", "Bearer another-key",
    ]  # fmt: skip


# -- who is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "at", "given"),
    [
        (1, 1, "token-of-2"),  # B's token, from A
        (1, 2, "token-of-2"),  # B's token, at B's gateway, from A
        (1, 2, "token-of-1"),  # A's token, at B's gateway
        (2, 2, "token-of-1"),  # A's token, from B
        (3, 1, "token-of-1"),  # A's token, from a stranger
        (1, 1, ""),
        (1, 1, "token-of-1 "),
        (1, 1, "x" * 5000),
    ],
)
def test_all_three_must_be_one_tenants(
    gateway: Served, llm: Endpoint, number: int, at: int, given: str
) -> None:
    if given.endswith(" "):  # blanks around a token are none of it
        assert gateway.ask(number, at=at, given=given).status == 200
        return
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


# -- budgets, slots and the controller's absence ---------------------------------------------


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


# -- endpoints that misbehave ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "status", "kind"),
    [("refuses", 502, "key_refused"), ("moved", 502, "cut_off")],
)
def test_refusals_that_concern_the_operator(
    gateway: Served, llm: Endpoint, books: Books, mode: str, status: int, kind: str
) -> None:
    llm.behave(mode)
    answer = gateway.ask()
    assert (answer.status, answer.kind) == (status, kind)
    gateway.write()
    assert only(books) == (0, 0, False)


def test_refusals_are_passed_on_without_the_key(
    gateway: Served, llm: Endpoint, books: Books
) -> None:
    llm.behave("busy")
    answer = gateway.ask(1, STREAM)
    assert (answer.status, answer.headers["retry-after"]) == (429, "7")
    assert json.loads(answer.body) == {"error": "slow down"}
    llm.behave("broken")
    answer = gateway.ask()
    assert answer.status == 500
    assert KEY.encode() not in answer.body
    assert b"[key]" in answer.body
    gateway.write()
    assert {one.tokens for one in books.booked.values()} == {0}


def test_garbage_is_passed_on_and_estimated(gateway: Served, llm: Endpoint, books: Books) -> None:
    llm.behave("garbage")
    answer = gateway.ask()
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html")
    gateway.write()
    assert only(books)[2]


def test_a_stream_that_breaks_off_ends_with_an_error_event(
    gateway: Served, llm: Endpoint, books: Books
) -> None:
    llm.behave("half")
    answer = gateway.ask(1, STREAM)
    assert (answer.status, events(answer.body)[-1]["error"]["type"]) == (200, "cut_off")
    gateway.write()
    read, written, estimated = only(books)
    assert (estimated, 15 < read < 60, written > 1) == (True, True, True)


def test_the_deadline(settings: LlmSettings, books: Books, llm: Endpoint) -> None:
    with served(books, replace(settings, deadline_s=1)) as gateway:
        llm.behave("slow")
        answer = gateway.ask()
        assert (answer.status, answer.kind) == (504, "deadline")
        llm.behave("endless")
        answer = gateway.ask(1, STREAM)
        assert (answer.status, events(answer.body)[-1]["error"]["type"]) == (200, "deadline")
    assert all(one.estimated and one.input_tokens > 0 for one in books.booked.values())


def test_who_leaves_stops_the_endpoint_and_pays_for_what_came(
    gateway: Served, llm: Endpoint, books: Books
) -> None:
    llm.behave("endless")
    connection = gateway.connect(1)
    headers = {"authorization": "Bearer token-of-1"}
    connection.request("POST", "/v1/chat/completions", json.dumps(STREAM), headers)
    response = connection.getresponse()
    assert response.read1(100)
    response.close()
    connection.close()
    assert llm.left.wait(20)
    until(lambda: not gateway.parts.listeners.server_state.tasks)
    gateway.write()
    assert only(books)[2]


def test_nobody_there(settings: LlmSettings, books: Books) -> None:
    with served(books, replace(settings, base_url="http://127.0.0.1:9/v1")) as gateway:
        answer = gateway.ask()
        assert (answer.status, answer.kind) == (502, "unreachable")
    assert only(books) == (0, 0, False)


def test_no_llm_at_all(books: Books) -> None:
    with served(books, None) as gateway:
        assert (gateway.ask().status, gateway.ask().kind) == (503, "not_configured")
        assert gateway.status() == {
            "configured": False, "provider": None, "model": None,
            "budget_tokens": None, "used_tokens": 0,
        }  # fmt: skip
    assert books.booked == {}


@pytest.mark.parametrize("key", ["two\nlines", "k\u00e9y", "x" * 9000])
def test_a_damaged_key_is_told_and_never_shown(
    gateway: Served, settings: LlmSettings, books: Books, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings.key_file.write_text(key)
    answer = gateway.ask()
    assert (answer.status, answer.kind) == (503, "not_configured")
    assert key not in caplog.text + answer.body.decode()
    gateway.write()
    assert only(books) == (0, 0, False)


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"no json", 422), (b"[1]", 422), (b"{}", 422), (b" " * 1_100_000, 413)],
)
def test_bodies_that_are_no_question(
    gateway: Served, llm: Endpoint, body: bytes, status: int
) -> None:
    answer = gateway.ask(1, body)
    assert (answer.status, answer.kind) == (status, "body")
    assert llm.asked == []


def test_nothing_that_is_said_and_no_key_is_logged(
    gateway: Served, llm: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    secret = {"messages": [{"role": "user", "content": "the-secret-of-the-question"}]}
    modes = ("good", "half", "broken", "refuses", "garbage", "busy", "moved", "mute")
    for mode in modes:
        llm.behave(mode)
        for stream in (False, True):
            gateway.ask(1, {**secret, "stream": stream})
    gateway.ask(1, {**secret, "unknown": "the-secret-of-the-question"})
    gateway.ask(1, secret, given="token-of-2")
    for told in ("the-secret-of-the-question", KEY, TEXT, "token-of"):
        assert told not in caplog.text
    assert "refused 127.9.1.2" in caplog.text

"""Endpoints that misbehave, and that nothing of it is lost, hidden or told to the wrong people."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from orchestrator.llm_settings import LlmSettings
from tests.support.llm_endpoint import WORDS, Endpoint
from tests.support.llm_gateway import (
    KEY,
    STREAM,
    Books,
    Served,
    events,
    only,
    served,
    until,
)

TEXT = "".join(WORDS)


@pytest.mark.parametrize(
    ("mode", "status", "kind"),
    [("refuses", 502, "key_refused"), ("moved", 502, "moved")],
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


def test_no_endpoint_speaks_in_the_gateways_name(gateway: Served, llm: Endpoint) -> None:
    llm.behave("posing")
    answer = gateway.ask()
    assert (answer.status, answer.headers["content-type"]) == (402, "application/json")
    llm.behave("refuses")
    assert gateway.ask().headers["content-type"] == "application/problem+json"


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

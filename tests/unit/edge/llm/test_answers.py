"""What an agent gets back, from both APIs, and what the endpoint is sent."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from orchestrator.llm_settings import LlmSettings
from tests.support.llm_endpoint import READ, WORDS, WRITTEN, Endpoint
from tests.support.llm_gateway import (
    KEY,
    QUESTION,
    STREAM,
    Books,
    Served,
    events,
    only,
    served,
)

TEXT = "".join(WORDS)
MESSAGES = "/v1/messages"


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

"""The operator's key is in no answer, log or traceback; what is asked and answered is in no log."""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.edge.llm_gateway.credentials import read_access
from orchestrator.edge.llm_gateway.redactor import Redactor
from orchestrator.errors import LlmError
from orchestrator.llm_settings import LlmSettings
from tests.support.llm_endpoint import WORDS, Endpoint
from tests.support.llm_gateway import KEY, Books, Served, served

ASKED = "the-canary-in-the-question"
MODES = (
    "good", "half", "broken", "refuses", "garbage", "busy", "moved", "mute", "old", "parrot",
)  # fmt: skip
CANARIES = (ASKED, KEY, WORDS[2], "token-of")


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What any logger says at any level, the libraries' as well, tracebacks included."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "uvicorn", "uvicorn.error", "asyncio", "h11"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_no_word_and_no_key_is_logged_at_any_level(
    settings: LlmSettings,
    books: Books,
    llm: Endpoint,
    everything: pytest.LogCaptureFixture,
    provider: Any,
) -> None:
    path = "/v1/messages" if provider == "anthropic" else "/v1/chat/completions"
    question = {"messages": [{"role": "user", "content": ASKED}], "max_tokens": 9}
    with served(books, replace(settings, provider=provider)) as gateway:
        for mode in MODES:
            llm.behave(mode)
            for stream in (False, True):
                answer = gateway.ask(1, {**question, "stream": stream}, path=path)
                assert KEY.encode() not in answer.body + repr(answer.headers).encode()
        gateway.ask(1, {**question, "unknown": ASKED}, path=path)
        gateway.ask(1, question, given="token-of-2")
    assert [canary for canary in CANARIES if canary in everything.text] == []
    assert "refused 127.9.1.2" in everything.text


@pytest.mark.parametrize(
    "headers",
    [
        f'{{"x key": "{KEY}"}}',
        f'{{"x-key:": "{KEY}"}}',
        f'{{"x-key": "{KEY}\\nX"}}',
        f'{{"{KEY}:": 1}}',
        f'{{"": "{KEY}"}}',
        f'["{KEY}"]',
    ],
)
def test_a_header_that_cannot_be_sent_is_not_repeated(
    gateway: Served, settings: LlmSettings, everything: pytest.LogCaptureFixture, headers: str
) -> None:
    """The HTTP library quotes it in its own error."""
    settings.key_file.unlink()
    settings.headers_file.write_text(headers)
    answer = gateway.ask()
    assert (answer.status, answer.kind) == (503, "not_configured")
    assert KEY not in everything.text + answer.body.decode() + repr(answer.headers)


@pytest.mark.parametrize("content", [f"{KEY}\nand more", f"{KEY}\u00e9", KEY * 400])
def test_no_traceback_of_a_damaged_key_holds_it(settings: LlmSettings, content: str) -> None:
    settings.key_file.write_text(content)
    with pytest.raises(LlmError) as refused:
        read_access(settings)
    told = traceback.TracebackException.from_exception(refused.value, capture_locals=False)
    assert KEY not in "".join(told.format())


def test_what_holds_the_key_does_not_show_it(settings: LlmSettings) -> None:
    access = read_access(settings)
    assert access.headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in repr(access) + repr(settings) + str(access)


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
@pytest.mark.parametrize(
    ("text", "left"),
    [
        (b"before secret-one after", b"before [key] after"),
        (b"secret-onesecret-one", b"[key][key]"),
        (b"secret-two and secret-t", b"[key] and secret-t"),
        (b"secret-on", b"secret-on"),
        (b"sesesecret-one", b"sese[key]"),
        (b"", b""),
    ],
)
def test_secrets_are_found_however_a_stream_is_cut(text: bytes, left: bytes, size: int) -> None:
    redactor = Redactor([b"secret-two", b"secret-one", b""])
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    assert b"".join([*map(redactor.feed, pieces), redactor.rest()]) == left

"""Tokens of one answer: as the LLM reports them, or estimated from the length of its texts. Pure.

It reads along with what is passed on, whole answers and streams of events (SSE), of both APIs, and
believes nothing about their form: rubbish counts as text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from orchestrator.edge.llm_gateway.body import BYTES_PER_TOKEN
from orchestrator.edge.llm_gateway.books import Used

LINE_MAX = 1024 * 1024  # bytes of one event that are looked at
TOKENS_MAX = 10**8  # of one answer; more is no number that an LLM reports
_IN = ("prompt_tokens", "input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_OUT = ("completion_tokens", "output_tokens")
_NO_TEXT = frozenset({"type", "role", "id", "object", "model", "finish_reason", "stop_reason"})


class Meter:
    """`input_tokens` is what the question is estimated at."""

    def __init__(self, input_tokens: int) -> None:
        self._estimate = input_tokens
        self._read = 0
        self._written = 0
        self._final = False  # the number of tokens written is the last word
        self._text_bytes = 0
        self._line = b""

    def whole(self, answer: bytes) -> None:
        """An answer that is no stream."""
        self._event(answer)

    def feed(self, chunk: bytes) -> None:
        """The next piece of a stream, cut anywhere."""
        *lines, rest = (self._line + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                self._event(line[len(b"data:") :])
        if len(rest) > LINE_MAX:
            self._text_bytes += len(rest)
            rest = b""
        self._line = rest

    def used(self) -> Used:
        """What the answer used, as far as it came."""
        written = -(-self._text_bytes // BYTES_PER_TOKEN)
        reported = self._final and (self._written > 0 or not written)
        return Used(
            input_tokens=self._read or self._estimate,
            output_tokens=self._written if reported else max(self._written, written),
            estimated=not (reported and self._read),
        )

    def _event(self, data: bytes) -> None:
        if data.strip() in (b"", b"[DONE]"):
            return
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict):
            self._text_bytes += len(data)
            return
        match event:
            case {"message": {"usage": usage}}:  # Anthropic's message_start: no last word yet
                self._usage(usage, begins=True)
            case {"usage": usage}:
                self._usage(usage, begins=False)
        for key in ("choices", "delta", "content", "content_block"):
            self._text_bytes += _length(event.get(key))

    def _usage(self, usage: Any, *, begins: bool) -> None:  # noqa: ANN401 - whatever json gave
        if not isinstance(usage, Mapping):
            return
        self._read = max(self._read, sum(_count(usage.get(key)) for key in _IN))
        written = [usage[key] for key in _OUT if key in usage]
        self._written = max([self._written, *(_count(one) for one in written)])
        self._final = self._final or (bool(written) and not begins)


def _count(value: object) -> int:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= TOKENS_MAX
    return int(str(value)) if fits else 0


def _length(value: Any) -> int:  # noqa: ANN401 - whatever json gave
    """Bytes of all texts in there, without those that say what the others are."""
    total, rest = 0, [value]
    while rest:
        match rest.pop():
            case str(text):
                total += len(text.encode(errors="replace"))
            case list(items):
                rest += items
            case dict(fields):
                rest += [one for key, one in fields.items() if key not in _NO_TEXT]
    return total

"""Replies of a language model's endpoint that is broken, hostile, or only odd; see fake_llm.py."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import zlib
from email.utils import format_datetime
from typing import Any

from tests.support.fake_llm import Json, Line, Reply, whole

MIB = 1024 * 1024
CHUNKED = {"content_type": "text/event-stream", "transfer_encoding": "chunked"}


def sse(*events: Json | str) -> Reply:
    """These events, in the frame of a good stream."""

    async def reply(line: Line) -> None:
        await line.head(200, **CHUNKED)
        for event in events:
            text = event if isinstance(event, str) else f"data: {json.dumps(event)}\n\n"
            await line.chunk(text)
        await line.send(b"0\r\n\r\n")

    return reply


def content(text: str | None, **more: Any) -> Json:
    """An answer that is not streamed."""
    return {"choices": [{"message": {"role": "assistant", "content": text, **more}}]}


def slowly(text: str) -> Reply:
    """One byte of the stream at a time."""

    async def reply(line: Line) -> None:
        await line.head(200, **CHUNKED)
        event = (
            f"data: {json.dumps({'choices': [{'delta': {'content': text}}]})}\n\ndata: [DONE]\n\n"
        )
        for letter in event:
            await line.chunk(letter)
        await line.send(b"0\r\n\r\n")

    return reply


def packed(answer: Json, encoding: str = "gzip") -> Reply:
    """A body that is packed although nobody asked for it."""
    data = json.dumps(answer).encode()
    return raw(
        gzip.compress(data) if encoding == "gzip" else zlib.compress(data), encoding=encoding
    )


def raw(
    data: bytes, *, encoding: str = "", length: int | None = None, kind: str = "application/json"
) -> Reply:
    """A body as it stands, of this or of a made-up length."""
    headers = {"content_type": kind, "content_length": str(len(data) if length is None else length)}
    if encoding:
        headers["content_encoding"] = encoding

    async def reply(line: Line) -> None:
        await line.head(200, **headers)
        await line.send(data)

    return reply


def bomb() -> Reply:
    """64 MiB of one letter, in 64 KiB."""
    return raw(gzip.compress(json.dumps(content("x" * 64 * MIB)).encode(), 9), encoding="gzip")


def busy_until(**ahead: float) -> Reply:
    """529 with a date after which to ask again."""
    when = dt.datetime.now(dt.UTC) + dt.timedelta(**ahead)
    return whole({}, 529, retry_after=format_datetime(when, usegmt=True))


def headers_of(size: int, number: int = 1) -> Reply:
    """Headers of so many bytes each."""

    async def reply(line: Line) -> None:
        lines = "".join(f"x-{n}: {'y' * size}\r\n" for n in range(number))
        await line.send(f"HTTP/1.1 200 OK\r\n{lines}content-length: 2\r\n\r\n{{}}".encode())

    return reply


def before_it(lines: bytes, reply: Reply) -> Reply:
    """Something before the answer."""

    async def both(line: Line) -> None:
        await line.send(lines)
        await reply(line)

    return both


async def endless_whole(line: Line) -> None:
    """A body without an end that is no stream of events."""
    await line.head(200, content_type="application/json", transfer_encoding="chunked")
    while True:
        await line.chunk("{" * 60_000)


async def endless_comments(line: Line) -> None:
    """A stream of events without one event."""
    await line.head(200, **CHUNKED)
    while True:
        await line.chunk(": " + "still thinking " * 4000 + "\n\n")


async def endless_line(line: Line) -> None:
    """One line of a stream, without an end."""
    await line.head(200, **CHUNKED)
    await line.chunk("data: ")
    while True:
        await line.chunk("x" * 60_000)


async def bad_chunks(line: Line) -> None:
    await line.head(200, **CHUNKED)
    await line.send(b"zz\r\nhello\r\n")

"""A language model's endpoint on loopback, in both dialects, that misbehaves on demand.

A reply is a function of the request's JSON; replies are used up in order, the last one stays.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Heard:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Json
    raw: bytes = b""  # every byte of it

    @property
    def text(self) -> str:
        """Everything that the model was told."""
        return json.dumps(self.body, ensure_ascii=False)


@dataclass
class Line:
    """The connection to whoever asks."""

    writer: asyncio.StreamWriter
    heard: Heard

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: int, **headers: str) -> None:
        named = {"connection": "close", **{k.replace("_", "-"): v for k, v in headers.items()}}
        lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        await self.send(f"HTTP/1.1 {status} Whatever\r\n{lines}\r\n".encode())

    async def chunk(self, text: str) -> None:
        data = text.encode()
        await self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")


Reply = Callable[[Line], Awaitable[None]]


@dataclass
class FakeLlm:
    """`heard` are the requests so far, `statuses` those for the gateway's status; `gone` is set
    when an asker hangs up before the end."""

    replies: list[Reply]
    tls: ssl.SSLContext | None = None
    status: Json | None = None
    heard: list[Heard] = field(default_factory=list)
    statuses: list[Heard] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    async def __aenter__(self) -> FakeLlm:
        """On a free port; the second time on the same one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}/v1"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heard = await _request(reader)
            line = Line(writer, heard)
            if heard.path.endswith("/status"):
                self.statuses.append(heard)
                await whole(self.status or {})(line)
                return
            self.heard.append(heard)
            number = min(len(self.heard), len(self.replies)) - 1
            watch = asyncio.create_task(self._watch(reader))
            await self.replies[number](line)
            watch.cancel()
        except (ConnectionError, asyncio.IncompleteReadError):
            self.gone.set()
        finally:
            writer.close()

    async def _watch(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read(1)
        self.gone.set()


async def _request(reader: asyncio.StreamReader) -> Heard:
    raw = await reader.readuntil(b"\r\n\r\n")
    head = raw.decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    pairs = (line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Heard(method, path, headers, json.loads(body) if body else {}, raw + body)


def streamed(text: str, *, cut_after: int | None = None) -> Reply:
    """The text as a stream of small pieces, in the dialect of the address; perhaps broken off."""

    async def reply(line: Line) -> None:
        anthropic = line.heard.path.endswith("/messages")
        await line.head(200, content_type="text/event-stream", transfer_encoding="chunked")
        for number, start in enumerate(range(0, len(text), 7)):
            if number == cut_after:
                return
            await line.chunk(_event(text[start : start + 7], anthropic=anthropic))
        end = '{"type":"message_stop"}' if anthropic else "[DONE]"
        await line.chunk(f": a comment\r\ndata: {end}\r\n\r\n")
        await line.send(b"0\r\n\r\n")

    return reply


def _event(piece: str, *, anthropic: bool) -> str:
    if anthropic:
        delta = {"type": "text_delta", "text": piece}
        event = {"type": "content_block_delta", "index": 0, "delta": delta}
        return f"event: content_block_delta\ndata: {json.dumps(event)}\n\n"
    return f"data: {json.dumps({'choices': [{'delta': {'content': piece}}]})}\n\n"


def whole(answer: Json, status: int = 200, **headers: str) -> Reply:
    """One JSON body, not streamed."""

    async def reply(line: Line) -> None:
        data = json.dumps(answer).encode()
        length = str(len(data))
        usual = {"content_type": "application/json", "content_length": length}
        await line.head(status, **{**usual, **headers})
        await line.send(data)

    return reply


def said(text: str) -> Reply:
    """The text in one JSON body, as servers without streams answer."""
    return whole({"choices": [{"message": {"role": "assistant", "content": text}}]})


def picky(reply: Reply, status: int = 400) -> Reply:
    """Refuses every request with more than the simplest servers know."""

    async def choose(line: Line) -> None:
        known = {"model", "messages", "stream"}
        if line.heard.body.keys() - known:
            await whole({"error": "unknown field response_format"}, status)(line)
        else:
            await reply(line)

    return choose


async def dripping(line: Line) -> None:
    """A stream that never ends and says nothing."""
    await line.head(200, content_type="text/event-stream", transfer_encoding="chunked")
    while True:
        await line.chunk(": still thinking\n\n")
        await asyncio.sleep(0.05)


async def silent(line: Line) -> None:
    """Takes the request and never answers."""
    await asyncio.sleep(60)


async def endless(line: Line) -> None:
    """A stream of text that never ends."""
    await line.head(200, content_type="text/event-stream", transfer_encoding="chunked")
    while True:
        await line.chunk(_event("x" * 8000, anthropic=False))


async def failing_midway(line: Line) -> None:
    """Text, then an error where the next piece should be."""
    await line.head(200, content_type="text/event-stream", transfer_encoding="chunked")
    await line.chunk(_event("{", anthropic=False))
    await line.chunk('data: {"error": {"message": "the secret prompt was …"}}\n\n')
    await line.send(b"0\r\n\r\n")


async def no_http(line: Line) -> None:
    await line.send(b"SSH-2.0-OpenSSH_9.2\r\n")

"""What goes back to an agent: an answer whole, an answer in pieces, or a problem document."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http import HTTPStatus
from typing import Any

from orchestrator.errors import LlmError

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = Iterable[tuple[str, str]]


class Reply:
    """One answer over ASGI."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def begin(self, status: int, headers: Headers) -> None:
        self.begun = True
        encoded = [(key.encode(), value.encode("latin-1", "replace")) for key, value in headers]
        start = {"type": "http.response.start", "status": status, "headers": encoded}
        await self._send({**start, "headers": [*encoded, (b"cache-control", b"no-store")]})

    async def piece(self, body: bytes) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": True})

    async def end(self, body: bytes = b"") -> None:
        await self._send({"type": "http.response.body", "body": body})

    async def whole(self, status: int, headers: Headers, body: bytes) -> None:
        await self.begin(status, [*headers, ("content-length", str(len(body)))])
        await self.end(body)

    async def json(self, document: object) -> None:
        body = json.dumps(document).encode()
        await self.whole(200, [("content-type", "application/json")], body)

    async def fail(self, error: LlmError) -> None:
        """A problem document; in the middle of a stream, a last event that says `error`."""
        if self.begun:
            told = {"type": "error", "error": {"type": error.kind, "message": str(error)}}
            await self.end(b"\n\nevent: error\ndata: " + json.dumps(told).encode() + b"\n\n")
            return
        document = {
            "type": "about:blank",
            "title": HTTPStatus(error.status).phrase,
            "status": error.status,
            "kind": error.kind,
            "again": error.again,
            "detail": str(error),
        }
        headers = [("content-type", "application/problem+json")]
        if error.retry_after_s is not None:
            headers.append(("retry-after", str(error.retry_after_s)))
        await self.whole(error.status, headers, json.dumps(document).encode())

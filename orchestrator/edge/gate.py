"""The gate: answers for every host that Traefik sends nowhere else, whatever the path or method.

In this version it explains. Holding requests while a tenant wakes or is swapped comes later, and
takes the place of `_explain`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from orchestrator.edge.host_book import HostBook
from orchestrator.edge.hostname import host_name
from orchestrator.edge.page import Answer, Pages
from orchestrator.edge.verdict import NOBODY, NOT_KNOWN_YET, Verdict, verdict

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# A ready tenant's route is published within this; who asks again then, finds it.
PUBLISHING_S = 0.25


class Gate:
    """An ASGI application without routes: the Host header decides."""

    def __init__(self, hosts: HostBook, pages: Pages) -> None:
        self._hosts = hosts
        self._pages = pages

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = dict(scope["headers"])
        found = await self._verdict(headers.get(b"host"))
        await _send(self._explain(found, scope, headers), headers, send)

    async def _verdict(self, header: bytes | None) -> Verdict:
        name = host_name(header.decode("latin-1")) if header else None
        if name is None:
            return NOBODY
        try:
            entry = await self._hosts.look_up(name)
        except LookupError:
            return NOT_KNOWN_YET
        if entry and entry.state == "running":
            await asyncio.sleep(PUBLISHING_S)
        return verdict(entry)

    def _explain(self, found: Verdict, scope: Scope, headers: dict[bytes, bytes]) -> Answer:
        accept = headers.get(b"accept", b"").decode("latin-1").lower()
        if _is_for_a_program(_path(scope), accept):
            return self._pages.problem(found)
        return self._pages.html(found, sent=scope["method"] not in ("GET", "HEAD"))


def _path(scope: Scope) -> str:
    """The path that the visitor asked for: Traefik's error middleware gives it as `?url=`."""
    path: str = scope["path"]
    if path != "/":
        return path
    try:
        asked = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=20)
        path = urlsplit(asked["url"][0]).path
    except (KeyError, ValueError):
        pass  # anybody may send anything
    return path


def _is_for_a_program(path: str, accept: str) -> bool:
    if "text/html" in accept:
        return False
    return path.startswith("/api/") or "json" in accept


async def _send(answer: Answer, asked: dict[bytes, bytes], send: Send) -> None:
    """Answer at once, with the body unread: uvicorn throws away what still comes of it.

    A client that waits for `100 Continue` is not told to go on, so its connection cannot be used
    again.
    """
    closing: Iterable[tuple[bytes, bytes]] = (
        [(b"connection", b"close")] if b"expect" in asked else []
    )
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [*answer.headers, *closing],
        }
    )
    await send({"type": "http.response.body", "body": answer.body})

"""Tells everybody who listens what is being done: `tenantctl apply` shows these lines."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

LISTENER_BACKLOG = 10_000  # lines a listener may lag behind before it misses some


@dataclass(frozen=True)
class Line:
    """One thing that begins (`step`), ended (`outcome`) or is to be known (`note`); or how far an
    update of many has come (`count`)."""

    kind: Literal["step", "outcome", "note", "count"]
    tenant: str | None
    text: str
    ok: bool | None = None  # of an outcome
    share: float | None = None  # of a count: 1.0 is all


class Progress:
    """A broadcast with bounded queues: a listener that does not read delays nobody."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Line]] = set()

    def tell(self, line: Line) -> None:
        for listener in self._listeners:
            if not listener.full():
                listener.put_nowait(line)

    def open(self) -> asyncio.Queue[Line]:
        """A queue of the lines told from now on; to be given back to `close`."""
        queue: asyncio.Queue[Line] = asyncio.Queue(LISTENER_BACKLOG)
        self._listeners.add(queue)
        return queue

    def close(self, listener: asyncio.Queue[Line]) -> None:
        self._listeners.discard(listener)

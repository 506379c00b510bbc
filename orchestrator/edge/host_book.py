"""Whose host is it, and how is that tenant? Asked of the controller, remembered for a moment."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Protocol

from orchestrator.client.answers import HostEntry, Hosts
from orchestrator.errors import OrchestratorError

FRESH_S = 0.5  # how long an answer (or a failure) counts; so many questions a second at most: two
PATIENCE_S = 2.0  # how long a request waits for an answer before it is served the last good one

log = logging.getLogger(__name__)


class HostsSource(Protocol):
    """Where the hosts are known."""

    async def hosts(self) -> Hosts: ...


class HostBook:
    """The last good answer, renewed by one question at a time, however many wait for it."""

    def __init__(self, source: HostsSource, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._known: Hosts | None = None
        self._looked_at = float("-inf")
        self._reached = True
        self._question: asyncio.Task[None] | None = None

    async def look_up(self, host: str) -> HostEntry | None:
        """Whose host it is; None when it is nobody's. LookupError when that was never known."""
        await self._renew()
        if self._known is None:
            raise LookupError("the controller has not been reached yet")
        return self._known.hosts.get(host)

    async def _renew(self) -> None:
        if self._clock() - self._looked_at < FRESH_S:
            return
        if self._question is None or self._question.done():
            self._question = asyncio.create_task(self._ask())
        await asyncio.wait({self._question}, timeout=PATIENCE_S)

    async def _ask(self) -> None:
        try:
            self._known = await self._source.hosts()
        except OrchestratorError as error:
            self._tell(reached=False, why=str(error))
        else:
            self._tell(reached=True)
        self._looked_at = self._clock()

    def _tell(self, *, reached: bool, why: str = "") -> None:
        """Once per change: the controller's absence must not fill the log."""
        if reached != self._reached:
            log.warning("the controller answers again" if reached else why)
        self._reached = reached

"""Which hosts there are. Asked of the controller when a host is not known, and remembered.

It keeps away from the controller what strangers ask for: however many names they make up, it is
asked for the hosts twice a second, and about a single host only when some tenant has it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Protocol

from orchestrator.client.answers import Hosts
from orchestrator.errors import OrchestratorError

FRESH_S = 0.5  # how long an answer (or a failure) counts; so many questions a second at most: two
PATIENCE_S = 2.0  # how long a request waits for an answer before it is served the last good one

log = logging.getLogger(__name__)


class HostsSource(Protocol):
    """Where the hosts are known."""

    async def hosts(self) -> Hosts: ...


class HostBook:
    """The last good answer, renewed for hosts that are not in it, by one question at a time."""

    def __init__(self, source: HostsSource, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._known: Hosts | None = None
        self._looked_at = float("-inf")
        self._reached = True
        self._question: asyncio.Task[None] | None = None

    async def owner(self, host: str) -> str | None:
        """The tenant that had this host when last asked; None when nobody has it. LookupError when
        that was never known."""
        if self._known is not None and host in self._known.hosts:
            return self._known.hosts[host].tenant
        await self._renew()
        if self._known is None:
            raise LookupError("the controller has not been reached yet")
        entry = self._known.hosts.get(host)
        return entry.tenant if entry else None

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

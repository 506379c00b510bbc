"""Tells the controller what was held, so that the outcome of a swap can say it."""

from __future__ import annotations

import asyncio
from typing import Protocol

from orchestrator.client.answers import Holds
from orchestrator.edge.gate.seats import Tally
from orchestrator.errors import OrchestratorError

TRIES = 4
BETWEEN_S = 1.0


class Listener(Protocol):
    """Whoever wants to know."""

    async def tell_holds(self, holds: Holds) -> None: ...


class Reporter:
    """One report at a time for a tenant. What cannot be told is added to the next report."""

    def __init__(self, listener: Listener, tally: Tally) -> None:
        self._listener = listener
        self._tally = tally
        self._telling: dict[str, asyncio.Task[None]] = {}

    def tell(self, tenant: str) -> None:
        """Soon, in the background."""
        if tenant and tenant not in self._telling:
            task = asyncio.create_task(self._tell(tenant))
            self._telling[tenant] = task
            task.add_done_callback(lambda _: self._telling.pop(tenant, None))

    async def end(self, timeout_s: float) -> None:
        """Give what is under way its time."""
        if self._telling:
            await asyncio.wait(self._telling.values(), timeout=timeout_s)
        for task in list(self._telling.values()):
            task.cancel()

    async def _tell(self, tenant: str) -> None:
        for _ in range(TRIES):
            holds = self._tally.take(tenant)
            if holds is None:
                return
            try:
                await self._listener.tell_holds(holds)
            except OrchestratorError:
                self._tally.give_back(holds)
                await asyncio.sleep(BETWEEN_S)

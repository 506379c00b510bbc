"""Lines of progress about some tenants, until they have settled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import asdict

from orchestrator.controller.executor import Executor
from orchestrator.controller.loop import Loop
from orchestrator.controller.outlook import Outlook
from orchestrator.controller.progress import Line, Progress
from orchestrator.controller.state import State
from orchestrator.core import status
from orchestrator.core.observed import Unknown
from orchestrator.core.status import TenantStatus

SETTLE_TIMEOUT_S = 600.0
SETTLE_POLL_S = 0.05
FINE = ("running", "sleeping", "suspended", "retired")
SETTLED = (*FINE, "failed")


class Following:
    """What a verb that takes a while answers with."""

    def __init__(
        self, state: State, loop: Loop, executor: Executor, progress: Progress, outlook: Outlook
    ) -> None:
        self._state = state
        self._loop = loop
        self._executor = executor
        self._progress = progress
        self._outlook = outlook

    def open(self) -> asyncio.Queue[Line]:
        """Hears everything from now on; to be given to `follow`, or back to `close`."""
        return self._progress.open()

    def close(self, listener: asyncio.Queue[Line]) -> None:
        self._progress.close(listener)

    async def follow(
        self,
        listener: asyncio.Queue[Line],
        tenants: set[str],
        kept: Mapping[str, str] | None = None,
        fine: Collection[str] = FINE,
    ) -> AsyncIterator[Mapping[str, object]]:
        """Ends when none of these is being worked on; well, if all are as wanted and `fine`."""
        kept = kept or {}
        rung, loop = self._loop.rung, asyncio.get_running_loop()
        deadline = loop.time() + SETTLE_TIMEOUT_S
        try:
            for tenant, why in kept.items():
                yield {"kind": "note", "tenant": tenant, "text": why}
            while loop.time() < deadline:
                while not listener.empty():
                    rung = self._loop.rung  # every outcome rings: what it led to is seen after that
                    yield asdict(listener.get_nowait())
                looked = self._loop.answered >= rung
                settled = not tenants or (looked and self._settled(tenants))
                if settled:
                    break
                await asyncio.sleep(SETTLE_POLL_S)
            yield self._done(tenants, kept, fine)
        finally:
            self._progress.close(listener)

    def _rows(self, tenants: set[str]) -> list[TenantStatus]:
        return [row for row in self._outlook.report().tenants if row.id in tenants]

    def _settled(self, tenants: set[str]) -> bool:
        busy = self._executor.busy
        there = self._state.observed.containers
        if isinstance(there, Unknown) or tenants & set(busy):
            return False
        leaving = (tenants - set(self._state.desired)) & set(there)
        return not leaving and all(row.state in SETTLED for row in self._rows(tenants))

    def _done(
        self, tenants: set[str], kept: Mapping[str, str], fine: Collection[str]
    ) -> Mapping[str, object]:
        unmet = status.unmet(self._outlook.knowledge())
        bad = [row.id for row in self._rows(tenants) if row.state not in fine or row.id in unmet]
        bad += [tenant for tenant in kept if tenant not in bad]
        seen = self._outlook.report()
        counts: dict[str, int] = {}
        for row in seen.tenants:
            counts[row.state] = counts.get(row.state, 0) + 1
        text = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
        return {
            "kind": "done",
            "ok": not bad,
            "status": asdict(seen),
            "text": text or "no tenants",
        }

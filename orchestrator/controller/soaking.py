"""Watches those whom an update has reached: what is ready at first may die of its work.

What it knows is lost with the controller, and the watching begins again: it is never cut short.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection

from orchestrator.controller.executor import Executor
from orchestrator.controller.progress import Line, Progress
from orchestrator.controller.readiness import LOG_LINES_SHOWN
from orchestrator.controller.state import State
from orchestrator.core.campaign import Campaign, watch_due
from orchestrator.core.campaign_verdict import ailing, is_awake
from orchestrator.core.case import Case, World
from orchestrator.core.desired import TenantSpec
from orchestrator.core.history import told
from orchestrator.core.names import container_name
from orchestrator.errors import EngineError
from orchestrator.ports import Ports

AGAIN_S = 1.0  # before somebody who did not answer is asked once more
AT_ONCE = 16  # agents that are asked at the same time

Watched = tuple[int, frozenset[str]]  # number of the campaign, and whom


class Soaking:
    """Of one campaign at a time."""

    def __init__(
        self,
        state: State,
        executor: Executor,
        progress: Progress,
        ports: Ports,
        clock: Callable[[], float],
    ) -> None:
        self._state = state
        self._executor = executor
        self._progress = progress
        self._ports = ports
        self._clock = clock
        self._watched: Watched | None = None
        self._until = 0.0

    def looked_at(self, campaign: Campaign) -> Campaign:
        """The campaign, in which whoever did not stay well is to be brought back."""
        for entry in campaign.of("updated"):
            case = self._case(entry.tenant)
            if case is not None and (why := ailing(case, entry)):
                campaign = campaign.marked({entry.tenant}, "returning", why)
        return campaign

    def goes_on(self, campaign: Campaign) -> bool:
        """Whether they are to be watched for longer before anything else happens."""
        if not _is_due(campaign):
            return False
        watched = (campaign.number, frozenset(one.tenant for one in campaign.of("updated")))
        if watched != self._watched:
            if not self._awake(campaign):
                return False
            self._watched, self._until = watched, self._clock() + campaign.options.soak
            self._tell(campaign)
        return self._clock() < self._until

    async def asked(self, campaign: Campaign) -> Campaign:
        """At the end of the soak: whoever does not answer has not stayed well either."""
        if not _is_due(campaign):
            return campaign
        silent = await self._silent(self._awake(campaign))
        if silent:
            await asyncio.sleep(AGAIN_S)  # anybody may miss one
            silent = await self._silent(silent)
        for spec in silent:
            why = f"it was ready, then it did not answer at /readyz{await self._lines(spec)}"
            campaign = campaign.marked({spec.id}, "returning", why)
        return campaign

    async def _silent(self, specs: Collection[TenantSpec]) -> list[TenantSpec]:
        slots = asyncio.Semaphore(AT_ONCE)

        async def ready(spec: TenantSpec) -> bool:
            async with slots:
                return await self._ports.prober.ready(spec.address)

        found = await asyncio.gather(*map(ready, specs))
        return [spec for spec, answers in zip(specs, found, strict=True) if not answers]

    async def _lines(self, spec: TenantSpec) -> str:
        try:
            return told(
                await asyncio.to_thread(
                    self._ports.engine.logs, container_name(spec.id), LOG_LINES_SHOWN
                )
            )
        except EngineError:
            return ""

    def _tell(self, campaign: Campaign) -> None:
        number, soak = len(campaign.of("updated")), campaign.options.soak
        whom = "the first" if number == 1 else f"all {number}"
        self._progress.tell(Line("note", None, f"watching {whom} for {soak:g} s"))

    def _awake(self, campaign: Campaign) -> list[TenantSpec]:
        """Those of whom watching tells anything, and nobody is at work on."""
        cases = ((self._case(entry.tenant), entry) for entry in campaign.of("updated"))
        busy = self._executor.busy
        return [
            case.spec
            for case, entry in cases
            if case is not None and entry.tenant not in busy and is_awake(case, entry)
        ]

    def _case(self, tenant: str) -> Case | None:
        """None when it cannot be seen, or left."""
        spec, world = self._state.desired.get(tenant), World.of(self._state.seen())
        if spec is None or world is None:
            return None
        return Case.of(spec, world, self._state.history, time.monotonic())


def _is_due(campaign: Campaign) -> bool:
    return campaign.options.soak > 0 and watch_due(campaign)

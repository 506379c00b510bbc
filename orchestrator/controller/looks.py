"""What is looked at beside the turns: agents' health, sizes, routes, firewall, file and events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

from watchfiles import awatch

from orchestrator.controller.apply import Applier
from orchestrator.controller.executor import Executor
from orchestrator.controller.idleness import Idleness
from orchestrator.controller.loop import Loop
from orchestrator.controller.publisher import Publisher
from orchestrator.controller.readiness import Readiness
from orchestrator.controller.state import State
from orchestrator.core.case import Case, World
from orchestrator.core.desired import TenantSpec
from orchestrator.core.idle import is_idle
from orchestrator.core.names import container_name
from orchestrator.core.observed import ObservedContainer, Unknown
from orchestrator.errors import FleetInvalid, OrchestratorError
from orchestrator.ports import Ports

HEALTH_EVERY_S = 10.0
HEAL_EVERY_S = 5.0
PRUNE_EVERY_S = 900.0
EVENTS_AGAIN_S = 1.0
SAVE_SETTLES_MS = 100  # editors write in several steps
SAVE_LOOKS_MS = 400  # between two looks whether something was saved: each wakes the process up

log = logging.getLogger(__name__)


async def every(seconds: float, act: Callable[[], Awaitable[None]]) -> None:
    """Do it now and then every so often; an error is logged and the next turn comes."""
    while True:
        try:
            await act()
        except OrchestratorError as error:
            log.warning("%s: %s", getattr(act, "__qualname__", act), error)
        await asyncio.sleep(seconds)


class Looks:
    """The looks that belong to no single tenant's plan."""

    def __init__(
        self,
        state: State,
        loop: Loop,
        executor: Executor,
        *,
        ports: Ports,
        publisher: Publisher,
        readiness: Readiness,
        idleness: Idleness,
        ensure_certificate: Callable[[], bool],
    ) -> None:
        self._state = state
        self._loop = loop
        self._executor = executor
        self._engine = ports.engine
        self._publisher = publisher
        self._readiness = readiness
        self._idleness = idleness
        self._firewall = ports.firewall
        self._snapshots = ports.snapshots
        self._ensure_certificate = ensure_certificate

    def running(self) -> list[ObservedContainer]:
        """The fleet's running containers, as last seen."""
        found = self._state.observed.containers
        if isinstance(found, Unknown):
            return []
        return [
            one
            for tenant in self._state.desired
            for one in found.get(tenant, ())
            if one.state == "running" and one.name == container_name(tenant)
        ]

    async def health(self) -> None:
        """Probe every running agent that is not being worked on."""
        busy = self._executor.busy
        addresses = {one.address for one in self.running() if one.tenant not in busy}
        before = self._readiness.health()
        await self._readiness.look({address for address in addresses if address})
        await self._idleness.look(self._may_sleep(busy))
        if self._readiness.health() != before or self._somebody_is_idle():
            self._loop.ring()

    async def prune(self) -> None:
        """Remove copies of data that no swap needs any more."""
        kept = {swap.snapshot for swap in self._state.swaps.values() if swap.snapshot}
        await asyncio.to_thread(self._snapshots.prune, kept)

    def _may_sleep(self, busy: Mapping[str, str]) -> list[TenantSpec]:
        wanted = self._state.desired
        specs = [wanted[one.tenant] for one in self.running() if one.tenant not in busy]
        return [spec for spec in specs if spec.sleep_after is not None and not spec.always_on]

    def _somebody_is_idle(self) -> bool:
        """For the next turn to put to sleep."""
        world = World.of(self._state.seen())
        if world is None:
            return False
        world = replace(world, activity=self._idleness.activity(), health=self._readiness.health())
        return any(
            is_idle(Case.of(self._state.desired[tenant], world, {}, 0.0))
            for tenant in world.activity
            if tenant in self._state.desired
        )

    async def heal(self) -> None:
        """Put routes, firewall and default certificate right when somebody changed them."""
        if await self._publisher.heal():
            self._loop.record(None, "healed", "the route file was changed by hand; written again")
        if await asyncio.to_thread(self._firewall.ensure):
            self._loop.record(None, "healed", "the host firewall was not as it must be; set again")
        if await asyncio.to_thread(self._ensure_certificate):
            self._loop.record(None, "healed", "the default certificate was damaged; made again")

    async def events(self) -> None:
        """Ring when something happens to a tenant that nobody is working on."""
        main = asyncio.get_running_loop()

        def listen() -> None:
            for tenant in self._engine.events():
                main.call_soon_threadsafe(self._happened, tenant)

        try:
            await asyncio.to_thread(listen)
        finally:
            self._loop.ring()  # cut off: the engine may be away, which is to be known now

    def _happened(self, tenant: str) -> None:
        if tenant not in self._executor.busy:
            self._loop.ring()


async def watch_file(path: Path, state: State, applier: Applier) -> None:
    """With `watch: true`, apply a good save at once; show a bad one and change nothing."""
    async for changes in awatch(
        path.parent, debounce=SAVE_SETTLES_MS, step=SAVE_LOOKS_MS, recursive=False
    ):
        if not any(Path(changed).name == path.name for _, changed in changes):
            continue
        try:
            await applier.saved()
        except OrchestratorError as error:
            lines = error.problems if isinstance(error, FleetInvalid) else (error.mend,)
            sentence = " ".join((str(error), *lines))
            state.problem("tenants.yaml", f"the last save was not applied: {sentence}")

"""One step of a plan, carried out with the ports."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from orchestrator.controller.drain import TRIES, TRY_S, Drain
from orchestrator.controller.holding import Holding
from orchestrator.controller.journal import Journal
from orchestrator.controller.publisher import Publisher
from orchestrator.controller.readiness import Readiness
from orchestrator.controller.tryouts import Tryouts
from orchestrator.core import names, routes
from orchestrator.core import plan as steps
from orchestrator.core.budget import Budget, budget
from orchestrator.core.desired import TenantSpec
from orchestrator.core.plan import Step
from orchestrator.errors import NotReady, OrchestratorError
from orchestrator.ports import Ports

STOP_GRACE_S = 30
LOAN_S = 5.0  # one that is not ready by then is not helped by more processor time
SETTLE_S = 2.0
THREADS = 64  # engine calls that may hang at the same time before others wait for a thread

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hands:
    """What steps are carried out with."""

    ports: Ports
    publisher: Publisher
    readiness: Readiness
    wanted: Callable[[TenantSpec], bool]  # whether this is still what tenants.yaml says
    journal: Journal
    holding: Holding
    finish_s: float  # how long what takes long is waited for, before anybody is held


class Performer:
    """Carries steps out; engine calls in threads of its own, so that one that hangs delays none."""

    def __init__(self, hands: Hands, holds: asyncio.Semaphore) -> None:
        """`holds`: acquired by whoever has a step carried out for which somebody is held."""
        self._hands = hands
        self._holds = holds
        self._lent: set[str] = set()  # tenants whose container was lent processor time
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="engine")
        self._drain = Drain(hands.ports.prober, hands.ports.data_root, hands.finish_s)
        self.tryouts = Tryouts(lambda spec: self.call(hands.ports.engine.try_image, spec))

    async def call(self, function: Callable[..., T], *args: object) -> T:
        """Run a blocking call of a port in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)

    async def perform(self, step: Step) -> str:  # noqa: C901 - a table, one row per step
        """Carry out one step; why the plan cannot go on, although nothing failed, or ""."""
        hands, engine = self._hands, self._hands.ports.engine
        match step:
            case steps.PrepareData(spec):
                hands.holding.starts(spec.id)
                await self.call(self._prepare, spec)
                self._reread_after_rename(spec)
            case steps.MoveData(old, spec):
                await self.call(self._move, old, spec)
                self._reread_after_rename(spec)
            case steps.CreateNetwork(spec):
                await self.call(engine.create_network, spec)
            case steps.RemoveNetwork(network_id):
                await self.call(engine.remove_network, network_id)
            case steps.CreateContainer(spec):
                await self.call(engine.create_container, spec)
            case steps.StartContainer(name):
                await self.call(self._start, name)
            case steps.StopContainer(container_id, held, kill):
                await self.call(engine.stop_container, container_id, *self._grace(held, kill))
            case steps.RemoveContainer(container_id):
                await self.call(engine.remove_container, container_id)
            case steps.AwaitReady(spec, within_s):
                return await self._ready(spec, within_s)
            case steps.Settle(spec):
                await self.call(engine.settle, names.container_name(spec.id))
            case steps.Route(spec) if not hands.wanted(spec):
                return "something else is wanted of it by now"
            case steps.Route(spec):
                await hands.publisher.route(spec.id, routes.entry(spec))
            case steps.Narrow(spec):
                await hands.publisher.narrow(spec.id, spec.hosts)
            case steps.Unroute(tenant):
                await hands.publisher.unroute(tenant)
            case _:
                return await self._swap_or_sleep(step)
        return ""

    async def _swap_or_sleep(self, step: Step) -> str:  # noqa: C901 - as above
        hands, snapshots = self._hands, self._hands.ports.snapshots
        match step:
            case steps.Divert(tenant):
                hands.holding.begin(tenant)
                await hands.publisher.unroute(tenant)
            case steps.AwaitCalm(spec, must):
                left = await self._drain.calm(spec, must=must)
                return _undrained(spec, left) if must else ""
            case steps.Drain(spec, must):
                return await self._drained(spec, must=must)
            case steps.Preflight(spec, swap):
                await self._try(spec, swap.snapshot)
            case steps.BeginSwap(swap):
                await hands.journal.begin(swap)
                hands.holding.begin(swap.tenant)
            case steps.TakeSnapshot(spec, name):
                await self.call(snapshots.take, spec.id, name)
            case steps.RestoreData(spec, name):
                await self.call(snapshots.restore, spec.id, name)
            case steps.Release(tenant, refused):
                await hands.journal.release(tenant, refused)
                hands.holding.release(tenant)
            case steps.MarkAsleep(tenant):
                await hands.journal.sleep(tenant)
            case steps.Forget(tenant):
                await hands.journal.forget(tenant)
        return ""

    async def settle(self, tenant: str) -> None:
        """Take back what was lent for a start. Nobody waits for it, and nothing fails by it: what
        cannot be taken back now, the next look sees."""
        if tenant not in self._lent:
            return
        self._lent.discard(tenant)
        name = names.container_name(tenant)
        try:
            async with asyncio.timeout(SETTLE_S):
                await self.call(self._hands.ports.engine.settle, name)
        except (OrchestratorError, TimeoutError) as error:
            log.warning("the processor time lent to %s is not taken back yet: %s", name, error)

    async def _ready(self, spec: TenantSpec, within_s: float | None) -> str:
        """Why it need not be waited for any longer, or ""."""
        hands = self._hands
        self._lent.add(spec.id)
        budgeted = self._budget(spec).ready_s(hands.holding.held_s(spec.id))
        waiting = asyncio.ensure_future(hands.readiness.wait(spec, within_s or budgeted))
        try:
            done, _ = await asyncio.wait({waiting}, timeout=LOAN_S)
            if not done:
                await self.settle(spec.id)
            no_use = await waiting
        finally:
            waiting.cancel()
        if not no_use:
            hands.holding.ready(spec.id)
        return no_use

    async def _drained(self, spec: TenantSpec, *, must: bool) -> str:
        """Why it may not be stopped, or ""; then what is left is cut off, and counted."""
        holding, within_s = self._hands.holding, self._budget(spec).drain_s
        if not must:
            await self._try_to_drain(spec, min(TRY_S, within_s))
        found = await self._drain.wait(spec, within_s, holding.held_s(spec.id))
        left = found.count if found else None
        if must:
            return _undrained(spec, left)
        holding.cut(spec.id, left, within_s)
        return ""

    async def _try_to_drain(self, spec: TenantSpec, within_s: float) -> None:
        """Until nothing is under way, or waiting longer is of no use.

        What began right before the hold may take seconds, and nobody else is to wait for it: they
        are let through to the old one meanwhile. Not where a swap is on record already, which holds
        whatever is said here.
        """
        holding, began = self._hands.holding, time.monotonic()
        for _ in range(0 if self._hands.journal.is_under_way(spec.id) else TRIES):
            found = await self._drain.wait(spec, within_s, holding.held_s(spec.id))
            waited = time.monotonic() - began > self._hands.finish_s
            if waited or found is None or not self._drain.may_finish(found):
                return
            holding.release(spec.id)
            self._holds.release()  # others' turn: nobody is held here
            try:
                left_s = self._hands.finish_s - (time.monotonic() - began)
                await self._drain.calm(spec, must=False, within_s=left_s)
            finally:
                await self._holds.acquire()
            holding.hold_again(spec.id)

    def _budget(self, spec: TenantSpec) -> Budget:
        return budget(routes.limits_of(spec, self._hands.publisher.limits).hold_s)

    def _grace(self, held: TenantSpec | None, kill: bool) -> tuple[int, bool]:
        """Seconds, and whether what is under way is to be cut off."""
        if kill:
            return 0, False
        if held is None:
            return STOP_GRACE_S, False
        return max(1, round(self._budget(held).stop_s)), True

    async def _try(self, spec: TenantSpec, copy: str | None) -> None:
        """DataRootError without room for a copy; NotReady for an image that is no good."""
        snapshots = self._hands.ports.snapshots
        await self.call(snapshots.check_room, spec.id)
        if verdict := await self.tryouts.verdict(spec):
            raise NotReady(verdict)
        if copy is not None:
            await self.call(snapshots.begin, spec.id, copy)

    def _reread_after_rename(self, spec: TenantSpec) -> None:
        """What is on record of the old name is on record of the new one by now."""
        if spec.renamed_from:
            self._hands.journal.load()

    def _prepare(self, spec: TenantSpec) -> None:
        if spec.renamed_from:
            self._hands.ports.ledger.rename(spec.renamed_from, spec.id)
        self._hands.ports.data_root.prepare(spec)

    def _move(self, old: str, spec: TenantSpec) -> None:
        self._hands.ports.data_root.move(old, spec)
        self._hands.ports.ledger.rename(old, spec.id)

    def _start(self, name: str) -> None:
        self._hands.ports.firewall.ensure()  # no tenant starts on a host that is open to it
        self._hands.ports.engine.start_container(name)


def _undrained(spec: TenantSpec, left: int | None) -> str:
    """Why it may not be stopped, or ""."""
    if left == 0:
        return ""
    if left is None:
        return f"{spec.id} stays awake: it does not say what is under way"
    return f"{spec.id} stays awake: {left} request{' is' if left == 1 else 's are'} under way"

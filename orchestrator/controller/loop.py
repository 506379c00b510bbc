"""One turn of the control loop, and the few lines that repeat it.

A turn: look at the world, count what went wrong, decide, hand the plans to the executor. It is
level-triggered: events only make the next turn come sooner, and missing all of them costs no more
than `RESYNC_S`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace

from orchestrator.controller.executor import Executor, Outcome
from orchestrator.controller.idleness import Idleness
from orchestrator.controller.progress import Line, Progress
from orchestrator.controller.publisher import Publisher
from orchestrator.controller.readiness import LOG_LINES_SHOWN, Readiness
from orchestrator.controller.state import State
from orchestrator.core import history, routes
from orchestrator.core.case import Case, World
from orchestrator.core.names import container_name
from orchestrator.core.observed import Observed, ObservedContainer, RouteEntry, Unknown
from orchestrator.core.plan import TenantPlan
from orchestrator.core.reconcile import reconcile
from orchestrator.core.words import past
from orchestrator.errors import EngineError, OrchestratorError
from orchestrator.ports import Event, Ports

RESYNC_S = 15.0
UNKNOWN_AGAIN_S = 1.0  # an engine that was away is asked again, and no event tells of its return
TURN_GAP_S = 0.05  # a burst of events makes one turn, not a thousand
BUSY_GAP_S = 0.2  # while plans run, each step of which makes events: looks cost the engine CPU

log = logging.getLogger(__name__)


class Loop:
    """Turns, one after another, as often as something happens and at least every RESYNC_S."""

    def __init__(
        self,
        state: State,
        *,
        ports: Ports,
        publisher: Publisher,
        readiness: Readiness,
        idleness: Idleness,
        progress: Progress,
    ) -> None:
        self._state = state
        self._engine = ports.engine
        self._data_root = ports.data_root
        self._ledger = ports.ledger
        self._publisher = publisher
        self._readiness = readiness
        self._idleness = idleness
        self._progress = progress
        self._bell = asyncio.Event()
        self._executor: Executor | None = None
        self.rung = 0  # how often somebody rang
        self.answered = 0  # the ring up to which a turn has looked since
        self._ended: dict[str, int] = {}  # tenant → the ring of its last plan's end

    def attach(self, executor: Executor) -> None:
        """The executor reports back to `done`, so it is made after the loop."""
        self._executor = executor

    def ring(self) -> None:
        """Something happened: take the next turn now."""
        self.rung += 1
        self._bell.set()

    def is_behind(self, tenant: str) -> bool:
        """What was seen of the tenant is from before its last plan ended."""
        return self.answered < self._ended.get(tenant, 0)

    async def run(self) -> None:
        while True:
            await self.turn()
            await self._rest()

    async def turn(self) -> None:
        """Look, count, decide, begin."""
        assert self._executor is not None
        state, now, rung = self._state, time.monotonic(), self.rung
        busy_before = set(self._executor.busy)  # what was seen of these may be out of date by now
        state.observed = await self.observe()
        await self._count(state.observed, now, busy_before)
        self.answered = rung
        if state.applied is None:
            return
        busy = busy_before | set(self._executor.busy)
        plan = reconcile(state.desired, state.observed, state.history, now, busy=busy)
        for tenant_plan in sorted(plan.tenants, key=self._comes_later):
            if self._executor.submit(tenant_plan):
                log.info("%s: %s (%s)", tenant_plan.tenant, tenant_plan.action, tenant_plan.why)

    def _comes_later(self, plan: TenantPlan) -> bool:
        """Whoever is always on comes before the others."""
        spec = self._state.desired.get(plan.tenant)
        return spec is None or not spec.always_on

    async def observe(self) -> Observed:
        """One look; a part that does not answer is Unknown."""
        assert self._executor is not None
        try:
            snapshot = await self._executor.call(self._engine.snapshot)
            data_dirs = await self._executor.call(self._data_root.observe)
        except OrchestratorError as error:
            unknown = Unknown(str(error))
            return replace(
                self._state.seen(),
                containers=unknown,
                networks=unknown,
                routed=self._publisher.live,
            )
        return Observed(
            containers=snapshot.containers,
            networks=snapshot.networks,
            foreign_names=snapshot.foreign_names,
            data_dirs=data_dirs,
            routed=self._publisher.live,
            health=self._readiness.health(),
            activity=self._idleness.activity(),
            swaps=dict(self._state.swaps),
            asleep=frozenset(self._state.asleep),
        )

    def done(self, outcome: Outcome) -> None:
        """The executor's report of a plan that ended."""
        plan, state, now = outcome.plan, self._state, time.monotonic()
        if outcome.ok:
            self.record(plan.tenant, past(plan.action), _told(outcome))
            if plan.action in ("sleep", "wake"):
                self._idleness.forget(plan.tenant)
            if plan.action == "retire":
                state.history.pop(plan.tenant, None)
        elif outcome.counts:
            attempts = history.failure(state.attempts(plan.tenant), outcome.reason, now)
            state.history[plan.tenant] = attempts
        if not outcome.ok and (outcome.counts or outcome.undone):
            self.record(plan.tenant, "failed", f"{plan.action}: {outcome.reason}")
        self.ring()
        self._ended[plan.tenant] = self.rung

    def record(self, tenant: str | None, kind: str, text: str) -> None:
        """Write down what happened; a ledger that fails delays nothing."""
        log.info("%s: %s %s", tenant or "platform", kind, text)
        try:
            self._ledger.record(Event(at=time.time(), tenant=tenant, kind=kind, text=text))
        except OrchestratorError as error:
            self._state.problem("ledger", str(error))

    async def _count(self, observed: Observed, now: float, busy: set[str]) -> None:
        world = World.of(observed)
        if world is None:
            return
        if isinstance(self._publisher.live, Unknown):
            return
        for spec in self._state.desired.values():
            case = Case.of(spec, world, self._state.history, now)
            if case.running and case.routed_as_wanted and case.health == "ready":
                self._state.history[spec.id] = history.healthy(case.attempts, now)
            elif case.container and spec.id not in busy and _should_run(case):
                await self._count_exit(case.container, now)

    async def _count_exit(self, container: ObservedContainer, now: float) -> None:
        assert self._executor is not None
        attempts = self._state.attempts(container.tenant)
        busy = container.tenant in self._executor.busy
        if busy or not history.is_new_exit(attempts, container):
            return
        lines = await self._last_lines(container.tenant)
        counted = history.exited(attempts, container, now, lines)
        self._state.history[container.tenant] = counted
        self.record(container.tenant, "crashed", counted.reason)
        self._progress.tell(Line("note", container.tenant, counted.reason))

    async def _last_lines(self, tenant: str) -> str:
        assert self._executor is not None
        try:
            return await self._executor.call(
                self._engine.logs, container_name(tenant), LOG_LINES_SHOWN
            )
        except EngineError:
            return ""

    async def _rest(self) -> None:
        """Until the bell, the next retry or the resync, whichever comes first.

        The pause comes before the wait: whoever rings at a loop at rest is answered at once, and
        whoever rings in a burst together with the others.
        """
        assert self._executor is not None
        await asyncio.sleep(BUSY_GAP_S if self._executor.busy else TURN_GAP_S)
        now = time.monotonic()
        resync = UNKNOWN_AGAIN_S if self._state.observed.unknown_because() else RESYNC_S
        retries = [one.next_at - now for one in self._state.history.values() if one.next_at > now]
        try:
            async with asyncio.timeout(min([resync, *retries])):
                await self._bell.wait()
        except TimeoutError:
            pass
        self._bell.clear()


def ready_routes(state: State, world: World) -> dict[str, RouteEntry]:
    """The routes of everything that runs and is ready: what an unreadable route file held."""
    cases = (Case.of(spec, world, {}, 0.0) for spec in state.desired.values())
    return {
        case.spec.id: routes.entry(case.spec)
        for case in cases
        if case.running and case.health == "ready"
    }


def _should_run(case: Case) -> bool:
    """Nobody means it to be stopped now, so that its end is a crash."""
    return case.spec.state == "running" and not case.asleep and case.swap_under_way is None


def _told(outcome: Outcome) -> str:
    plan = outcome.plan
    changed = ", ".join(str(change) for change in plan.changes)
    why = f"{plan.why} ({changed})" if changed else plan.why
    extra = outcome.text.removeprefix(past(plan.action)).removeprefix(": ")
    return f"{why}: {extra}" if extra else why

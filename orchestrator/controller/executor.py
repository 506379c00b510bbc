"""Carries plans out: one queue per tenant, so that a tenant that hangs delays nobody."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from orchestrator.controller.progress import Line, Progress
from orchestrator.controller.publisher import Publisher
from orchestrator.controller.readiness import Readiness
from orchestrator.core import plan as steps
from orchestrator.core import routes
from orchestrator.core.desired import TenantSpec
from orchestrator.core.plan import Step, TenantPlan
from orchestrator.core.words import describe, past
from orchestrator.errors import OrchestratorError
from orchestrator.ports import Ports

START_SLOTS = 4  # 32 starts at once take the engine from 0.6 s to 7.4 s each (moby#42096)
STOP_GRACE_S = 30
THREADS = 64  # engine calls that may hang at the same time before others wait for a thread
# What brings a container up goes through one slot from its first step to its last: then the first
# tenants' agents start while the engine works on the next, instead of all of them at the end.
START_WORK = (
    steps.CreateNetwork,
    steps.PrepareData,
    steps.CreateContainer,
    steps.StartContainer,
)

STOP_WORK = (steps.StopContainer, steps.RemoveContainer)

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """How a tenant's plan ended. `counts`: as one failure more; a crash is counted, and explained,
    by the next look, and a plan that another one overtook is nobody's failure."""

    plan: TenantPlan
    ok: bool
    reason: str = ""
    counts: bool = True


@dataclass(frozen=True)
class Hands:
    """What steps are carried out with."""

    ports: Ports
    publisher: Publisher
    readiness: Readiness
    wanted: Callable[[TenantSpec], bool]  # whether this is still what tenants.yaml says


class Executor:
    """Runs each tenant's plan in a task of its own; never two for the same tenant."""

    def __init__(
        self, hands: Hands, progress: Progress, on_outcome: Callable[[Outcome], None]
    ) -> None:
        self._hands = hands
        self._progress = progress
        self._on_outcome = on_outcome
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="engine")
        self._slots = asyncio.Semaphore(START_SLOTS)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._doing: dict[str, str] = {}

    @property
    def busy(self) -> Mapping[str, str]:
        """Tenants whose plan is being carried out, and the step."""
        return dict(self._doing)

    def submit(self, plan: TenantPlan) -> bool:
        """Begin; False when the tenant is busy already."""
        tenant = plan.tenant
        if tenant in self._tasks or not plan.steps:
            return False
        self._doing[tenant] = describe(plan.steps[0])
        self._tasks[tenant] = asyncio.create_task(self._run(plan), name=f"plan-{tenant}")
        return True

    async def idle(self, tenant: str) -> None:
        """Wait until nothing is being done to the tenant."""
        while task := self._tasks.get(tenant):
            await asyncio.wait({task})

    async def call(self, function: Callable[..., T], *args: object) -> T:
        """Run a blocking call of a port in the executor's threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)

    async def _run(self, plan: TenantPlan) -> None:
        try:
            outcome = await self._outcome(plan)
        except Exception as error:  # a bug must not end the tenant's queue
            log.exception("%s: unexpected", plan.tenant)
            outcome = Outcome(plan, ok=False, reason=f"unexpected {type(error).__name__}: {error}")
        finally:
            del self._tasks[plan.tenant]
            self._doing.pop(plan.tenant, None)
        text = past(plan.action) if outcome.ok else f"failed to {plan.action}: {outcome.reason}"
        self._progress.tell(Line("outcome", plan.tenant, text, ok=outcome.ok))
        self._on_outcome(outcome)

    async def _outcome(self, plan: TenantPlan) -> Outcome:
        for bounded, together in groupby(plan.steps, lambda step: _is_bounded(step, plan)):
            async with self._slots if bounded else nullcontext():
                for step in together:
                    broken_off = await self._step(plan, step)
                    if broken_off is not None:
                        return broken_off
        return Outcome(plan, ok=True)

    async def _step(self, plan: TenantPlan, step: Step) -> Outcome | None:
        """None when the plan goes on."""
        self._doing[plan.tenant] = describe(step)
        self._progress.tell(Line("step", plan.tenant, describe(step)))
        try:
            overtaken = await self._perform(step)
        except OrchestratorError as error:
            reason = ". ".join(part for part in (str(error).rstrip("."), error.mend) if part)
            return Outcome(plan, ok=False, reason=f"{describe(step)}: {reason}")
        return Outcome(plan, ok=False, reason=overtaken, counts=False) if overtaken else None

    async def _perform(self, step: Step) -> str:  # noqa: C901 - a table, one row per step
        """Carry out one step; why the plan cannot go on, although nothing failed, or ""."""
        hands, engine = self._hands, self._hands.ports.engine
        match step:
            case steps.PrepareData(spec):
                await self.call(self._prepare, spec)
            case steps.MoveData(old, spec):
                await self.call(self._move, old, spec)
            case steps.CreateNetwork(spec):
                await self.call(engine.create_network, spec)
            case steps.RemoveNetwork(network_id):
                await self.call(engine.remove_network, network_id)
            case steps.CreateContainer(spec):
                await self.call(engine.create_container, spec)
            case steps.StartContainer(name):
                await self.call(self._start, name)
            case steps.StopContainer(container_id):
                await self.call(engine.stop_container, container_id, STOP_GRACE_S)
            case steps.RemoveContainer(container_id):
                await self.call(engine.remove_container, container_id)
            case steps.AwaitReady(spec):
                return await hands.readiness.wait(spec)
            case steps.Route(spec) if not hands.wanted(spec):
                return "tenants.yaml says something else by now"
            case steps.Route(spec):
                await hands.publisher.route(spec.id, routes.entry(spec))
            case steps.Narrow(spec):
                await hands.publisher.narrow(spec.id, spec.hosts)
            case steps.Unroute(tenant):
                await hands.publisher.unroute(tenant)
        return ""

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


def _is_bounded(step: Step, plan: TenantPlan) -> bool:
    """Whether the step goes through a slot.

    Where a container is made anew, so does the stop of the old one: a new image must not take all
    tenants down at once to bring them back a few at a time.
    """
    anew = any(isinstance(one, steps.CreateContainer) for one in plan.steps)
    return isinstance(step, START_WORK) or (anew and isinstance(step, STOP_WORK))

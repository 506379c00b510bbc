"""Carries plans out: one queue per tenant, so that a tenant that hangs delays nobody."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from orchestrator.controller.performing import Hands, Performer
from orchestrator.controller.progress import Line, Progress
from orchestrator.controller.readiness import ENDED
from orchestrator.core import plan as steps
from orchestrator.core.plan import Action, Step, TenantPlan
from orchestrator.core.words import describe, past
from orchestrator.errors import (
    DataRootError,
    EngineError,
    EngineUnavailable,
    NotReady,
    OrchestratorError,
)

START_SLOTS = 4  # 32 starts at once take the engine from 0.6 s to 7.4 s each (moby#42096)
# While a tenant is held, somebody waits: few at a time, so that each is as short as can be, and
# something is left for those who are not held. What comes before and after goes on beside it.
CORES_PER_HOLD = 2
# What brings a container up goes through one slot from its first step to its last: then the first
# tenants' agents start while the engine works on the next, instead of all of them at the end.
START_WORK = (
    steps.CreateNetwork,
    steps.PrepareData,
    steps.CreateContainer,
    steps.StartContainer,
)
STOP_WORK = (steps.StopContainer, steps.RemoveContainer)
HOLDS = ("swap", "fall back", "restart")
# What the new container of a swap can be blamed for; whatever else fails is tried again.
BLAMED = (*START_WORK, steps.AwaitReady, steps.TakeSnapshot)

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """How a tenant's plan ended. `counts`: as one failure more; a crash is counted, and explained,
    by the next look, a swap that failed is undone, and a plan that another one overtook is nobody's
    failure. `undone`: told as a failure all the same."""

    plan: TenantPlan
    ok: bool
    reason: str = ""
    counts: bool = True
    undone: bool = False
    text: str = ""  # what there is to say of it when all went well


class Executor:
    """Runs each tenant's plan in a task of its own; never two for the same tenant."""

    def __init__(
        self, hands: Hands, progress: Progress, on_outcome: Callable[[Outcome], None]
    ) -> None:
        self._hands = hands
        self._holds = asyncio.Semaphore(max(1, (os.cpu_count() or 1) // CORES_PER_HOLD))
        self._performer = Performer(hands, self._holds)
        self._progress = progress
        self._on_outcome = on_outcome
        self._starts = asyncio.Semaphore(START_SLOTS)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._step_of: dict[str, str] = {}
        self._action_of: dict[str, Action] = {}
        self.forgive = self._performer.tryouts.forgive

    @property
    def busy(self) -> Mapping[str, str]:
        """Tenants whose plan is being carried out, and the step."""
        return dict(self._step_of)

    @property
    def doing(self) -> Mapping[str, Action]:
        """The same tenants, and what that is part of."""
        return dict(self._action_of)

    def submit(self, plan: TenantPlan) -> bool:
        """Begin; False when the tenant is busy already."""
        tenant = plan.tenant
        if tenant in self._tasks or not plan.steps:
            return False
        self._step_of[tenant] = describe(plan.steps[0])
        self._action_of[tenant] = plan.action
        if isinstance(plan.steps[0], START_WORK):  # before anybody asks again
            self._hands.holding.starts(tenant)
        self._tasks[tenant] = asyncio.create_task(self._run(plan), name=f"plan-{tenant}")
        return True

    async def idle(self, tenant: str) -> None:
        """Wait until nothing is being done to the tenant."""
        while task := self._tasks.get(tenant):
            await asyncio.wait({task})

    async def call(self, function: Callable[..., T], *args: object) -> T:
        """Run a blocking call of a port in the executor's threads."""
        return await self._performer.call(function, *args)

    async def _run(self, plan: TenantPlan) -> None:
        try:
            outcome = await self._outcome(plan)
        except Exception as error:  # a bug must not end the tenant's queue
            log.exception("%s: unexpected", plan.tenant)
            outcome = Outcome(plan, ok=False, reason=f"unexpected {type(error).__name__}: {error}")
        finally:
            await self._performer.settle(plan.tenant)
            held_on = self._hands.journal.is_under_way(plan.tenant)
            self._hands.holding.end(plan.tenant, held_on=held_on)
            del self._tasks[plan.tenant]
            self._step_of.pop(plan.tenant, None)
            self._action_of.pop(plan.tenant, None)
        text = outcome.text if outcome.ok else f"failed to {plan.action}: {outcome.reason}"
        self._progress.tell(Line("outcome", plan.tenant, text, ok=outcome.ok))
        self._on_outcome(outcome)

    async def _outcome(self, plan: TenantPlan) -> Outcome:
        held = self._hands.journal.is_under_way(plan.tenant)
        if held:
            self._hands.holding.begin(plan.tenant)
        # Whose visitors wait already does not queue behind other swaps.
        begins = None if held else _holds_from(plan)
        async with AsyncExitStack() as slot:
            for bounded, together in groupby(plan.steps, lambda step: _is_bounded(step, plan)):
                async with self._slot(bounded=bounded):
                    for step in together:
                        if step is begins:
                            begins = None
                            await slot.enter_async_context(self._holds)
                        broken_off = await self._step(plan, step)
                        if broken_off is not None:
                            return broken_off
                        if isinstance(step, steps.Release):
                            await slot.aclose()
        return Outcome(plan, ok=True, text=await self._told(plan))

    def _slot(self, *, bounded: bool) -> AbstractAsyncContextManager[None]:
        return self._starts if bounded else nullcontext()

    async def _told(self, plan: TenantPlan) -> str:
        text = past(plan.action)
        if plan.action not in HOLDS or not any(isinstance(s, steps.Release) for s in plan.steps):
            return text
        return f"{text}: {await self._hands.holding.told(plan.tenant)}"

    async def _step(self, plan: TenantPlan, step: Step) -> Outcome | None:
        """None when the plan goes on."""
        self._step_of[plan.tenant] = describe(step)
        self._progress.tell(Line("step", plan.tenant, describe(step)))
        try:
            overtaken = await self._performer.perform(step)
            swapping = plan.action in ("swap", "fall back")
            if overtaken == ENDED and isinstance(step, steps.AwaitReady) and swapping:
                # The next look does not count it: while a swap is on record, ends are meant.
                raise NotReady(ENDED + await self._hands.readiness.last_lines(step.spec))
        except OrchestratorError as error:
            reason = ". ".join(part for part in (str(error).rstrip("."), error.mend) if part)
            undone = await self._undone(plan, step, error, reason)
            reason = f"{describe(step)}: {reason}"
            return Outcome(plan, ok=False, reason=reason, counts=not undone, undone=undone)
        return Outcome(plan, ok=False, reason=overtaken, counts=False) if overtaken else None

    async def _undone(
        self, plan: TenantPlan, step: Step, error: OrchestratorError, reason: str
    ) -> bool:
        """Whether it was the swap that failed, which is on record now: not to be tried again."""
        if isinstance(
            error, EngineUnavailable
        ):  # nobody knows what happened, nor whose fault it is
            return False
        journal = self._hands.journal
        try:
            if isinstance(step, steps.Preflight):
                await journal.refuse(step.swap, reason)
                return True
            blamed = isinstance(error, EngineError | NotReady | DataRootError)
            if plan.action == "swap" and blamed and isinstance(step, BLAMED):
                return await journal.fail(plan.tenant, reason)
        except OrchestratorError as second:
            log.warning("%s: %s", plan.tenant, second)
        return False


def _is_swap(plan: TenantPlan) -> bool:
    """Whether visitors may wait for it."""
    return any(isinstance(step, steps.Release) for step in plan.steps)


def _holds_from(plan: TenantPlan) -> Step | None:
    """What comes before it, nobody waits for."""
    if not _is_swap(plan):
        return None
    before = (steps.Preflight, steps.AwaitCalm)
    return next(step for step in plan.steps if not isinstance(step, before))


def _is_bounded(step: Step, plan: TenantPlan) -> bool:
    """Whether the step goes through a slot for starts. A swap has one of its own for all its steps.

    Where a container is made anew, so does the stop of the old one: a new image must not take all
    tenants down at once to bring them back a few at a time.
    """
    if _is_swap(plan):
        return False
    anew = any(isinstance(one, steps.CreateContainer) for one in plan.steps)
    return isinstance(step, START_WORK) or (anew and isinstance(step, STOP_WORK))

"""Putting tenants to sleep and waking them, on somebody's word."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from orchestrator.controller.executor import Executor
from orchestrator.controller.following import Following
from orchestrator.controller.journal import Journal
from orchestrator.controller.loop import Loop
from orchestrator.controller.outlook import Outlook
from orchestrator.controller.progress import Line
from orchestrator.controller.state import State
from orchestrator.core import history
from orchestrator.core.plan import TenantPlan
from orchestrator.core.reconcile import decide
from orchestrator.core.swap_moves import fall_asleep
from orchestrator.errors import Refused


class Nights:
    """The verbs sleep and wake, and the gate's own wake."""

    def __init__(
        self,
        state: State,
        *,
        loop: Loop,
        executor: Executor,
        journal: Journal,
        outlook: Outlook,
        following: Following,
    ) -> None:
        self._state = state
        self._loop = loop
        self._executor = executor
        self._journal = journal
        self._outlook = outlook
        self._following = following

    async def sleep(self, tenant: str) -> AsyncIterator[Mapping[str, object]]:
        """Stop the tenant until somebody asks for it. Refused for what must not sleep."""
        self._check_may_sleep(tenant)
        listener = self._following.open()
        await self._executor.idle(tenant)
        self._state.observed = await self._loop.observe()
        case = self._outlook.case(tenant)
        if case.asleep:
            listener.put_nowait(Line("note", tenant, "sleeps already"))
        else:
            plan = TenantPlan(tenant, "sleep", "the operator asked for it", fall_asleep(case))
            self._executor.submit(plan)
        return self._following.follow(listener, {tenant}, fine=("sleeping",))

    def _check_may_sleep(self, tenant: str) -> None:
        case = self._outlook.case(tenant)
        if case.spec.always_on:
            raise Refused(
                f"{tenant} is always on",
                mend=f"Run `tenantctl set {tenant} always_on= --apply` first.",
            )
        if case.spec.state == "suspended":
            raise Refused(
                f"{tenant} is suspended: it is stopped, and nobody can wake it",
                mend=f"Run `tenantctl resume {tenant}` if it is to serve again.",
            )
        if not case.asleep and not (case.running and case.route):
            raise Refused(
                f"{tenant} does not run",
                mend=f"Wait until `tenantctl status {tenant}` says running.",
            )

    async def wake(self, tenant: str) -> AsyncIterator[Mapping[str, object]]:
        """Start the tenant if it sleeps, and see it run."""
        if self._outlook.case(tenant).spec.state == "suspended":
            raise Refused(f"{tenant} is suspended", mend=f"Run `tenantctl resume {tenant}`.")
        listener = self._following.open()
        if tenant not in self._state.asleep:
            listener.put_nowait(Line("note", tenant, "does not sleep"))
        await self.rouse(tenant)
        return self._following.follow(listener, {tenant}, fine=("running",))

    async def rouse(self, tenant: str) -> None:
        """Begin to wake it, from what was seen last: no look at the engine comes in between.

        But for one that fell asleep just now: what was seen shows it running, and its end would
        be taken for a crash.
        """
        if self._loop.is_behind(tenant):
            self._state.observed = await self._loop.observe()
        if tenant not in self._state.asleep:
            return
        await self._journal.wake(tenant)
        case = self._outlook.case(tenant)
        self._state.history[tenant] = history.forgiven(case.container)
        plan = decide(case)
        if plan is not None:
            self._executor.submit(TenantPlan(tenant, "wake", "somebody asked for it", plan.steps))
        self._loop.ring()

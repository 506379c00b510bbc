"""How every tenant is, as known now; nothing is measured for it."""

from __future__ import annotations

import time
from collections.abc import Mapping

from orchestrator.controller.executor import Executor
from orchestrator.controller.publisher import Publisher
from orchestrator.controller.state import State
from orchestrator.core import status
from orchestrator.core.campaign_holds import standing
from orchestrator.core.case import Case, World
from orchestrator.core.status import Knowledge, StatusReport
from orchestrator.errors import EngineUnavailable, UnknownTenant


class Outlook:
    """Made of what others know."""

    def __init__(
        self, state: State, executor: Executor, publisher: Publisher, http_port: int
    ) -> None:
        self._state = state
        self._executor = executor
        self._publisher = publisher
        self._http_port = http_port

    def report(self) -> StatusReport:
        """The whole status."""
        return status.report(self.knowledge())

    def case(self, tenant: str) -> Case:
        """The tenant's case with its failures forgiven. UnknownTenant, EngineUnavailable."""
        world = World.of(self._state.seen())
        if world is None:
            raise EngineUnavailable(f"cannot see how {tenant} is")
        if tenant not in self._state.desired:
            raise unknown(tenant)
        return Case.of(self._state.desired[tenant], world, {}, time.monotonic())

    def known(self, tenant: str) -> None:
        """UnknownTenant for one that is neither in the fleet nor retired."""
        if all(tenant != row.id for row in self.report().tenants):
            raise unknown(tenant)

    def knowledge(self) -> Knowledge:
        state = self._state
        kept = state.applied.kept if state.applied else {}
        held = state.applied.held if state.applied else {}
        return Knowledge(
            desired=state.desired,
            observed=state.seen(),
            history=state.history,
            now=time.monotonic(),
            routes_confirmed=self._publisher.confirmed,
            http_port=self._http_port,
            limits=self._publisher.limits,
            busy=self._executor.busy,
            doing=self._executor.doing,
            usage=state.usage,
            kept=kept,
            held={tenant: one.why for tenant, one in held.items()},
            problems=self._problems(kept),
        )

    def _problems(self, kept: Mapping[str, str]) -> tuple[str, ...]:
        problems = list(self._state.problems.values())
        if self._state.applied is None:
            problems.append("no tenants.yaml was applied yet: run `tenantctl apply`")
        if told := standing(self._state.campaign, self._state.applied):
            problems.append(told)
        absent = [tenant for tenant in kept if tenant not in self._state.desired]
        return (*problems, *(f"{tenant}: {kept[tenant]}" for tenant in absent))


def unknown(tenant: str) -> UnknownTenant:
    return UnknownTenant(
        f"there is no tenant {tenant}", mend="Run `tenantctl status` for those that exist."
    )

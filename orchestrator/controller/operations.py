"""What operators and the edge may ask of the controller; the socket API is this, spoken in HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

from orchestrator.controller.apply import Accepted, Applier, Preview
from orchestrator.controller.executor import Executor
from orchestrator.controller.following import Following
from orchestrator.controller.journal import Journal
from orchestrator.controller.loop import Loop
from orchestrator.controller.outlook import Outlook
from orchestrator.controller.sampler import Sampler
from orchestrator.controller.state import State
from orchestrator.core.campaign_holds import standing
from orchestrator.core.fleet import Validation
from orchestrator.core.names import container_name
from orchestrator.core.observed import Unknown
from orchestrator.core.plan import TenantPlan
from orchestrator.core.report import StatusReport
from orchestrator.core.swap_moves import restart
from orchestrator.errors import EngineUnavailable, Refused
from orchestrator.ports import Event, Ports, TenantsFile

FIRST_USER = "admin"


class Operations:
    """The controller's verbs. Refusals are raised before anything is changed."""

    def __init__(
        self,
        state: State,
        *,
        loop: Loop,
        executor: Executor,
        applier: Applier,
        sampler: Sampler,
        outlook: Outlook,
        following: Following,
        journal: Journal,
        ports: Ports,
        file_name: str,
    ) -> None:
        self._state = state
        self._loop = loop
        self._executor = executor
        self._applier = applier
        self._sampler = sampler
        self._outlook = outlook
        self._following = following
        self._journal = journal
        self._engine = ports.engine
        self._data_root = ports.data_root
        self._ledger = ports.ledger
        self._file = ports.tenants_file
        self.file_name = file_name

    async def status(self) -> StatusReport:
        """The whole status, with fresh sizes and counts."""
        await self._sampler.refresh()
        return self.report()

    def report(self) -> StatusReport:
        """The whole status as known now; nothing is measured for it."""
        return self._outlook.report()

    def hosts(self) -> dict[str, object]:
        """Every host of the fleet and how its tenant is: what the gate answers from."""
        domain = self._state.applied.fleet.domain if self._state.applied else ""
        rows = self.report().tenants
        return {
            "domain": domain,
            "hosts": {
                host: {"tenant": row.id, "name": row.name, "state": row.state, "why": row.why}
                for row in rows
                for host in row.hosts
            },
        }

    async def validate(self) -> Validation:
        return await asyncio.to_thread(self._file.load)

    async def plan(self) -> Preview:
        return await self._applier.preview()

    def standing(self) -> str:
        """Whom an update that failed or was stopped keeps from what is applied, and the mend."""
        return standing(self._state.campaign, self._state.applied)

    async def apply(
        self, *, confirm_retire: int | None, wait: bool
    ) -> tuple[Accepted, AsyncIterator[Mapping[str, object]]]:
        """Accept tenants.yaml (or raise); lines of progress until the fleet has settled."""
        listener = self._following.open()
        try:
            accepted = await self._applier.apply(confirm_retire)
        except BaseException:
            self._following.close(listener)
            raise
        tenants = {one.tenant for one in accepted.plan.tenants} | set(accepted.kept)
        followed = tenants if wait else set()
        return accepted, self._following.follow(listener, followed, kept=accepted.kept)

    async def restart(self, tenant: str) -> AsyncIterator[Mapping[str, object]]:
        """Stop and start one tenant's container."""
        if self._outlook.case(tenant).spec.state == "suspended":
            raise Refused(
                f"{tenant} is suspended",
                mend=f"Run `tenantctl resume {tenant}`.",
            )
        listener = self._following.open()
        await self._executor.idle(tenant)
        self._state.history.pop(tenant, None)
        await self._journal.wake(tenant)
        self._state.observed = await self._loop.observe()  # what was done meanwhile counts
        case = self._outlook.case(tenant)
        plan = TenantPlan(tenant, "restart", "the operator asked for it", restart(case))
        if not case.container or not self._executor.submit(plan):
            self._loop.ring()
        return self._following.follow(listener, {tenant}, kept={})

    async def purge(self, tenant: str, confirm: str) -> int:
        """Remove a retired tenant's data for good; bytes freed."""
        self._outlook.known(tenant)
        async with self._applier.lock:  # no apply may bring the tenant back in between
            return await self._purge(tenant, confirm)

    async def _purge(self, tenant: str, confirm: str) -> int:
        if tenant in self._state.desired:
            raise Refused(
                f"{tenant} is in the applied fleet",
                mend=f"Run `tenantctl remove {tenant} --apply` first; purge is for the retired.",
            )
        if confirm != tenant:
            raise Refused(
                f"purge of {tenant} is not confirmed; its data would be gone for good",
                mend=f"Type the id again: `tenantctl purge {tenant} --confirm {tenant}`.",
            )
        await self._executor.idle(tenant)
        observed = await self._loop.observe()
        if isinstance(observed.containers, Unknown):
            raise EngineUnavailable(f"cannot see whether {tenant} still runs")
        if tenant in observed.containers:
            raise Refused(
                f"{tenant} still has a container", mend="Wait until it is retired, then try again."
            )
        size = (await self._executor.call(self._data_root.usage, tenant)).data_bytes or 0
        await self._executor.call(self._data_root.purge, tenant)
        await self._executor.call(self._ledger.forget, tenant)
        self._loop.record(tenant, "purged", f"{size} bytes removed on the operator's word")
        self._loop.ring()
        return size

    async def credentials(self, tenant: str) -> dict[str, object]:
        """The first admin password while it is unused."""
        self._outlook.known(tenant)
        password = await self._executor.call(self._data_root.first_password, tenant)
        if password is not None:
            return {"username": FIRST_USER, "password": password, "state": "unused"}
        if await self._executor.call(self._data_root.has_users, tenant):
            return {"username": FIRST_USER, "password": None, "state": "used"}
        raise Refused(
            f"{tenant} has not started yet, so it has no first password",
            mend=f"Wait until `tenantctl status {tenant}` says running.",
        )

    async def events(self, tenant: str | None, limit: int) -> tuple[Event, ...]:
        return await asyncio.to_thread(self._ledger.events, tenant, limit)

    async def logs(self, tenant: str, tail: int) -> str:
        self._outlook.known(tenant)
        return await self._executor.call(self._engine.logs, container_name(tenant), tail)

    def follow_logs(self, tenant: str, tail: int) -> Iterator[str]:
        """Lines as they come; a blocking iterator."""
        self._outlook.known(tenant)
        return self._engine.follow_logs(container_name(tenant), tail)

    async def edit(self, change: Callable[[TenantsFile], list[str]]) -> list[str]:
        """Edit tenants.yaml; sentences of what was changed."""
        return await asyncio.to_thread(change, self._file)

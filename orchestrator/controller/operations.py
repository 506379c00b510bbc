"""What operators and the edge may ask of the controller; the socket API is this, spoken in HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import asdict

from orchestrator.controller.apply import Accepted, Applier, Preview
from orchestrator.controller.executor import Executor
from orchestrator.controller.loop import Loop
from orchestrator.controller.progress import Line, Progress
from orchestrator.controller.publisher import Publisher
from orchestrator.controller.sampler import Sampler
from orchestrator.controller.state import State
from orchestrator.core import status
from orchestrator.core.case import Case, World
from orchestrator.core.fleet import Validation
from orchestrator.core.moves import restart
from orchestrator.core.names import container_name
from orchestrator.core.observed import Unknown
from orchestrator.core.plan import TenantPlan
from orchestrator.core.status import Knowledge, StatusReport, TenantStatus
from orchestrator.errors import EngineUnavailable, Refused, UnknownTenant
from orchestrator.ports import Event, Ports, TenantsFile

SETTLE_TIMEOUT_S = 600.0
SETTLE_POLL_S = 0.05
SETTLED = ("running", "suspended", "failed", "retired")
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
        publisher: Publisher,
        sampler: Sampler,
        progress: Progress,
        ports: Ports,
        file_name: str,
        http_port: int,
    ) -> None:
        self._state = state
        self._loop = loop
        self._executor = executor
        self._applier = applier
        self._publisher = publisher
        self._sampler = sampler
        self._progress = progress
        self._engine = ports.engine
        self._data_root = ports.data_root
        self._ledger = ports.ledger
        self._file = ports.tenants_file
        self.file_name = file_name
        self._http_port = http_port

    async def status(self) -> StatusReport:
        """The whole status, with fresh sizes and counts."""
        await self._sampler.refresh()
        return self.report()

    def report(self) -> StatusReport:
        """The whole status as known now; nothing is measured for it."""
        return status.report(self._knowledge())

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

    async def apply(
        self, *, confirm_retire: int | None, wait: bool
    ) -> tuple[Accepted, AsyncIterator[Mapping[str, object]]]:
        """Accept tenants.yaml (or raise); lines of progress until the fleet has settled."""
        listener = self._progress.open()
        try:
            accepted = await self._applier.apply(confirm_retire)
        except BaseException:
            self._progress.close(listener)
            raise
        tenants = {one.tenant for one in accepted.plan.tenants} | set(accepted.kept)
        lines = self._follow(listener, tenants if wait else set(), kept=accepted.kept)
        return accepted, lines

    async def restart(self, tenant: str) -> AsyncIterator[Mapping[str, object]]:
        """Stop and start one tenant's container."""
        if self._case(tenant).spec.state == "suspended":
            raise Refused(
                f"{tenant} is suspended",
                mend=f"Run `tenantctl set {tenant} state=running --apply`.",
            )
        listener = self._progress.open()
        await self._executor.idle(tenant)
        self._state.history.pop(tenant, None)
        self._state.observed = await self._loop.observe()  # what was done meanwhile counts
        case = self._case(tenant)
        plan = TenantPlan(tenant, "restart", "the operator asked for it", restart(case))
        if not case.container or not self._executor.submit(plan):
            self._loop.ring()
        return self._follow(listener, {tenant}, kept={})

    async def purge(self, tenant: str, confirm: str) -> int:
        """Remove a retired tenant's data for good; bytes freed."""
        self._known(tenant)
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
        self._known(tenant)
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
        self._known(tenant)
        return await self._executor.call(self._engine.logs, container_name(tenant), tail)

    def follow_logs(self, tenant: str, tail: int) -> Iterator[str]:
        """Lines as they come; a blocking iterator."""
        self._known(tenant)
        return self._engine.follow_logs(container_name(tenant), tail)

    async def edit(self, change: Callable[[TenantsFile], list[str]]) -> list[str]:
        """Edit tenants.yaml; sentences of what was changed."""
        return await asyncio.to_thread(change, self._file)

    def _knowledge(self) -> Knowledge:
        state = self._state
        kept = state.applied.kept if state.applied else {}
        return Knowledge(
            desired=state.desired,
            observed=state.observed,
            history=state.history,
            now=time.monotonic(),
            routes_confirmed=self._publisher.confirmed,
            http_port=self._http_port,
            busy=self._executor.busy,
            usage=state.usage,
            kept=kept,
            problems=self._problems(kept),
        )

    def _problems(self, kept: Mapping[str, str]) -> tuple[str, ...]:
        problems = list(self._state.problems.values())
        if self._state.applied is None:
            problems.append("no tenants.yaml was applied yet: run `tenantctl apply`")
        absent = [tenant for tenant in kept if tenant not in self._state.desired]
        return (*problems, *(f"{tenant}: {kept[tenant]}" for tenant in absent))

    def _case(self, tenant: str) -> Case:
        world = World.of(self._state.observed)
        if world is None:
            raise EngineUnavailable(f"cannot see how {tenant} is")
        if tenant not in self._state.desired:
            raise _unknown(tenant)
        return Case.of(self._state.desired[tenant], world, {}, time.monotonic())

    def _known(self, tenant: str) -> None:
        if all(tenant != row.id for row in self.report().tenants):
            raise _unknown(tenant)

    async def _follow(
        self, listener: asyncio.Queue[Line], tenants: set[str], kept: Mapping[str, str]
    ) -> AsyncIterator[Mapping[str, object]]:
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
            yield self._done(tenants, kept)
        finally:
            self._progress.close(listener)

    def _rows(self, tenants: set[str]) -> list[TenantStatus]:
        return [row for row in self.report().tenants if row.id in tenants]

    def _settled(self, tenants: set[str]) -> bool:
        busy = self._executor.busy
        there = self._state.observed.containers
        if isinstance(there, Unknown) or tenants & set(busy):
            return False
        leaving = (tenants - set(self._state.desired)) & set(there)
        return not leaving and all(row.state in SETTLED for row in self._rows(tenants))

    def _done(self, tenants: set[str], kept: Mapping[str, str]) -> Mapping[str, object]:
        fine, unmet = ("running", "suspended", "retired"), status.unmet(self._knowledge())
        bad = [row.id for row in self._rows(tenants) if row.state not in fine or row.id in unmet]
        bad += [tenant for tenant in kept if tenant not in bad]
        seen = self.report()
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


def _unknown(tenant: str) -> UnknownTenant:
    return UnknownTenant(
        f"there is no tenant {tenant}", mend="Run `tenantctl status` for those that exist."
    )

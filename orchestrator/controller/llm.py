"""What the LLM gateway is told and tells: who may ask, and what was used. And how much, for all."""

from __future__ import annotations

import asyncio
import hashlib
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from orchestrator.controller.state import State
from orchestrator.core.desired import TenantSpec
from orchestrator.core.llm_usage import (
    Booking,
    DayOfUsage,
    GatewayTenant,
    GatewayTenants,
    TenantUsage,
    UsageReport,
)
from orchestrator.errors import DataRootError, UnknownTenant
from orchestrator.ports import Ports

HASHES_FRESH_S = 30.0  # tokens change only when a damaged one is made anew


class LlmDesk:
    """Between the gateway and the ledger. `now` gives seconds since the epoch."""

    def __init__(self, state: State, ports: Ports, now: Callable[[], float] = time.time) -> None:
        self._state = state
        self._data_root = ports.data_root
        self._ledger = ports.ledger
        self._now = now
        self._hashes: Mapping[str, str] = {}
        self._hashed_at = float("-inf")
        self._life, self._rehashed, self._booked = uuid.uuid4().hex, 0, 0

    async def version(self) -> str:
        """Of what `tenants` answers: the same one as long as that is the same."""
        await asyncio.to_thread(self._rehash)
        counts = (self._state.accepted, self._rehashed, self._booked)
        return "-".join((self._life, *map(str, counts), self._day(0)))

    async def tenants(self) -> GatewayTenants:
        """Every tenant that is to run, by the address of its agent, with today's use."""
        running = self._running()
        await asyncio.to_thread(self._rehash)
        hashes, today = self._hashes, self._day(0)
        used = {row.tenant: row.tokens for row in await self._usage_since(today)}
        return GatewayTenants(
            day=today,
            tenants={
                one.address: _gateway_tenant(one, hashes[one.id], used.get(one.id, 0))
                for one in running
                if one.id in hashes
            },
        )

    async def book(self, bookings: Sequence[Booking]) -> None:
        """On the disk when it returns. LedgerError."""
        await asyncio.to_thread(self._ledger.book, bookings, self._day(0))
        self._booked += 1

    async def usage(self, tenant: str | None, days: int) -> UsageReport:
        """The last `days` days, today among them, of one tenant or of all that there are data of.

        UnknownTenant.
        """
        known = await asyncio.to_thread(self._ledger.indexes)
        if tenant is not None and tenant not in known:
            raise UnknownTenant(
                f"there is no tenant {tenant}", mend="Run `tenantctl status` for those that exist."
            )
        today = self._day(0)
        rows = await self._usage_since(self._day(days - 1))
        shown = sorted(known) if tenant is None else [tenant]
        return UsageReport(days, today, tuple(self._of(one, rows, today) for one in shown))

    def _of(self, tenant: str, rows: Sequence[DayOfUsage], today: str) -> TenantUsage:
        own = tuple(row for row in rows if row.tenant == tenant)
        spec = self._state.desired.get(tenant)
        return TenantUsage(
            id=tenant,
            tokens_per_day=spec.llm_tokens_per_day if spec else 0,
            used_today=sum(row.tokens for row in own if row.day == today),
            days=own,
        )

    async def _usage_since(self, day: str) -> tuple[DayOfUsage, ...]:
        return await asyncio.to_thread(self._ledger.llm_usage, day)

    def _running(self) -> Sequence[TenantSpec]:
        return [one for one in self._state.desired.values() if one.state == "running"]

    def _rehash(self) -> None:
        """The tokens that were not there yet; all of them now and then."""
        now, hashes = time.monotonic(), self._hashes
        if now - self._hashed_at >= HASHES_FRESH_S:
            hashes, self._hashed_at = {}, now
        tenants = [one.id for one in self._running()]
        asked = {one: self._token_hash(one) for one in tenants if one not in hashes}
        found = {**hashes, **{tenant: digest for tenant, digest in asked.items() if digest}}
        if found != self._hashes:
            self._hashes = found
            self._rehashed += 1

    def _token_hash(self, tenant: str) -> str | None:
        try:
            return hashlib.sha256(self._data_root.token(tenant).encode()).hexdigest()
        except DataRootError:
            return None  # it has not started yet; until then it cannot ask either

    def _day(self, ago: int) -> str:
        return (datetime.fromtimestamp(self._now(), UTC) - timedelta(days=ago)).date().isoformat()


def _gateway_tenant(spec: TenantSpec, token_sha256: str, used: int) -> GatewayTenant:
    return GatewayTenant(
        tenant=spec.id,
        gateway=spec.gateway,
        token_sha256=token_sha256,
        tokens_per_day=spec.llm_tokens_per_day,
        used_tokens=used,
    )

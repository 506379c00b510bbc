"""Swaps on record and who sleeps: in the ledger first, then in `State`, never the other way."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace

from orchestrator.controller.state import State
from orchestrator.core.swap import Swap
from orchestrator.ports import Ledger


class Journal:
    """What must survive a kill of the controller. Every method may raise LedgerError, and has
    changed nothing then."""

    def __init__(self, state: State, ledger: Ledger) -> None:
        self._state = state
        self._ledger = ledger

    def load(self) -> None:
        """Take over what an earlier controller wrote down."""
        self._state.swaps = dict(self._ledger.swaps())
        self._state.asleep = set(self._ledger.asleep())

    def swap(self, tenant: str) -> Swap | None:
        return self._state.swaps.get(tenant)

    def is_under_way(self, tenant: str) -> bool:
        """Whether a swap is on record that no plan has ended."""
        swap = self.swap(tenant)
        return swap is not None and swap.under_way

    async def begin(self, swap: Swap) -> None:
        await self._put(swap)

    async def fail(self, tenant: str, reason: str) -> bool:
        """The new container will never be released. False when no swap was begun."""
        swap = self.swap(tenant)
        if swap is None or swap.state != "begun":
            return False
        await self._put(replace(swap, state="failed", reason=reason))
        return True

    async def refuse(self, swap: Swap, reason: str) -> None:
        """It is not even begun, and not tried again before something else is asked for."""
        await self._put(replace(swap, state="refused", snapshot=None, reason=reason))

    async def release(self, tenant: str, refused: Swap | None) -> None:
        """The swap is over; `refused` is what is to be remembered of it."""
        if refused is not None:
            await self._put(refused)
        else:
            await self._drop(tenant)

    async def forgive(self, tenants: Collection[str] | None = None) -> None:
        """Whatever was refused, of these or of all, may be tried again."""
        for swap in list(self._state.swaps.values()):
            if not swap.under_way and (tenants is None or swap.tenant in tenants):
                await self._drop(swap.tenant)

    async def sleep(self, tenant: str) -> None:
        if tenant not in self._state.asleep:
            await asyncio.to_thread(self._ledger.set_asleep, tenant, asleep=True)
            self._state.asleep.add(tenant)

    async def booted(self, boot_id: str, sleepers: Collection[str]) -> None:
        """If the host was booted since the last call, these sleep."""
        if await asyncio.to_thread(self._ledger.booted, boot_id, sleepers):
            self._state.asleep.update(sleepers)

    async def wake(self, tenant: str) -> None:
        if tenant in self._state.asleep:
            await asyncio.to_thread(self._ledger.set_asleep, tenant, asleep=False)
            self._state.asleep.discard(tenant)

    async def forget(self, tenant: str) -> None:
        """Of a tenant that is no more."""
        await self._drop(tenant)
        await self.wake(tenant)

    async def _put(self, swap: Swap) -> None:
        await asyncio.to_thread(self._ledger.put_swap, swap)
        self._state.swaps[swap.tenant] = swap

    async def _drop(self, tenant: str) -> None:
        if tenant in self._state.swaps:
            await asyncio.to_thread(self._ledger.drop_swap, tenant)
            del self._state.swaps[tenant]

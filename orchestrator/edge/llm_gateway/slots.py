"""How many questions are under way: of one tenant, and of all. Who comes when all slots are taken
waits a moment, in a short line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from orchestrator.edge.llm_gateway.kinds import refusal
from orchestrator.errors import LlmError

PATIENCE_S = 5.0  # shorter than anybody's own deadline
WAITING = 4  # times the slots of a tenant: longer lines only look like hope
RETRY_AFTER_S = 2


class Slots:
    """`per_tenant` and `total` at a time."""

    def __init__(self, per_tenant: int, total: int, patience_s: float = PATIENCE_S) -> None:
        self._per_tenant = per_tenant
        self._patience_s = patience_s
        self._all = asyncio.Semaphore(total)
        self._own: dict[str, asyncio.Semaphore] = {}
        self._inside: dict[str, int] = {}  # that wait or are under way

    @asynccontextmanager
    async def taken(self, tenant: str) -> AsyncIterator[None]:
        """One slot for as long as the block runs. LlmError 429 when none gets free in time."""
        if self._inside.get(tenant, 0) >= self._per_tenant * (1 + WAITING):
            raise _busy()
        self._inside[tenant] = self._inside.get(tenant, 0) + 1
        own = self._own.setdefault(tenant, asyncio.Semaphore(self._per_tenant))
        try:
            await self._take(own)
            try:
                yield
            finally:
                self._all.release()
                own.release()
        finally:
            self._leave(tenant)

    async def _take(self, own: asyncio.Semaphore) -> None:
        """The tenant's own first, so that nobody stands in the line of all with more than that."""
        try:
            async with asyncio.timeout(self._patience_s):
                await own.acquire()
                try:
                    await self._all.acquire()
                except BaseException:
                    own.release()
                    raise
        except TimeoutError as error:
            raise _busy() from error

    def _leave(self, tenant: str) -> None:
        self._inside[tenant] -= 1
        if not self._inside[tenant]:  # nothing is kept of who is gone
            del self._inside[tenant], self._own[tenant]


def _busy() -> LlmError:
    return refusal(
        "concurrency",
        "Too many questions are with the LLM right now.",
        retry_after_s=RETRY_AFTER_S,
    )

"""Waiting until an agent has nothing under way, from its own count."""

from __future__ import annotations

import asyncio

from orchestrator.client.answers import LEASE_S
from orchestrator.core.desired import TenantSpec
from orchestrator.errors import OrchestratorError
from orchestrator.ports import DataRoot, Prober

DRAIN_S = 10.0  # then it is told to end all the same; it has 20 s of its own to answer the rest
POLL_S = 0.05
ZEROS = 2  # readings in a row: one may fall between two requests that Traefik already has
SILENT = 5  # readings without a count: there is nobody to ask


class Drain:
    """Asks agents what they have under way."""

    def __init__(self, prober: Prober, data_root: DataRoot) -> None:
        self._prober = prober
        self._data_root = data_root

    async def wait(self, spec: TenantSpec, held_s: float = 0.0) -> int | None:
        """How many requests are left: 0, or more when the time is up. None: it does not say.

        Begins with what is left of the lease: for so long after the hold began, which was `held_s`
        seconds ago, the gate may send what it was told before.
        """
        await asyncio.sleep(max(0.0, LEASE_S - held_s))
        loop = asyncio.get_running_loop()
        deadline, zeros, silent = loop.time() + DRAIN_S, 0, 0
        left: int | None = None
        while True:
            left = await self.in_flight(spec)
            zeros = zeros + 1 if left == 0 else 0
            silent = silent + 1 if left is None else 0
            if zeros >= ZEROS or silent >= SILENT or loop.time() > deadline:
                return left
            await asyncio.sleep(POLL_S)

    async def in_flight(self, spec: TenantSpec) -> int | None:
        """Requests under way; None when the agent does not say."""
        try:
            token = await asyncio.to_thread(self._data_root.token, spec.id)
        except OrchestratorError:
            return None
        found = await self._prober.activity(spec.address, token) or {}
        count = found.get("in_flight")
        return count if isinstance(count, int) else None

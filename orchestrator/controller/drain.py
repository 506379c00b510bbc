"""Waiting until an agent has nothing under way, from its own count."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.client.answers import LEASE_S
from orchestrator.core.desired import TenantSpec
from orchestrator.errors import OrchestratorError
from orchestrator.ports import DataRoot, Prober

NAP_S = 2.0  # for one that is to be idle anyway, and for an agent that tells no ages
LONG_S = 1.0  # what has been under way for longer may take long; the rest ends in the drain
TRIES = 3  # short ones, before one that goes on to the end
TRY_S = 0.6  # beside the lease; what answers a person is over by then, an upload may not be
POLL_S = 0.05
ZEROS = 2  # readings in a row: one may fall between two requests that Traefik already has
SILENT = 5  # readings without a count: there is nobody to ask


@dataclass(frozen=True)
class UnderWay:
    """What an agent says: how many requests, and for how long the oldest; None: not told."""

    count: int
    oldest_s: float | None = None


class Drain:
    """Asks agents what they have under way. What takes long, as uploads, imports and downloads do,
    gets `finish_s` to finish; a stream would never."""

    def __init__(self, prober: Prober, data_root: DataRoot, finish_s: float) -> None:
        self._prober = prober
        self._data_root = data_root
        self._finish_s = finish_s

    async def calm(
        self, spec: TenantSpec, *, must: bool, within_s: float | None = None
    ) -> int | None:
        """Wait until nothing long is under way, or with `must` nothing at all; not for ever.

        How many requests are left then; None: it does not say. Nobody is held meanwhile. What is
        under way at first is seen to its end: nobody knows how long it takes.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        finish_s = self._finish_s if within_s is None else within_s

        def is_over(found: UnderWay) -> bool:
            waited, oldest = loop.time() - began, found.oldest_s
            if not must and oldest is not None and oldest < min(LONG_S, waited):
                return True
            return found.count == 0 or waited > (NAP_S if must or oldest is None else finish_s)

        found = await self._until(spec, is_over)
        return found.count if found else None

    def may_finish(self, found: UnderWay) -> bool:
        """It has not been under way for so long yet."""
        return found.count > 0 and found.oldest_s is not None and found.oldest_s < self._finish_s

    async def wait(self, spec: TenantSpec, within_s: float, held_s: float = 0.0) -> UnderWay | None:
        """What is left: nothing, or something when the time is up. None: it does not say.

        Begins with what is left of the lease: for so long after the hold began, which was `held_s`
        seconds ago, the gate may send what it was told before.
        """
        await asyncio.sleep(max(0.0, LEASE_S - held_s))
        loop = asyncio.get_running_loop()
        deadline, zeros = loop.time() + within_s, 0

        def is_over(found: UnderWay) -> bool:
            nonlocal zeros
            zeros = 0 if found.count else zeros + 1
            return zeros >= ZEROS or loop.time() > deadline

        return await self._until(spec, is_over)

    async def _until(
        self, spec: TenantSpec, is_over: Callable[[UnderWay], bool]
    ) -> UnderWay | None:
        silent = 0
        while True:
            found = await self._ask(spec)
            silent = 0 if found else silent + 1
            if silent >= SILENT or (found and is_over(found)):
                return found
            await asyncio.sleep(POLL_S)

    async def _ask(self, spec: TenantSpec) -> UnderWay | None:
        """None when the agent does not say."""
        try:
            token = await asyncio.to_thread(self._data_root.token, spec.id)
        except OrchestratorError:
            return None
        found = await self._prober.activity(spec.address, token) or {}
        count, oldest = found.get("in_flight"), found.get("oldest_s")
        if not isinstance(count, int):
            return None
        return UnderWay(count, float(oldest) if isinstance(oldest, int | float) else None)

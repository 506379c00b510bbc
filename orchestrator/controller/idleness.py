"""How long tenants have had no request, by this process's own clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from orchestrator.core.desired import TenantSpec
from orchestrator.core.observed import Activity
from orchestrator.errors import OrchestratorError
from orchestrator.ports import DataRoot, Prober

AT_ONCE = 16


@dataclass(frozen=True)
class _Seen:
    """The agent's last word, and since when it has been that. Wall clocks are compared for
    equality only: one that is set a year ahead puts nobody to sleep."""

    in_flight: int
    last_request: object
    since: float


class Idleness:
    """Asks the agents of tenants that may sleep; what does not answer is not known to be idle."""

    def __init__(self, prober: Prober, data_root: DataRoot) -> None:
        self._prober = prober
        self._data_root = data_root
        self._seen: dict[str, _Seen] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    def activity(self) -> Mapping[str, Activity]:
        now = time.monotonic()
        return {
            tenant: Activity(seen.in_flight, now - seen.since)
            for tenant, seen in self._seen.items()
        }

    async def look(self, specs: Collection[TenantSpec]) -> None:
        """Ask all of these once, and forget every other."""
        answers = await asyncio.gather(*(self._ask(spec) for spec in specs))
        before, now = self._seen, time.monotonic()
        self._seen = {
            spec.id: _seen(answer, before.get(spec.id), now)
            for spec, answer in zip(specs, answers, strict=True)
            if answer is not None
        }

    def forget(self, tenant: str) -> None:
        """It begins anew: what was seen of it was another life."""
        self._seen.pop(tenant, None)

    async def _ask(self, spec: TenantSpec) -> tuple[int, object] | None:
        async with self._slots:
            try:
                token = await asyncio.to_thread(self._data_root.token, spec.id)
            except OrchestratorError:
                return None
            found = await self._prober.activity(spec.address, token)
        count = (found or {}).get("in_flight")
        if found is None or not isinstance(count, int):
            return None
        return count, found.get("last_request")


def _seen(answer: tuple[int, object], before: _Seen | None, now: float) -> _Seen:
    in_flight, last = answer
    same = before is not None and before.last_request == last and not before.in_flight + in_flight
    return _Seen(in_flight, last, before.since if before is not None and same else now)

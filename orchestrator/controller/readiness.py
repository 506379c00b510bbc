"""Whether agents answer: waiting for one that starts, and looking after those that run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping

from orchestrator.core.desired import TenantSpec
from orchestrator.core.history import told
from orchestrator.core.names import container_name
from orchestrator.core.observed import Health
from orchestrator.errors import EngineError, NotReady
from orchestrator.ports import Engine, Prober

POLL_S = 0.02  # between two questions to one that starts, when few do
PROBES_PER_S = 100  # to all that start: each costs them and us CPU that their start needs
LIVENESS_CHECK_S = 1.0  # how often the engine is asked whether a starting process is still there
UNREADY_AFTER = 3  # probes in a row without an answer
PROBES_AT_ONCE = 16
LOG_LINES_SHOWN = 5
ENDED = "its process ended"


class Readiness:
    """Health by address. A probe that fails once or twice changes nothing."""

    def __init__(
        self, engine: Engine, prober: Prober, wanted: Callable[[TenantSpec], bool]
    ) -> None:
        self._engine = engine
        self._prober = prober
        self._wanted = wanted
        self._misses: dict[str, int] = {}
        self._starting = 0
        self._slots = asyncio.Semaphore(PROBES_AT_ONCE)

    def health(self) -> Mapping[str, Health]:
        return {address: _judge(misses) for address, misses in self._misses.items()}

    async def wait(self, spec: TenantSpec, within_s: float) -> str:
        """Empty once /readyz answers 200, else why not to wait on. NotReady at the deadline."""
        self._misses[spec.address] = 1
        self._starting += 1
        try:
            async with asyncio.timeout(within_s):
                no_use = await self._first_answer(spec)
        except TimeoutError:
            self._misses[spec.address] = UNREADY_AFTER
            late = f"no answer at /readyz within {within_s:.0f} s"
            raise NotReady(late + await self.last_lines(spec)) from None
        finally:
            self._starting -= 1
        self._misses[spec.address] = 1 if no_use else 0
        return no_use

    async def look(self, addresses: Collection[str]) -> None:
        """Probe all of these once, and forget every other."""
        await asyncio.gather(*(self._probe(address) for address in addresses))
        self._misses = {key: value for key, value in self._misses.items() if key in addresses}

    async def _first_answer(self, spec: TenantSpec) -> str:
        loop = asyncio.get_running_loop()
        next_check = loop.time() + LIVENESS_CHECK_S
        while not await self._prober.ready(spec.address):
            if loop.time() > next_check:
                next_check = loop.time() + LIVENESS_CHECK_S
                if not self._wanted(spec):
                    return "something else is wanted of it by now"
                if not await self._alive(spec):
                    return ENDED
            await asyncio.sleep(max(POLL_S, self._starting / PROBES_PER_S))
        return ""

    async def _probe(self, address: str) -> None:
        async with self._slots:
            ready = await self._prober.ready(address)
        self._misses[address] = 0 if ready else self._misses.get(address, 0) + 1

    async def _alive(self, spec: TenantSpec) -> bool:
        try:
            return await asyncio.to_thread(self._engine.is_running, container_name(spec.id))
        except EngineError:
            return True  # unknown is not gone

    async def last_lines(self, spec: TenantSpec) -> str:
        """Of its log, as the end of a sentence."""
        try:
            lines = await asyncio.to_thread(
                self._engine.logs, container_name(spec.id), LOG_LINES_SHOWN
            )
        except EngineError:
            return ""
        return told(lines)


def _judge(misses: int) -> Health:
    if misses == 0:
        return "ready"
    return "unready" if misses >= UNREADY_AFTER else "unknown"

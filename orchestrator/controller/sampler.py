"""Sizes and counts of tenants, measured when somebody asks for the status and not before."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from orchestrator.controller.executor import Executor
from orchestrator.controller.state import State
from orchestrator.core.observed import ObservedContainer, Unknown
from orchestrator.core.status import Usage
from orchestrator.errors import OrchestratorError
from orchestrator.ports import Ports

PATIENCE_S = 5.0
FRESH_S = 2.0  # samples younger than this are shown again


class Sampler:
    """Fills `State.usage`."""

    def __init__(
        self,
        state: State,
        executor: Executor,
        ports: Ports,
    ) -> None:
        self._state = state
        self._executor = executor
        self._engine = ports.engine
        self._data_root = ports.data_root
        self._prober = ports.prober
        self._taken_at = float("-inf")
        self._lock = asyncio.Lock()

    async def refresh(self) -> None:
        """Measure every tenant, unless that was done a moment ago."""
        async with self._lock:
            if time.monotonic() - self._taken_at < FRESH_S:
                return
            running = self._running()
            tenants = sorted(set(self._data_dirs()) | set(running))
            taking = asyncio.gather(*(self._sample(one, running) for one in tenants))
            with suppress(TimeoutError):  # an engine that hangs keeps nobody from the status
                async with asyncio.timeout(PATIENCE_S):
                    self._state.usage = dict(zip(tenants, await taking, strict=True))
            self._taken_at = time.monotonic()

    def _data_dirs(self) -> list[str]:
        dirs = self._state.observed.data_dirs
        return [] if isinstance(dirs, Unknown) else list(dirs)

    def _running(self) -> dict[str, ObservedContainer]:
        found = self._state.observed.containers
        if isinstance(found, Unknown):
            return {}
        return {
            tenant: one for tenant, many in found.items() for one in many if one.state == "running"
        }

    async def _sample(self, tenant: str, running: dict[str, ObservedContainer]) -> Usage:
        container = running.get(tenant)
        memory, last_request = None, None
        try:
            data = await self._executor.call(self._data_root.usage, tenant)
            if container is not None:
                memory = await self._executor.call(self._engine.memory_bytes, container.id)
                last_request = await self._last_request(tenant, container.address)
        except OrchestratorError:
            return self._state.usage.get(tenant, Usage())
        return Usage(data.users, data.csv_files, memory, data.data_bytes, last_request)

    async def _last_request(self, tenant: str, address: str | None) -> str | None:
        if address is None:
            return None
        token = await self._executor.call(self._data_root.token, tenant)
        activity = await self._prober.activity(address, token) or {}
        last = activity.get("last_request")
        return last if isinstance(last, str) else None  # whatever the agent says

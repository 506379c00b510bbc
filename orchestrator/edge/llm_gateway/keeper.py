"""Keeps the gateway in step with the controller: who may ask, and what was used.

While the controller is away the gateway goes on with what it knew last, and remembers what is to be
written down.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from orchestrator.core.llm_usage import GatewayTenants
from orchestrator.edge.llm_gateway.books import Books
from orchestrator.edge.llm_gateway.gateway import Gateway
from orchestrator.edge.llm_gateway.listeners import Listeners
from orchestrator.edge.llm_gateway.scribe import Scribe
from orchestrator.errors import OrchestratorError

LOOK_EVERY_S = 2.0  # a new tenant's agent takes as long to start
WRITE_EVERY_S = 1.0

log = logging.getLogger(__name__)


class Tenants(Protocol):
    """Where tenants are known."""

    async def llm_tenants(self) -> GatewayTenants: ...


class Keeper:
    """Two errands, each repeated by a loop."""

    def __init__(
        self,
        controller: Tenants,
        gateway: Gateway,
        books: Books,
        listeners: Listeners,
        scribe: Scribe,
    ) -> None:
        self._controller = controller
        self._scribe = scribe
        self._gateway = gateway
        self._books = books
        self._listeners = listeners
        self._told = ""

    async def run(self) -> None:
        """For ever."""
        await asyncio.gather(self._repeat_look(), self._repeat_write())

    async def look(self) -> None:
        """Learn who may ask, and what they have used."""
        try:
            told = await self._controller.llm_tenants()
        except OrchestratorError as error:
            self._tell(str(error))
            return
        self._tell("")
        self._books.learn(told)
        self._gateway.tenants = told.tenants
        await self._listeners.follow({one.gateway for one in told.tenants.values()})

    async def _repeat_look(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _repeat_write(self) -> None:
        while True:
            await self._scribe.write()
            await asyncio.sleep(WRITE_EVERY_S)

    def _tell(self, what: str) -> None:
        """Once per change: the controller's absence must not fill the log."""
        if self._told != what:
            log.warning("LLM gateway: %s", what or "the controller answers again")
        self._told = what

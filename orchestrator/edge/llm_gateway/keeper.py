"""Keeps the gateway in step with the controller: who may ask, and what was used.

While the controller is away the gateway goes on with what it knew last, and remembers what is to be
written down.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from orchestrator.core.llm_usage import Booking, GatewayTenants
from orchestrator.edge.llm_gateway.books import Books
from orchestrator.edge.llm_gateway.gateway import Gateway
from orchestrator.edge.llm_gateway.listeners import Listeners
from orchestrator.errors import OrchestratorError, Refused

LOOK_EVERY_S = 2.0  # a new tenant's agent takes as long to start
WRITE_EVERY_S = 1.0
BATCH = 500  # the controller takes so many at once
LAST_WRITE_S = 5.0

log = logging.getLogger(__name__)


class Controller(Protocol):
    """Where tenants are known and usage is kept."""

    async def llm_tenants(self) -> GatewayTenants: ...
    async def book(self, bookings: Sequence[Booking]) -> None: ...


class Keeper:
    """Two errands, each repeated by a loop."""

    def __init__(
        self, controller: Controller, gateway: Gateway, books: Books, listeners: Listeners
    ) -> None:
        self._controller = controller
        self._gateway = gateway
        self._books = books
        self._listeners = listeners
        self._told: dict[str, str] = {}  # errand → what was said of it last

    async def run(self) -> None:
        """For ever."""
        await asyncio.gather(self._repeat_look(), self._repeat_write())

    async def look(self) -> None:
        """Learn who may ask, and what they have used."""
        try:
            told = await self._controller.llm_tenants()
        except OrchestratorError as error:
            self._tell("look", str(error))
            return
        self._tell("look", "")
        self._books.learn(told)
        self._gateway.tenants = told.tenants
        await self._listeners.follow({one.gateway for one in told.tenants.values()})

    async def write(self) -> bool:
        """Have usage written down. Whether there may be more to write."""
        batch = self._books.pending(BATCH)
        if not batch:
            return False
        try:
            await self._controller.book(batch)
        except Refused as error:
            log.warning("the controller refuses what the LLM was used: %s", error)
        except OrchestratorError as error:
            self._tell("write", str(error))
            return False
        self._tell("write", "")
        self._books.written(batch)
        return True

    async def write_the_last(self) -> None:
        """Before the process ends."""
        try:
            async with asyncio.timeout(LAST_WRITE_S):
                while await self.write():
                    pass
        except TimeoutError:
            log.warning("some use of the LLM was not written down")

    async def _repeat_look(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _repeat_write(self) -> None:
        while True:
            await self.write()
            await asyncio.sleep(WRITE_EVERY_S)

    def _tell(self, errand: str, what: str) -> None:
        """Once per change: the controller's absence must not fill the log."""
        if self._told.get(errand, "") != what:
            log.warning("LLM gateway: %s", what or "the controller answers again")
        self._told[errand] = what

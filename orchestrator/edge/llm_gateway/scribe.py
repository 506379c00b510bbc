"""Has the controller write down what the LLM is used: one batch after the other, in order.

Two at a time could overtake each other, and the older numbers of a request would stand.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from orchestrator.core.llm_usage import Booking
from orchestrator.edge.llm_gateway.books import Books
from orchestrator.errors import OrchestratorError, Refused

BATCH = 500  # the controller takes so many at once
FIRST_WRITE_S = (
    1.0  # how long a question waits to be written down; without the controller it goes on
)
LAST_WRITE_S = 5.0

log = logging.getLogger(__name__)


class Ledger(Protocol):
    """Where usage is kept. Booking a key again replaces what was booked."""

    async def book(self, bookings: Sequence[Booking]) -> None: ...


class Scribe:
    """Writes what is in the books."""

    def __init__(self, ledger: Ledger, books: Books) -> None:
        self._ledger = ledger
        self._books = books
        self._turn = asyncio.Lock()
        self._under_way: set[asyncio.Task[bool]] = set()
        self._told = ""

    async def write(self) -> bool:
        """One batch. Whether there may be more to write."""
        return await asyncio.shield(self._begun())

    async def write_first(self) -> None:
        """Before a question goes out, so that killing this process cannot lose it; for a moment
        only."""
        await asyncio.wait({self._begun()}, timeout=FIRST_WRITE_S)

    async def write_the_last(self) -> None:
        """Before the process ends."""
        try:
            async with asyncio.timeout(LAST_WRITE_S):
                while await self.write():
                    pass
        except TimeoutError:
            log.warning("some use of the LLM was not written down")

    def _begun(self) -> asyncio.Task[bool]:
        """A write that whoever waits for it cannot cut off: it might be carried out late, after
        newer numbers."""
        task = asyncio.create_task(self._write())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _write(self) -> bool:
        async with self._turn:
            batch = self._books.pending(BATCH)
            if not batch:
                return False
            try:
                await self._ledger.book(batch)
            except Refused as error:
                log.warning("the controller refuses what the LLM was used: %s", error)
            except OrchestratorError as error:
                self._tell(str(error))
                return False
            self._tell("")
            self._books.written(batch)
            return True

    def _tell(self, what: str) -> None:
        """Once per change: the controller's absence must not fill the log."""
        if self._told != what:
            log.warning("LLM gateway: %s", what or "the controller writes again")
        self._told = what

"""What becomes of a request: passed on, held until it can be, or told why not."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Protocol

from orchestrator.client.answers import Hosts
from orchestrator.core.routes import PAGE_PATH
from orchestrator.edge.gate import head, questions, reporter
from orchestrator.edge.gate.bounds import Bounds
from orchestrator.edge.gate.desk import Desk, Told
from orchestrator.edge.gate.exchange import taken_in
from orchestrator.edge.gate.head import RequestHead
from orchestrator.edge.gate.line import Line
from orchestrator.edge.gate.questions import Questions
from orchestrator.edge.gate.reporter import Reporter
from orchestrator.edge.gate.seats import Seats, Tally
from orchestrator.edge.gate.visit import Visit, is_for_a_program
from orchestrator.edge.host_book import HostBook
from orchestrator.edge.hostname import host_name
from orchestrator.edge.page import Answer, Pages
from orchestrator.edge.verdict import (
    LARGE_HEAD,
    LOST,
    NOBODY,
    NOT_KNOWN_YET,
    SLOW_HEAD,
    TOO_LATE,
    TOO_MANY,
    Verdict,
)

UNKNOWN = ""  # stands for the tenant while the controller was never reached


class Controller(questions.Controller, reporter.Listener, Protocol):
    """What the gate needs of the controller."""

    async def hosts(self) -> Hosts: ...


class Gate:
    """Decides for one request at a time, any number of them at once."""

    def __init__(self, controller: Controller, pages: Pages, bounds: Bounds) -> None:
        self._pages = pages
        self._bounds = bounds
        self._book = HostBook(controller)
        self._seats = Seats(bounds)
        tally = Tally()
        self._reporter = Reporter(controller, tally)
        self._closing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asking = Questions(controller, bounds)
        self._desk = Desk(asking, self._seats, tally, self._reporter, bounds, self._closing)

    def close(self) -> None:
        """Nobody is held any longer: who waits is asked to come again."""
        if not self._closing.done():
            self._closing.set_result(None)

    async def end(self) -> None:
        """Say what was not said yet."""
        await self._reporter.end(self._bounds.linger_s)

    async def serve(self, line: Line) -> None:
        """One request and its answer. ConnectionError when the client left in the middle."""
        found = await self._head(line)
        if isinstance(found, Verdict):
            await line.write(self._pages.problem(found).written())
        elif found is not None:
            answer = await self._answer(found, line)
            passed_on = answer is LOST  # then the body was taken, or part of it
            if isinstance(answer, Verdict):
                answer = self._explained(answer, found)
            if isinstance(answer, Answer):
                if not passed_on:
                    await taken_in(line, found, self._bounds.linger_s)
                await line.write(answer.written(head_only=found.method == "HEAD"))

    async def _head(self, line: Line) -> RequestHead | Verdict | None:
        """None when there is nobody to answer."""
        try:
            async with asyncio.timeout(self._bounds.head_s):
                block = await line.read_block(head.END, self._bounds.head_bytes)
        except TimeoutError:
            return SLOW_HEAD if line.spoken else None
        if block is None:
            return LARGE_HEAD
        return head.parse(block) if block else None

    def _explained(self, found: Verdict, asked: RequestHead) -> Answer:
        if is_for_a_program(asked):
            return self._pages.problem(found)
        return self._pages.html(found, sent=asked.method not in ("GET", "HEAD"))

    async def _answer(self, asked: RequestHead, line: Line) -> Told:
        name = host_name(asked.get(b"host"))
        if name is None:
            return NOBODY
        visit = Visit(asked, line, name, asyncio.get_running_loop().time())
        tenant = await self._tenant(visit)
        if not isinstance(tenant, str):
            return tenant
        if asked.path == PAGE_PATH:
            return await self._desk.page(name)
        return await self._desk.serve(visit, tenant)

    async def _tenant(self, visit: Visit) -> str | Told:
        """Whose host it is, as the book has it; held while the book was never filled."""
        try:
            return await self._book.owner(visit.host) or NOBODY
        except LookupError:
            return await self._hold_unknown(visit)

    async def _hold_unknown(self, visit: Visit) -> str | Told:
        if not self._seats.hold(UNKNOWN):
            return TOO_MANY
        try:
            while True:
                now = asyncio.get_running_loop().time()
                when = min(now + self._bounds.retry_s, self._desk.latest(visit))
                await self._desk.until(visit, when, None)
                ended = self._desk.ended(visit)
                if ended is not None:
                    return NOT_KNOWN_YET if ended is TOO_LATE else ended
                with contextlib.suppress(LookupError):
                    return await self._book.owner(visit.host) or NOBODY
        finally:
            self._seats.release(UNKNOWN)

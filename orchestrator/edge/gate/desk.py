"""Passes requests of known hosts on: at once, or after holding them until that can be done."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from orchestrator.edge.gate import callers
from orchestrator.edge.gate.bounds import Bounds
from orchestrator.edge.gate.exchange import exchange
from orchestrator.edge.gate.line import Line, dial
from orchestrator.edge.gate.questions import AWAY, Asked, Questions
from orchestrator.edge.gate.reporter import Reporter
from orchestrator.edge.gate.seats import Seats, Tally
from orchestrator.edge.gate.visit import Visit
from orchestrator.edge.gate.watch import Watches
from orchestrator.edge.page import Answer
from orchestrator.edge.verdict import (
    CLOSING,
    LOST,
    NOT_KNOWN_YET,
    TOO_LATE,
    TOO_MANY,
    Verdict,
    verdict,
)


@dataclass(frozen=True)
class Nothing:
    """Nothing is left to say: the agent's answer went out, or the client left."""


Told = Answer | Verdict | Nothing


@dataclass(frozen=True)
class Waited:
    """What came of holding a request. `failed`: it gets no answer of the agent, and whoever sent
    it has to do something about that. A page that comes again by itself is none of these."""

    found: Line | Told
    failed: bool = False


class Desk:
    """`closing` is done when nobody is to be held any longer."""

    def __init__(
        self,
        questions: Questions,
        seats: Seats,
        tally: Tally,
        reporter: Reporter,
        bounds: Bounds,
        closing: asyncio.Future[None],
    ) -> None:
        self._questions = questions
        self._watches = Watches(questions, bounds)
        self._seats = seats
        self._tally = tally
        self._reporter = reporter
        self._bounds = bounds
        self._closing = closing

    async def serve(self, visit: Visit, tenant: str) -> Told:
        """`tenant` as far as it is known from before; the controller's answer goes first."""
        asked = await self._questions.ask(visit.host)
        tenant = asked.answer.tenant or tenant
        told = self._told(visit, asked)
        if told is not None:
            return told
        if not self._seats.enter(tenant):
            return self._turned_away(tenant)
        try:
            return await self._pass_on(visit, tenant, asked)
        finally:
            self._seats.leave(tenant)

    async def page(self, host: str) -> Verdict:
        """About a request that Traefik got no answer to."""
        return _verdict(await self._questions.ask(host))

    async def until(self, visit: Visit, when: float, waiting: asyncio.Future[Asked] | None) -> None:
        """Until `waiting` is done, the client has left, the gate closes or it is that late; not
        longer than `look_s`."""
        ends: set[asyncio.Future[None] | asyncio.Future[Asked]] = {visit.line.gone, self._closing}
        left = when - asyncio.get_running_loop().time()
        await asyncio.wait(
            ends | ({waiting} if waiting else set()),
            timeout=min(max(left, 0.0), self._bounds.look_s),
            return_when=asyncio.FIRST_COMPLETED,
        )

    def ended(self, visit: Visit) -> Told | None:
        """Whether there is a reason to hold this request no longer."""
        if visit.line.has_left():
            return Nothing()
        if self._closing.done():
            return CLOSING
        now = asyncio.get_running_loop().time()
        if visit.navigates and now >= visit.arrived + self._bounds.page_s:
            return _verdict(self._questions.last(visit.host))
        return TOO_LATE if now >= visit.arrived + self._questions.hold_for(visit.host) else None

    def latest(self, visit: Visit) -> float:
        """When `ended` says something at the latest, in seconds of the loop's clock."""
        patience = self._bounds.page_s if visit.navigates else self._questions.hold_for(visit.host)
        return visit.arrived + patience

    async def _pass_on(self, visit: Visit, tenant: str, asked: Asked) -> Told:
        at_once = asked.answer.mode == "forward"  # with `probe` somebody has to look first
        agent, was_held = (await self._dial(visit.host, asked) if at_once else None), False
        if agent is None:
            found, was_held = await self._hold(visit, tenant), True
            if not isinstance(found, Line):
                return found
            agent = found
        ending = await exchange(visit.line, agent, visit.head, self._bounds)
        if ending != "silent":
            return Nothing()
        if was_held:
            self._tally.note(tenant, failed=1)
        return LOST

    async def _dial(self, host: str, asked: Asked) -> Line | None:
        """A line to the agent; None when there is none, or it is not allowed any more.

        Whoever gets one must write to it before waiting for anything. When the answer got old
        while the line was made (a hundred at once, on a busy machine), it is asked again.
        """
        answer = asked.answer
        if answer.address is None or not asked.fresh:
            return None
        try:
            agent = await dial(answer.address, self._bounds.dial_s)
        except OSError:
            return None
        if not asked.fresh:
            asked = await self._questions.ask(host)
        allowed = asked.answer.mode in ("forward", "probe") and asked.fresh
        if allowed and asked.answer.address == answer.address:
            return agent
        agent.abort()
        return None

    async def _hold(self, visit: Visit, tenant: str) -> Line | Told:
        if not self._seats.hold(tenant):
            return self._turned_away(tenant)
        began = asyncio.get_running_loop().time()
        try:
            waited = await self._wait(visit)
        finally:
            self._seats.release(tenant)
        lasted = asyncio.get_running_loop().time() - began
        self._tally.note(tenant, held=1, longest_s=lasted, failed=int(waited.failed))
        if not self._seats.held(tenant):
            self._reporter.tell(tenant)
        return waited.found

    async def _wait(self, visit: Visit) -> Waited:
        while True:
            waiting = self._watches.wait(visit.host, wakes=visit.wakes)
            await self.until(visit, self.latest(visit), waiting)
            ended = self.ended(visit)
            if ended is None and waiting.done():
                told = self._told(visit, waiting.result())
                if told is not None:
                    return Waited(told, failed=waiting.result().answer.mode == "explain")
                agent = await self._dial(visit.host, waiting.result())
                if agent is not None:
                    return Waited(agent)
            waiting.cancel()
            if ended is not None:
                return Waited(ended, failed=ended in (CLOSING, TOO_LATE) and not visit.navigates)

    def _told(self, visit: Visit, asked: Asked) -> Told | None:
        """What is said at once; None when the request is to be passed on or held."""
        if asked.answer.mode == "explain":
            return _verdict(asked)
        return callers.instead(visit.head) if asked.answer.mode == "wake" else None

    def _turned_away(self, tenant: str) -> Verdict:
        self._tally.note(tenant, failed=1)
        return TOO_MANY


def _verdict(asked: Asked) -> Verdict:
    if asked.answer is AWAY:
        return NOT_KNOWN_YET
    return verdict(asked.answer.state, asked.answer.name or asked.answer.tenant or "")

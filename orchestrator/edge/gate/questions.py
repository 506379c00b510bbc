"""What the controller says about a host: one question at a time each, used while it is fresh."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, replace
from typing import Protocol

from orchestrator.client.answers import GateAnswer, GateMode
from orchestrator.edge.gate.bounds import Bounds
from orchestrator.errors import OrchestratorError

EXPLAINED_FRESH_S = 0.5
WAKING_S = 60.0  # who slept so long ago at most and starts now is being woken
# The controller does not answer: that is no reason to tell a visitor anything yet.
AWAY = GateAnswer(mode="hold")

log = logging.getLogger(__name__)


class Controller(Protocol):
    """Whoever knows how tenants are, and can have them woken."""

    async def gate(self, host: str) -> GateAnswer: ...
    async def wake(self, host: str) -> GateAnswer: ...


@dataclass(frozen=True)
class Asked:
    """An answer, and when its question was *sent* (monotonic seconds): its age counts from there,
    because the controller relies on nobody using an old one."""

    answer: GateAnswer
    at: float
    fresh_s: float

    @property
    def fresh(self) -> bool:
        return time.monotonic() - self.at < self.fresh_s


class Questions:
    """The last answer per host. Hosts come from the host book, so there are only so many."""

    def __init__(self, controller: Controller, bounds: Bounds) -> None:
        self._controller = controller
        self._bounds = bounds
        self._known: dict[str, Asked] = {}
        self._hold_for: dict[str, float | None] = {}
        self._asking: dict[str, asyncio.Task[Asked]] = {}
        self._reached = True

    async def ask(self, host: str) -> Asked:
        """What to do with requests for this host. It may be old already when the controller is
        slow: look at `fresh` before you act upon it."""
        known = self._known.get(host)
        if known is not None and known.fresh:
            return known
        asking = self._asking.get(host)
        if asking is None:
            asking = asyncio.create_task(self._ask(host))
            self._asking[host] = asking
            asking.add_done_callback(lambda _: self._asking.pop(host, None))
        await asyncio.wait({asking})  # whoever stops waiting does not stop the question
        return asking.result()

    async def wake(self, host: str) -> Asked:
        """Have it woken. The caller sees to it that this happens once at a time."""
        at = time.monotonic()
        try:
            answer = await self._controller.wake(host)
        except OrchestratorError as error:
            self._tell(reached=False, why=str(error))
            answer = AWAY
        if answer.mode == "wake":  # it did not take: look again, but not at once
            answer = replace(answer, mode="hold")
        fresh_s = self._bounds.retry_s if answer.mode == "hold" else self._fresh_s(answer.mode)
        return self._kept(host, Asked(answer, at, fresh_s))

    def last(self, host: str) -> Asked:
        """What was said last, however long ago."""
        return self._known.get(host) or Asked(AWAY, 0.0, 0.0)

    def hold_for(self, host: str) -> float:
        """Seconds that a request for this host may be held, as was said last."""
        return self._hold_for.get(host) or self._bounds.hold_s

    async def _ask(self, host: str) -> Asked:
        at = time.monotonic()
        try:
            answer = await self._controller.gate(host)
        except OrchestratorError as error:
            self._tell(reached=False, why=str(error))
            answer = AWAY
        else:
            self._tell(reached=True)
        return self._kept(host, Asked(answer, at, self._fresh_s(answer.mode)))

    def _fresh_s(self, mode: GateMode) -> float:
        if mode in ("forward", "probe"):
            return self._bounds.lease_s
        return EXPLAINED_FRESH_S if mode == "explain" else self._bounds.poll_s

    def _kept(self, host: str, asked: Asked) -> Asked:
        """The one that was asked last, whichever came first."""
        known = self._known.get(host)
        if known is not None and known.at > asked.at:
            return known
        asked = _still_waking(asked, known)
        self._known[host] = asked
        if asked.answer is not AWAY:
            self._hold_for[host] = asked.answer.hold_for
        return asked

    def _tell(self, *, reached: bool, why: str = "") -> None:
        """Once per change: the controller's absence must not fill the log."""
        if reached != self._reached:
            log.warning("the controller answers again" if reached else why)
        self._reached = reached


def _still_waking(asked: Asked, before: Asked | None) -> Asked:
    """The controller says `starting` of everybody who starts; visitors of one that slept until
    now go on being told that it wakes up."""
    if before is None or (before.answer.state, asked.answer.state) != ("sleeping", "starting"):
        return asked
    if asked.at - before.at > WAKING_S:
        return asked
    return replace(asked, answer=replace(asked.answer, state="sleeping"))

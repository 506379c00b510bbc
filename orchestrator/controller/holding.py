"""Which tenants' requests the gate is to hold now, and what it says that this cost."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

TOLD_WITHIN_S = 0.5  # after the release: the gate asks again every 50 ms, and tells once all went


@dataclass(frozen=True)
class Held:
    """Requests that were held, the longest in seconds, and how many of them got no answer."""

    held: int = 0
    longest_s: float = 0.0
    failed: int = 0

    def __str__(self) -> str:
        return f"held {self.held}, longest {self.longest_s:.1f} s, failed {self.failed}"


@dataclass
class _Hold:
    """Of one plan."""

    since: float = field(default_factory=time.monotonic)
    open: bool = True
    asked: bool = False  # the gate was told to hold, so that it has something to tell
    held: Held = field(default_factory=Held)
    told: asyncio.Event = field(default_factory=asyncio.Event)


class Holding:
    """For as long as a plan is carried out. Lost with the controller: what counts is on record."""

    def __init__(self) -> None:
        self._holds: dict[str, _Hold] = {}
        self._starts: dict[str, bool] = {}  # tenants whose agent is being started: it is ready

    def begin(self, tenant: str) -> None:
        """Hold from now on. A second time is the same hold."""
        self._holds.setdefault(tenant, _Hold())

    def release(self, tenant: str) -> None:
        """Let go; the rest of the plan does not stand in the way."""
        if hold := self._holds.get(tenant):
            hold.open = False

    def starts(self, tenant: str) -> None:
        """Its agent is to be started: before that, nobody is to knock at its address."""
        self._starts[tenant] = False

    def ready(self, tenant: str) -> None:
        """Its agent answers."""
        self._starts[tenant] = True

    def started(self, tenant: str) -> bool | None:
        """Whether the plan under way has its agent ready; None when it starts none."""
        return self._starts.get(tenant)

    def end(self, tenant: str) -> None:
        """The plan is over."""
        self._holds.pop(tenant, None)
        self._starts.pop(tenant, None)

    def held_s(self, tenant: str) -> float:
        """For how long it has been held, seconds."""
        hold = self._holds.get(tenant)
        return time.monotonic() - hold.since if hold is not None and hold.open else 0.0

    def mode(self, tenant: str) -> Literal["hold", "forward"] | None:
        """What the plan under way says about requests, if it says anything."""
        hold = self._holds.get(tenant)
        if hold is None:
            return None
        hold.asked = hold.asked or hold.open
        return "hold" if hold.open else "forward"

    def note(self, tenant: str, held: Held) -> None:
        """What the gate told."""
        hold = self._holds.get(tenant)
        if hold is None:
            return
        hold.held = Held(
            hold.held.held + held.held,
            max(hold.held.longest_s, held.longest_s),
            hold.held.failed + held.failed,
        )
        hold.told.set()

    async def told(self, tenant: str) -> Held:
        """What the plan's hold cost; waits a moment for the gate to say so."""
        hold = self._holds.get(tenant)
        if hold is None:
            return Held()
        if hold.asked:
            with suppress(TimeoutError):
                async with asyncio.timeout(TOLD_WITHIN_S):
                    await hold.told.wait()
        return hold.held

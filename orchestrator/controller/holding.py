"""Which tenants' requests the gate is to hold now, and what it says that this cost."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

TOLD_WITHIN_S = 0.5  # after the release: the gate asks again every 50 ms, and tells once all went


@dataclass(frozen=True)
class Held:
    """What a hold cost: requests that were held, the longest in seconds, and how many of them got
    no answer. `cut`: those that were still under way when the old one was stopped, after
    `drain_s` seconds of waiting for them; None when the agent did not say. `lost`: a gate that held
    did not tell what became of it."""

    held: int = 0
    longest_s: float = 0.0
    failed: int = 0
    cut: int | None = 0
    drain_s: float = 0.0
    lost: bool = False

    def __str__(self) -> str:
        failed = "unknown" if self._unknown else str(self.failed + (self.cut or 0))
        counted = f"held {self.held}, longest {self.longest_s:.1f} s, failed {failed}"
        notes = [note for note in (self._cut, self._unknown) if note]
        return f"{counted} ({'; '.join(notes)})" if notes else counted

    @property
    def _cut(self) -> str:
        return f"{self.cut} cut: ran longer than {self.drain_s:.0f} s" if self.cut else ""

    @property
    def _unknown(self) -> str:
        """Why nobody can say how many failed."""
        if self.lost:
            return "the edge did not tell; was it restarted meanwhile?"
        return "the agent did not say what was under way" if self.cut is None else ""


@dataclass
class _Hold:
    """Of one plan."""

    since: float = field(default_factory=time.monotonic)
    open: bool = True
    owing: set[str] = field(default_factory=set)  # gates that hold, and have not told of it yet
    held: Held = field(default_factory=Held)
    told: asyncio.Event = field(default_factory=asyncio.Event)


class Holding:
    """For as long as a plan is carried out. Lost with the controller: what counts is on record."""

    def __init__(self) -> None:
        self._holds: dict[str, _Hold] = {}
        self._left: dict[str, _Hold] = {}  # of plans that ended, whose visitors are held on
        self._starts: dict[str, bool] = {}  # tenants whose agent is being started: it is ready

    def begin(self, tenant: str) -> None:
        """Hold from now on. A second time is the same hold."""
        if tenant not in self._holds:
            self._holds[tenant] = self._left.pop(tenant, _Hold())

    def release(self, tenant: str) -> None:
        """Let go; the rest of the plan does not stand in the way."""
        if hold := self._holds.get(tenant):
            hold.open = False

    def hold_again(self, tenant: str) -> None:
        """After a release, in the same plan: what it costs is counted together."""
        if hold := self._holds.get(tenant):
            hold.since, hold.open = time.monotonic(), True

    def starts(self, tenant: str) -> None:
        """Its agent is to be started: before that, nobody is to knock at its address."""
        self._starts[tenant] = False

    def ready(self, tenant: str) -> None:
        """Its agent answers."""
        self._starts[tenant] = True

    def started(self, tenant: str) -> bool | None:
        """Whether the plan under way has its agent ready; None when it starts none."""
        return self._starts.get(tenant)

    def end(self, tenant: str, *, held_on: bool = False) -> None:
        """The plan is over. `held_on`: its visitors are held until the next one releases them."""
        hold = self._holds.pop(tenant, None)
        self._left.pop(tenant, None)
        if hold is not None and hold.open and held_on:
            self._left[tenant] = hold
        self._starts.pop(tenant, None)

    def held_s(self, tenant: str) -> float:
        """For how long it has been held, seconds."""
        hold = self._holds.get(tenant)
        return time.monotonic() - hold.since if hold is not None and hold.open else 0.0

    def cut(self, tenant: str, left: int | None, drain_s: float) -> None:
        """So many requests were still under way when it was stopped; None: it did not say."""
        if hold := self._holds.get(tenant):
            hold.held = replace(hold.held, cut=left, drain_s=drain_s)

    def mode(self, tenant: str) -> Literal["hold", "forward"] | None:
        """What the plan under way says about requests, if it says anything."""
        hold = self._holds.get(tenant)
        if hold is None:
            return None
        return "hold" if hold.open else "forward"

    def asked(self, tenant: str, gate: str) -> None:
        """This gate (one life of its process) was told to hold: it will have something to tell."""
        hold = self._holds.get(tenant)
        if hold is not None and hold.open:
            hold.owing.add(gate)

    def note(self, tenant: str, held: Held, gate: str) -> None:
        """What the gate told."""
        hold = self._holds.get(tenant)
        if hold is None:
            return
        hold.held = replace(
            hold.held,
            held=hold.held.held + held.held,
            longest_s=max(hold.held.longest_s, held.longest_s),
            failed=hold.held.failed + held.failed,
        )
        hold.owing.discard(gate)
        hold.told.set()

    async def told(self, tenant: str) -> Held:
        """What the plan's hold cost; waits a moment for the gate to say so."""
        hold = self._holds.get(tenant)
        if hold is None:
            return Held()
        with suppress(TimeoutError):
            async with asyncio.timeout(TOLD_WITHIN_S):
                while hold.owing:
                    hold.told.clear()
                    await hold.told.wait()
        return replace(hold.held, lost=bool(hold.owing))

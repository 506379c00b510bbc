"""What began right before a hold is seen to its end with nobody held, a few times."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import pytest

from orchestrator.controller import drain, performing
from orchestrator.controller.holding import Holding
from orchestrator.controller.performing import Hands, Performer
from orchestrator.core.plan import Drain
from orchestrator.core.routes import Limits
from tests.support.fleets import wanted

SPEC = wanted("a")["a"]
FINISH_S = 10.0
NOTHING = {"in_flight": 0, "oldest_s": 0.0}


class Agent:
    """Has under way what `at_hold` says at the n-th hold, and while nobody is held what ends."""

    def __init__(self, holding: Holding, *at_hold: Mapping[str, object]) -> None:
        self.holding = holding
        self.at_hold = list(at_hold)
        self.modes: list[str | None] = []

    def token(self, _: str) -> str:
        return "t"

    async def activity(self, _: str, __: str) -> Mapping[str, object]:
        mode = self.holding.mode(SPEC.id)
        began = not self.modes or self.modes[-1] != mode
        if began:
            self.modes.append(mode)
        if mode == "forward":
            if began and len(self.at_hold) > 1:
                self.at_hold.pop(0)
            return NOTHING
        return self.at_hold[0]


class Journal:
    def __init__(self, *, under_way: bool) -> None:
        self._under_way = under_way

    def is_under_way(self, _: str) -> bool:
        return self._under_way


class Publisher:
    limits = Limits()


async def performed(hands: Hands) -> bool:
    """As somebody does who has the only slot for holds, and has it again in the end."""
    slot = asyncio.Semaphore(1)
    async with slot:
        done = await Performer(hands, slot).perform(Drain(SPEC)) == ""
        return done and slot.locked()


def drained(*at_hold: Mapping[str, object], under_way: bool = False) -> tuple[list[object], str]:
    """The modes in which it was asked, and what the hold is said to have cost."""

    async def run() -> tuple[list[object], str]:
        holding = Holding()
        agent = Agent(holding, *at_hold)
        ports = cast("Any", type("Ports", (), {"prober": agent, "data_root": agent}))
        rest = cast("Any", None)
        journal, publisher = Journal(under_way=under_way), Publisher()
        hands = Hands(
            ports,
            cast("Any", publisher),
            rest,
            lambda _: True,
            cast("Any", journal),
            holding,
            FINISH_S,
        )
        ports.engine = ports.snapshots = rest
        holding.begin(SPEC.id)
        assert await performed(hands)
        told = str(await holding.told(SPEC.id))
        return list(agent.modes), told

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(performing, "TRY_S", 0.05)
    monkeypatch.setattr(drain, "LEASE_S", 0.0)


def young(count: int = 1) -> Mapping[str, object]:
    return {"in_flight": count, "oldest_s": 0.4}


def test_nothing_under_way_is_one_hold() -> None:
    assert drained(NOTHING) == (["hold"], "held 0, longest 0.0 s, failed 0")


def test_others_are_let_through_while_it_ends() -> None:
    modes, told = drained(young(), young(2), NOTHING)
    assert modes == ["hold", "forward", "hold", "forward", "hold"]
    assert told == "held 0, longest 0.0 s, failed 0"


def test_after_a_few_tries_what_is_left_is_cut() -> None:
    modes, told = drained(young())
    assert modes == ["hold", *["forward", "hold"] * drain.TRIES]
    assert "failed 1 (1 cut: ran longer than 3 s)" in told


def test_a_stream_without_an_end_is_not_waited_for_again() -> None:
    modes, told = drained({"in_flight": 1, "oldest_s": FINISH_S + 1})
    assert modes == ["hold"]
    assert "1 cut" in told


def test_a_swap_on_record_holds_whatever_is_said() -> None:
    modes, told = drained(young(), under_way=True)
    assert modes == ["hold"]
    assert "1 cut" in told

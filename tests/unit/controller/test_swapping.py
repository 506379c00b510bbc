"""The parts that a swap and a nap stand on: the record, the drain, idleness, trials of images."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from orchestrator.adapters.ledger import SqliteLedger
from orchestrator.controller import drain, idleness
from orchestrator.controller.drain import Drain
from orchestrator.controller.idleness import Idleness
from orchestrator.controller.journal import Journal
from orchestrator.controller.state import State
from orchestrator.controller.tryouts import Tryouts
from orchestrator.core.desired import TenantSpec
from orchestrator.core.swap import Swap
from orchestrator.errors import DataRootError, EngineUnavailable, LedgerError
from tests.support.fleets import SITE, wanted

SPEC = wanted("a")["a"]
SWAP = Swap("a", {"image": "x"}, "before", "after")


class Agents:
    """Answers of agents, one after another, the last for ever."""

    def __init__(self, *answers: Mapping[str, object] | None) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def activity(self, _: str, token: str) -> Mapping[str, object] | None:
        assert token == "token of a"
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Tokens:
    def token(self, tenant: str) -> str:
        if tenant != "a":
            raise DataRootError("there is none")
        return f"token of {tenant}"


def count(number: object) -> Mapping[str, object]:
    return {"in_flight": number, "last_request": "t"}


def wait(agents: Agents, spec: TenantSpec = SPEC) -> int | None:
    asker = Drain(cast("Any", agents), cast("Any", Tokens()), 600.0)
    found = asyncio.run(asker.wait(spec, 0.2))
    return found.count if found else None


def calm(agents: Agents, *, must: bool = False, finish_s: float = 600.0) -> int | None:
    return asyncio.run(
        Drain(cast("Any", agents), cast("Any", Tokens()), finish_s).calm(SPEC, must=must)
    )


def test_a_drain_ends_at_two_zeros_in_a_row() -> None:
    agents = Agents(count(3), count(0), count(1), count(0), count(0), count(9))
    assert wait(agents) == 0
    assert agents.asked == 5


def test_a_drain_is_bounded() -> None:
    assert wait(Agents(count(2))) == 2


def test_nobody_is_held_before_what_takes_long_has_ended() -> None:
    download = {"in_flight": 3, "oldest_s": 7.5}
    agents = Agents(download, download, {"in_flight": 2, "oldest_s": 0.01}, count(9))
    assert calm(agents) == 2
    assert agents.asked == 3


def test_what_began_just_before_may_take_long_too() -> None:
    young = ({"in_flight": 1, "oldest_s": 0.3 + 0.01 * turn} for turn in range(4))
    agents = Agents(*young, {"in_flight": 0, "oldest_s": 0.0})
    assert calm(agents) == 0
    assert agents.asked == 5


def test_a_calm_moment_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    assert calm(Agents({"in_flight": 1, "oldest_s": 60.0}), finish_s=0.2) == 1
    monkeypatch.setattr(drain, "NAP_S", 0.2)
    assert calm(Agents(count(2))) == 2  # an older agent tells no ages
    assert calm(Agents({"in_flight": 1, "oldest_s": 0.1}), must=True) == 1
    assert calm(Agents(None)) is None


def test_who_is_to_sleep_has_nothing_at_all_under_way() -> None:
    agents = Agents({"in_flight": 1, "oldest_s": 0.1}, {"in_flight": 0, "oldest_s": 0.0})
    assert calm(agents, must=True) == 0
    assert agents.asked == 2


@pytest.mark.parametrize("answer", [None, {}, count("many")])
def test_nobody_waits_long_for_one_that_says_nothing(answer: Mapping[str, object] | None) -> None:
    agents = Agents(answer)
    assert wait(agents) is None
    assert agents.asked == drain.SILENT


def test_one_without_a_token_says_nothing() -> None:
    assert wait(Agents(count(0)), wanted("b")["b"]) is None


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


def test_idleness_counts_from_the_last_change_by_an_own_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr(idleness, "time", clock)
    agents = Agents(None)
    idle = Idleness(cast("Any", agents), cast("Any", Tokens()))

    def look(after: float, in_flight: object, last: object) -> tuple[int, float] | None:
        clock.now += after
        agents.answers = [{"in_flight": in_flight, "last_request": last}]
        asyncio.run(idle.look([SPEC]))
        found = idle.activity().get("a")
        return (found.in_flight, found.idle_s) if found else None

    assert look(0, 0, None) == (0, 0.0)  # first seen now: how long before, nobody knows
    assert look(50, 0, None) == (0, 50.0)
    assert look(10, 0, "2026-11-23T10:00:00") == (0, 0.0)
    assert look(60, 0, "2026-11-23T10:00:00") == (0, 60.0)
    assert look(10, 1, "2026-11-23T10:00:00") == (1, 0.0)
    assert look(10, 1, "2026-11-23T10:00:00") == (1, 0.0)
    assert look(10, 0, "2027-11-23T10:00:00") == (0, 0.0)  # a clock that is set ahead
    assert look(10, "x", None) is None
    assert look(10, 0, "z") == (0, 0.0)
    idle.forget("a")
    assert idle.activity() == {}


def test_an_image_is_tried_once_for_all_and_again_when_asked() -> None:
    tried: list[str | None] = []
    verdicts = {"good": "", "bad": "it ends by itself"}

    async def attempt(spec: TenantSpec) -> str:
        tried.append(spec.image_id)
        await asyncio.sleep(0)
        return verdicts[str(spec.image_id)]

    async def all_of_it() -> None:
        tryouts = Tryouts(attempt)
        specs = [wanted("a", image_id=one)["a"] for one in ("good", "bad") * 3]
        found = await asyncio.gather(*(tryouts.verdict(spec) for spec in specs))
        assert found == ["", "it ends by itself"] * 3
        assert tried == ["good", "bad"]
        tryouts.forgive()
        await asyncio.gather(*(tryouts.verdict(spec) for spec in specs))
        assert tried == ["good", "bad", "bad"]

    asyncio.run(all_of_it())


def test_a_trial_that_could_not_be_made_is_no_verdict() -> None:
    async def away(_: TenantSpec) -> str:
        raise EngineUnavailable("no answer")

    async def twice() -> None:
        tryouts = Tryouts(away)
        for _ in range(2):
            with pytest.raises(EngineUnavailable):
                await tryouts.verdict(SPEC)

    asyncio.run(twice())


def test_the_record_is_in_the_ledger_before_it_counts(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path)
    journal = Journal(State(SITE), ledger)

    async def all_of_it() -> None:
        assert not await journal.fail("a", "nothing was begun")
        await journal.begin(SWAP)
        assert ledger.swaps()["a"].state == "begun"
        assert await journal.fail("a", "it ended")
        assert ledger.swaps()["a"].reason == "it ended"
        await journal.forgive()
        assert ledger.swaps()["a"].state == "failed"  # under way: nothing to forgive yet
        await journal.refuse(SWAP, "no good")
        await journal.forgive()
        assert ledger.swaps() == {}
        await journal.sleep("a")
        assert ledger.asleep() == {"a"}
        await journal.begin(SWAP)
        await journal.forget("a")
        assert (ledger.swaps(), ledger.asleep()) == ({}, frozenset())

    asyncio.run(all_of_it())
    ledger.close()


def test_a_ledger_that_fails_changes_nothing(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path)
    state = State(SITE)
    journal = Journal(state, ledger)
    ledger.close()
    for change in (journal.begin(SWAP), journal.sleep("a")):
        with pytest.raises(LedgerError):
            asyncio.run(cast("Any", change))
    assert (state.swaps, state.asleep) == ({}, set())


def test_a_new_controller_takes_the_record_over(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path)
    ledger.put_swap(SWAP)
    ledger.set_asleep("b", asleep=True)
    state = State(SITE)
    Journal(state, ledger).load()
    assert (state.swaps, state.asleep) == ({"a": SWAP}, {"b"})
    ledger.close()

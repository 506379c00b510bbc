"""What a plan that fails leaves on record: with a real ledger and obedient ports."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from orchestrator.adapters.ledger import SqliteLedger
from orchestrator.controller import drain, performing
from orchestrator.controller.executor import Executor, Outcome
from orchestrator.controller.holding import Holding
from orchestrator.controller.journal import Journal
from orchestrator.controller.performing import Hands
from orchestrator.controller.progress import Progress
from orchestrator.controller.readiness import ENDED
from orchestrator.controller.state import State
from orchestrator.core import budget
from orchestrator.core.plan import TenantPlan
from orchestrator.core.reconcile import reconcile
from orchestrator.core.routes import Limits
from orchestrator.errors import EngineRefused, EngineUnavailable, NotReady, OrchestratorError
from orchestrator.ports import Ports
from tests.support.fleets import SITE, tenant, wanted
from tests.support.model_world import ModelWorld

OLD = wanted("a")
NEW = wanted("a", image_id="sha256:" + "b" * 64)


class Obedient:
    """Does nothing of what it is asked, well; but fails where it is told to."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.given: list[tuple[str, tuple[object, ...]]] = []
        self.fails: dict[str, OrchestratorError] = {}
        self.says: dict[str, object] = {"try_image": "", "token": "t", "wait": "", "logs": ""}
        self.watch: Callable[[str], None] = lambda _: None

    def __getattr__(self, name: str) -> Any:
        def act(*given: object) -> object:
            self.did.append(name)
            self.given.append((name, given))
            self.watch(name)
            if name in self.fails:
                raise self.fails[name]
            return self.says.get(name)

        return act


class Slowly:
    """The same where it is awaited."""

    limits = Limits()

    def __init__(self, world: Obedient) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        async def act(*given: object) -> object:
            return getattr(self._world, name)(*given)

        return act


class Bench:
    """An executor whose every effect goes to `world`."""

    def __init__(self, place: Path) -> None:
        self.world, self.ledger = Obedient(), SqliteLedger(place)
        self.state = State(SITE, desired=NEW)
        self.journal, self.holding = Journal(self.state, self.ledger), Holding()
        world, slow = cast("Any", self.world), cast("Any", Slowly(self.world))
        self.world.says["activity"] = {"in_flight": 0}
        ports = replace(Ports(*[world] * 9), prober=slow, ledger=self.ledger)
        self.hands = Hands(ports, slow, slow, self.state.wants, self.journal, self.holding, 10.0)

    def run(self, plan: TenantPlan) -> Outcome:
        outcomes: list[Outcome] = []

        async def whole() -> None:
            executor = Executor(self.hands, Progress(), outcomes.append)
            assert executor.submit(plan)
            assert not executor.submit(plan)
            await executor.idle(plan.tenant)
            assert (executor.busy, executor.doing) == ({}, {})

        asyncio.run(whole())
        (outcome,) = outcomes
        return outcome


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.ledger.close()


def swap(world: ModelWorld | None = None) -> TenantPlan:
    seen = world or ModelWorld()
    if world is None:
        seen.add(OLD["a"])
    (plan,) = reconcile(NEW, seen.observed(), {}, 0.0).tenants
    return plan


def test_a_swap_that_goes_well_leaves_no_record_and_says_what_it_cost(bench: Bench) -> None:
    outcome = bench.run(swap())
    assert (outcome.ok, outcome.text) == (True, "swapped: held 0, longest 0.0 s, failed 0")
    assert bench.state.swaps == {}
    order = [
        one for one in bench.world.did if one in ("unroute", "stop_container", "take", "route")
    ]
    assert order == ["unroute", "stop_container", "take", "route"]


@pytest.mark.parametrize("step", ["create_container", "start_container", "wait", "take"])
def test_what_the_new_container_is_to_blame_for_is_on_record_as_failed(
    bench: Bench, step: str
) -> None:
    bench.world.fails[step] = NotReady("no") if step == "wait" else EngineRefused("no")
    outcome = bench.run(swap())
    assert (outcome.ok, outcome.counts, outcome.undone) == (False, False, True)
    assert bench.ledger.swaps()["a"].state == "failed"
    assert bench.ledger.swaps()["a"].reason == "no"


@pytest.mark.parametrize("error", [EngineRefused("500"), EngineUnavailable("away")])
def test_what_is_lent_is_taken_back_after_the_release_and_no_swap_fails_by_it(
    bench: Bench, error: OrchestratorError
) -> None:
    bench.world.fails["settle"] = error
    assert bench.run(swap()).ok
    did = [one for one in bench.world.did if one in ("start_container", "wait", "route", "settle")]
    assert did == ["start_container", "wait", "route", "settle"]
    assert bench.state.swaps == {}


def test_an_engine_that_stands_still_at_the_end_keeps_nobody(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(performing, "SETTLE_S", 0.05)
    stands, released = threading.Event(), []

    def watch(name: str) -> None:
        if name == "settle":
            released.append(bench.holding.mode("a"))
            stands.wait(10)

    bench.world.watch = watch
    try:
        assert bench.run(swap()).ok
    finally:
        stands.set()
    assert released == ["forward"]


def test_one_that_is_not_ready_soon_gives_back_what_was_lent_and_is_waited_for_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(performing, "LOAN_S", 0.05)
    settled = threading.Event()
    bench.world.watch = lambda name: settled.set() if name == "settle" else None

    async def ready_once_settled(*_: object) -> str:
        await asyncio.to_thread(settled.wait, 10)
        return ""

    late = cast("Any", type("Late", (), {"wait": staticmethod(ready_once_settled)}))
    bench.hands = replace(bench.hands, readiness=late)
    assert bench.run(swap()).ok
    assert bench.world.did.count("settle") == 1
    assert bench.world.did.index("settle") < bench.world.did.index("route")


def test_a_new_one_that_ends_is_told_with_its_last_words(bench: Bench) -> None:
    bench.world.says |= {"wait": ENDED, "last_lines": ". Last log lines: the flux is missing"}
    outcome = bench.run(swap())
    assert outcome.undone
    assert bench.ledger.swaps()["a"].reason == f"{ENDED}. Last log lines: the flux is missing"


def test_an_engine_that_is_away_is_nobodys_fault(bench: Bench) -> None:
    bench.world.fails["start_container"] = EngineUnavailable("away")
    outcome = bench.run(swap())
    assert (outcome.counts, outcome.undone) == (True, False)
    assert bench.ledger.swaps()["a"].state == "begun"


def test_an_image_that_is_no_good_is_refused_before_anything_is_touched(bench: Bench) -> None:
    bench.world.says["try_image"] = "it ends by itself"
    outcome = bench.run(swap())
    assert outcome.undone
    assert bench.ledger.swaps()["a"].state == "refused"
    assert not {"unroute", "stop_container", "begin", "take"} & set(bench.world.did)


def test_a_way_back_that_fails_counts_and_stays_on_record(bench: Bench) -> None:
    bench.world.fails["wait"] = NotReady("no")
    bench.run(swap())
    world = ModelWorld(swaps=dict(bench.state.swaps))
    world.add(OLD["a"])
    plan = swap(world)
    assert plan.action == "fall back"
    outcome = bench.run(plan)
    assert (outcome.counts, outcome.undone) == (True, False)
    assert bench.ledger.swaps()["a"].state == "failed"
    del bench.world.fails["wait"]
    assert bench.run(plan).text.startswith("went back to what ran before: held 0")
    assert bench.ledger.swaps()["a"].state == "refused"


def test_who_is_to_be_swapped_is_not_said_to_start_before_it_is_held(bench: Bench) -> None:
    seen: dict[str, bool | None] = {}

    def look(name: str) -> None:
        seen.setdefault(name, bench.holding.started("a"))

    bench.world.watch = look
    bench.run(swap())
    assert [seen[one] for one in ("try_image", "unroute", "stop_container")] == [None] * 3
    assert (seen["start_container"], seen["route"]) == (False, True)


def test_who_is_to_be_started_is_said_to_from_the_first_moment(bench: Bench) -> None:
    async def scene() -> list[bool | None]:
        executor = Executor(bench.hands, Progress(), lambda _: None)
        world = ModelWorld()
        (plan,) = reconcile(NEW, world.observed(), {}, 0.0).tenants
        executor.submit(plan)
        first = bench.holding.started(plan.tenant)
        await executor.idle(plan.tenant)
        return [first, bench.holding.started(plan.tenant)]

    assert asyncio.run(scene()) == [False, None]


def test_what_was_cut_off_is_told_by_the_way_back_too(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "DRAIN_MOST_S", 0.2)
    bench.world.says["activity"] = {"in_flight": 3, "oldest_s": 0.1}
    said = "held 0, longest 0.0 s, failed 3 (3 cut: ran longer than 0 s)"
    assert bench.run(swap()).text == f"swapped: {said}"
    bench.world.fails["wait"] = NotReady("no")
    bench.run(swap())
    del bench.world.fails["wait"]
    world = ModelWorld(swaps=dict(bench.state.swaps))
    world.add(OLD["a"])
    assert bench.run(swap(world)).text == f"went back to what ran before: {said}"


def test_who_says_nothing_of_what_is_under_way_may_have_lost_something(bench: Bench) -> None:
    bench.world.says["activity"] = None
    why = "the agent did not say what was under way"
    assert bench.run(swap()).text.endswith(f"failed unknown ({why})")


def test_a_stop_that_visitors_wait_for_is_short_and_cuts_what_is_under_way(bench: Bench) -> None:
    bench.run(swap())
    (stop,) = [given for name, given in bench.world.given if name == "stop_container"]
    assert stop[1:] == (4, True)


def test_who_is_at_work_stays_awake_and_nobody_was_held_for_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain, "NAP_S", 0.0)
    world = ModelWorld(idle=frozenset({"a"}))
    sleepy = wanted(tenant("a", sleep_after=1800))
    world.add(sleepy["a"])
    (plan,) = reconcile(sleepy, world.observed(), {}, 0.0).tenants
    for count, many in ((1, "1 request is under way"), (2, "2 requests are under way")):
        bench.world.says["activity"] = {"in_flight": count, "oldest_s": 0.1}
        outcome = bench.run(plan)
        assert (outcome.ok, outcome.reason) == (False, f"a stays awake: {many}")
    assert "unroute" not in bench.world.did

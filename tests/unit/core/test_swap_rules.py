"""Swaps, what is taken up again of them, going back, and sleep, by the plans that they lead to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.core import plan as steps
from orchestrator.core.case import Case, World
from orchestrator.core.gate_mode import gate_mode
from orchestrator.core.history import Attempts
from orchestrator.core.idle import patience_s
from orchestrator.core.observed import Activity
from orchestrator.core.plan import Plan, TenantPlan
from orchestrator.core.reconcile import reconcile
from orchestrator.core.swap import Swap, effective
from tests.support.fleets import tenant, wanted
from tests.support.model_world import ModelWorld, container_of

OLD = wanted("a")
NEW_ID = "sha256:" + "b" * 64
NEW = wanted("a", image_id=NEW_ID)
LIMITS = wanted(tenant("a", tier="medium"))


def kinds(plan: TenantPlan) -> list[str]:
    return [type(step).__name__ for step in plan.steps]


def only(plan: Plan) -> TenantPlan:
    assert len(plan.tenants) == 1
    return plan.tenants[0]


def serving(**changed: object) -> ModelWorld:
    world = ModelWorld(**changed)  # type: ignore[arg-type]
    world.add(OLD["a"])
    world.written["a"] = frozenset({OLD["a"].image_id or ""})
    return world


def test_a_new_image_is_tried_then_swapped_with_a_copy_of_the_data() -> None:
    plan = only(serving().plan(NEW))
    assert plan.action == "swap"
    assert kinds(plan) == [
        "Preflight", "AwaitCalm", "Divert", "Drain", "BeginSwap", "StopContainer", "TakeSnapshot",
        "RemoveContainer", "PrepareData", "CreateContainer", "StartContainer", "AwaitReady",
        "Release", "Route",
    ]  # fmt: skip


def test_other_limits_need_neither_a_trial_nor_a_copy() -> None:
    plan = only(serving().plan(LIMITS))
    assert plan.action == "swap"
    assert not {"Preflight", "TakeSnapshot"} & set(kinds(plan))


def test_a_swap_that_could_not_be_made_waits_and_is_served_meanwhile() -> None:
    world, failed = serving(), {"a": Attempts(failures=2, next_at=10.0, reason="no room")}
    plan = only(reconcile(NEW, world.observed(), failed, 9.0))
    assert (plan.action, plan.why, plan.steps) == ("wait", "no room", ())
    world.routed.clear()
    assert kinds(only(reconcile(NEW, world.observed(), failed, 9.0))) == ["AwaitReady", "Route"]
    assert only(reconcile(NEW, world.observed(), failed, 10.0)).action == "swap"


def test_one_that_does_not_answer_is_remade_without_waiting_for_it() -> None:
    observed = replace(serving().observed(), health={OLD["a"].address: "unready"})
    assert only(reconcile(LIMITS, observed, {}, 0.0)).action == "restart"
    plan = only(reconcile(NEW, observed, {}, 0.0))
    assert plan.action == "swap"
    assert not {"Drain", "AwaitCalm"} & set(kinds(plan))


@pytest.mark.parametrize("how", ["stopped", "paused", "detached", "no network", "other network"])
@pytest.mark.parametrize("bad", [frozenset(), frozenset({NEW_ID})])
def test_no_other_image_sees_the_data_without_a_copy(how: str, bad: frozenset[str]) -> None:
    """However it stands there: what it left is given back if the new one is no good."""
    world = serving(bad=bad)
    (container,) = world.containers.values()
    changed = {
        "stopped": {"state": "exited", "address": None},
        "paused": {"state": "paused"},
        "detached": {"address": None},
    }.get(how, {})
    world.containers[container.id] = replace(container, **changed)  # type: ignore[arg-type]
    if how == "no network":
        world.networks.clear()
    if how == "other network":
        world.networks = {key: replace(one, bridge="brx") for key, one in world.networks.items()}
    plan = only(world.plan(NEW))
    assert plan.action == "swap"
    assert kinds(plan).index("TakeSnapshot") < kinds(plan).index("CreateContainer")
    world.settle(NEW)
    (after,) = world.containers.values()
    image = OLD["a"].image_id if bad else NEW_ID
    assert (after.image_id, after.state) == (image, "running")
    assert (NEW_ID in world.written["a"]) == (not bad)


def test_a_new_name_and_another_image_at_once_leave_a_copy_too() -> None:
    world = serving()
    renamed = wanted(tenant("z", renamed_from="a"), image_id=NEW_ID)
    plan = only(world.plan(renamed))
    found = kinds(plan)
    assert found.index("MoveData") < found.index("TakeSnapshot") < found.index("CreateContainer")


def test_an_image_that_is_no_good_touches_nobody_and_is_not_tried_again() -> None:
    world = serving(stillborn=frozenset({NEW_ID}))
    before = dict(world.containers)
    world.settle(NEW)
    assert world.containers == before
    assert world.swaps["a"].state == "refused"
    assert world.plan(NEW) == Plan()


def test_one_that_never_gets_ready_is_undone_with_its_data() -> None:
    world = serving(bad=frozenset({NEW_ID}))
    before, written = dict(world.containers), dict(world.written)
    world.settle(NEW)
    assert world.containers == before
    assert world.written == written
    assert world.routed["a"].address == OLD["a"].address
    assert world.plan(NEW) == Plan()


def test_the_new_one_leaves_time_for_the_way_back_and_is_killed_at_once() -> None:
    world = serving(bad=frozenset({NEW_ID}))
    forth = only(world.plan(NEW))
    (waits,) = [step for step in forth.steps if isinstance(step, steps.AwaitReady)]
    assert waits.within_s is None
    (stops,) = [step for step in forth.steps if isinstance(step, steps.StopContainer)]
    assert (stops.held, stops.kill) == (NEW["a"], False)
    world.carry_out(forth)
    back = only(world.plan(NEW))
    assert back.action == "fall back"
    (stops,) = [step for step in back.steps if isinstance(step, steps.StopContainer)]
    assert stops.kill
    (waits,) = [step for step in back.steps if isinstance(step, steps.AwaitReady)]
    assert waits.within_s == steps.BACK_READY_S


def test_something_else_is_tried_after_a_refusal() -> None:
    world = serving(bad=frozenset({NEW_ID}))
    world.settle(NEW)
    better = wanted("a", image_id="sha256:" + "c" * 64)
    assert only(world.plan(better)).action == "swap"
    world.settle(better)
    assert not world.swaps


def test_what_was_before_is_as_wanted_again_when_it_is_asked_for() -> None:
    world = serving(bad=frozenset({NEW_ID}))
    world.settle(NEW)
    assert world.plan(OLD) == Plan()


@pytest.mark.parametrize("done", range(15))
def test_a_swap_cut_off_anywhere_and_turned_back_leaves_what_was_before(done: int) -> None:
    world = serving()
    plan = only(world.plan(NEW))
    world.carry_out(plan, most=done)
    released = done > kinds(plan).index("Release")
    world.settle(OLD)
    assert [one.fingerprint for one in world.containers.values()] == [OLD["a"].fingerprint]
    assert (NEW_ID in world.written["a"]) == released  # what was acknowledged is kept
    assert not world.swaps


@pytest.mark.parametrize("done", range(15))
def test_a_swap_cut_off_anywhere_and_turned_to_a_third_image(done: int) -> None:
    world = serving()
    third = wanted("a", image_id="sha256:" + "c" * 64)
    plan = only(world.plan(NEW))
    world.carry_out(plan, most=done)
    world.settle(third)
    assert [one.image_id for one in world.containers.values()] == [third["a"].image_id]
    released = done > kinds(plan).index("Release")
    assert (NEW_ID in world.written["a"]) == released


def test_a_copy_of_an_earlier_life_is_never_taken_for_this_ones() -> None:
    world = serving()
    first = only(world.plan(NEW))
    (taken,) = [step for step in first.steps if isinstance(step, steps.TakeSnapshot)]
    old = next(iter(world.containers.values()))
    world.containers[old.id] = replace(old, started_at="later")
    (again,) = [s for s in only(world.plan(NEW)).steps if isinstance(s, steps.TakeSnapshot)]
    assert again.name != taken.name


def test_a_tenant_that_left_leaves_no_record() -> None:
    world = serving()
    world.carry_out(only(world.plan(NEW)), most=8)
    world.asleep = frozenset({"a"})
    world.settle({})
    assert (world.swaps, world.asleep) == ({}, frozenset())
    assert "a" in world.data_dirs


def test_what_cannot_be_made_again_is_not_promised_to_be() -> None:
    world = serving()
    old = next(iter(world.containers.values()))
    world.containers[old.id] = replace(old, fields={})
    assert only(world.plan(NEW)).action == "restart"


def test_before_keeps_its_place_and_takes_limits_image_and_name_back() -> None:
    swap = Swap("a", LIMITS["a"].container_fields, "x", OLD["a"].fingerprint, state="refused")
    assert effective(OLD["a"], swap).fingerprint == LIMITS["a"].fingerprint
    other = replace(swap, old={**swap.old, "limits.unheard_of": 3, "memory": 1})
    assert effective(OLD["a"], other).limits == LIMITS["a"].limits
    assert effective(NEW["a"], swap) is NEW["a"]


# -- sleep -------------------------------------------------------------------------------------


def may_sleep(**changed: object) -> dict:
    return wanted(tenant("a", sleep_after=1800, **changed))


def test_who_is_idle_is_drained_written_down_and_stopped_in_this_order() -> None:
    world = serving(idle=frozenset({"a"}))
    plan = only(world.plan(may_sleep()))
    assert plan.action == "sleep"
    assert kinds(plan) == ["AwaitCalm", "Divert", "Drain", "MarkAsleep", "StopContainer"]
    spec = may_sleep()["a"]
    assert plan.steps[0] == steps.AwaitCalm(spec, must=True)
    assert plan.steps[2] == steps.Drain(spec, must=True)
    world.settle(may_sleep())
    assert world.plan(may_sleep()) == Plan()
    assert not world.routed


@pytest.mark.parametrize(
    "activity", [Activity(1, 1e9), Activity(0, 1799.0), None], ids=["busy", "lately", "unknown"]
)
def test_who_is_not_idle_stays(activity: Activity | None) -> None:
    known = {"a": activity} if activity else {}
    observed = replace(serving().observed(), activity=known)
    assert reconcile(may_sleep(), observed, {}, 0.0) == Plan()


def test_who_never_sleeps_stays() -> None:
    world = serving(idle=frozenset({"a"}))
    assert world.plan(OLD) == Plan()
    assert world.plan(may_sleep(always_on=True)) == Plan()


def test_tenants_that_were_idle_together_do_not_stop_together() -> None:
    many = wanted(*(tenant(f"t{n}", sleep_after=1000) for n in range(50)))
    world = World.of(ModelWorld().observed())
    assert world is not None
    patience = {patience_s(Case.of(spec, world, {}, 0.0)) for spec in many.values()}
    assert len(patience) == 50
    assert all(one is not None and 1000 <= one <= 1100 for one in patience)


def test_a_sleeper_that_is_to_be_always_on_is_started() -> None:
    world = serving(asleep=frozenset({"a"}), idle=frozenset({"a"}))
    world.settle(may_sleep())
    world.settle(may_sleep(always_on=True))
    assert "a" in world.routed


def test_a_sleeper_with_a_new_image_is_tried_and_sleeps_on() -> None:
    world = serving(asleep=frozenset({"a"}))
    world.settle(OLD)
    world.settle(NEW)
    assert [(c.image_id, c.state) for c in world.containers.values()] == [(NEW_ID, "exited")]
    assert not world.routed


def test_a_sleeper_with_a_bad_image_sleeps_on_with_its_old_one() -> None:
    world = serving(asleep=frozenset({"a"}), bad=frozenset({NEW_ID}))
    world.settle(OLD)
    world.settle(NEW)
    (left,) = world.containers.values()
    assert (left.image_id, left.state) == (OLD["a"].image_id, "exited")
    assert NEW_ID not in world.written["a"]


def test_a_sleeper_with_other_limits_is_laid_down_anew_and_not_started() -> None:
    world = serving(asleep=frozenset({"a"}))
    world.settle(OLD)
    assert "StartContainer" not in kinds(only(world.plan(LIMITS)))
    world.settle(LIMITS)
    assert [one.state for one in world.containers.values()] == ["created"]


def test_a_sleeper_whose_container_is_removed_gets_one_that_is_not_started() -> None:
    world = serving(asleep=frozenset({"a"}))
    world.containers.clear()
    world.settle(OLD)
    assert [one.state for one in world.containers.values()] == ["created"]


# -- the gate ----------------------------------------------------------------------------------


def mode(world: ModelWorld, state: str = "running", *, held: bool = False) -> str:
    seen = World.of(world.observed())
    assert seen is not None
    return gate_mode(Case.of(OLD["a"], seen, {}, 0.0), state, held=held)  # type: ignore[arg-type]


def test_what_the_gate_is_to_do() -> None:
    assert mode(serving()) == "forward"
    assert mode(serving(healthy=False)) == "probe"
    assert mode(serving(), held=True) == "hold"
    assert mode(serving(asleep=frozenset({"a"})), "sleeping") == "wake"
    assert mode(serving(asleep=frozenset({"a"})), "sleeping", held=True) == "hold"
    assert gate_mode(None, "starting", held=False) == "probe"
    for state in ("suspended", "failed"):
        assert mode(serving(), state) == "explain"
    begun = Swap("a", {}, "x", "y")
    assert mode(serving(swaps={"a": begun})) == "hold"
    assert mode(serving(swaps={"a": replace(begun, state="refused")})) == "forward"


def test_a_stopped_one_that_nobody_put_to_sleep_is_waited_for() -> None:
    world = serving()
    stopped = container_of(OLD["a"], state="exited")
    world.containers = {stopped.id: stopped}
    assert mode(world, "starting") == "probe"

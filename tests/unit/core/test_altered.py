"""A container that somebody changed by hand is made anew."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.core.plan import Plan, Settle
from tests.support.fleets import wanted
from tests.support.model_world import ModelWorld, container_of


def test_one_changed_by_hand_is_remade_behind_the_gate_and_says_what_was_changed() -> None:
    desired = wanted("a", "b")
    world = ModelWorld()
    for spec in desired.values():
        world.add(spec)
    changed = container_of(desired["a"], altered=("its memory limit", "network theirs"))
    world.containers[changed.id] = changed
    (plan,) = world.plan(desired).tenants
    assert (plan.tenant, plan.action) == ("a", "heal")
    assert plan.why == "changed by hand: its memory limit, network theirs"
    assert [type(step).__name__ for step in plan.steps] == [
        "AwaitCalm", "Divert", "Drain", "StopContainer", "RemoveContainer", "PrepareData",
        "CreateContainer", "StartContainer", "AwaitReady", "Release", "Route",
    ]  # fmt: skip
    world.settle(desired)
    assert world.plan(desired) == Plan()


def test_one_that_was_left_with_the_processor_time_of_a_start_gives_it_back_where_it_is() -> None:
    desired = wanted("a", "b")
    world = ModelWorld()
    for spec in desired.values():
        world.add(spec)
    boosted = replace(container_of(desired["a"]), boosted=True)
    world.containers[boosted.id] = boosted
    (plan,) = world.plan(desired).tenants
    assert (plan.tenant, plan.action, plan.steps) == ("a", "heal", (Settle(desired["a"]),))
    assert plan.why == "it has processor time that was lent still"
    world.settle(desired)
    assert world.plan(desired) == Plan()


def test_one_that_was_killed_for_while_it_fell_asleep_gives_it_back_asleep() -> None:
    desired = wanted("a")
    world = ModelWorld(asleep=frozenset({"a"}))
    world.add(desired["a"])
    asleep = replace(container_of(desired["a"]), state="exited", boosted=True)
    world.containers[asleep.id] = asleep
    world.routed.clear()
    (plan,) = world.plan(desired).tenants
    assert (plan.action, plan.steps) == ("heal", (Settle(desired["a"]),))
    world.settle(desired)
    assert world.plan(desired) == Plan()
    assert world.containers[asleep.id].state == "exited"

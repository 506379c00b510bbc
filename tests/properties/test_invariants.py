"""Random fleets and random worlds keep the invariants of docs/architecture.md."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.core.desired import Desired
from orchestrator.core.plan import Plan
from tests.support.fleets import tenant, wanted
from tests.support.model_world import ModelWorld, container_of, network_of

IDS = ["a", "b", "c", "d"]
INDEXES = {name: number for number, name in enumerate(IDS)}
DRIFTS = st.sampled_from(
    [
        {},
        {"state": "exited"},
        {"state": "created"},
        {"state": "paused"},
        {"state": "dead"},
        {"address": None},
        {"fingerprint": "old"},
        {"address": "10.200.9.9"},
    ]
)


@st.composite
def fleets(draw: st.DrawFn) -> Desired:
    chosen = draw(st.lists(st.sampled_from(IDS), unique=True))
    made = [
        tenant(
            name,
            tier=draw(st.sampled_from(["small", "medium"])),
            state=draw(st.sampled_from(["running", "running", "suspended"])),
            domains=draw(st.sampled_from([(), (f"{name}.example.com",)])),
        )
        for name in chosen
    ]
    return wanted(*made, indexes=INDEXES)


@st.composite
def worlds(draw: st.DrawFn) -> ModelWorld:
    """What an earlier fleet left, with parts drifted or gone."""
    world = ModelWorld()
    for spec in draw(fleets()).values():
        world.add(spec, routed=draw(st.booleans()))
        drifted = container_of(spec, **draw(DRIFTS))
        world.containers[drifted.id] = drifted
        if draw(st.integers(0, 3)) == 0:
            del world.containers[drifted.id]
        network = draw(st.sampled_from([{}, {"icc": True}, {"bridge": "brt99"}, None]))
        del world.networks[network_of(spec).id]
        if network is not None:
            made = network_of(spec, **network)
            world.networks[made.id] = made
        if not any(one.tenant == spec.id for one in world.containers.values()) and draw(
            st.booleans()
        ):
            del world.data_dirs[spec.id]
    world.asleep = frozenset(draw(st.sets(st.sampled_from(IDS), max_size=2)))
    return world


def check(world: ModelWorld, desired: Desired) -> None:
    """Invariants 1, 3 and 7, after any step whatsoever."""
    for one, route in world.routed.items():
        own = [c.address for c in world.containers.values() if c.tenant == one]
        others = [c.address for c in world.containers.values() if c.tenant != one]
        assert route.address not in others or route.address in own
    for name in IDS:
        running = [
            c for c in world.containers.values() if c.tenant == name and c.state == "running"
        ]
        assert len(running) <= 1


@settings(max_examples=150, deadline=None)
@given(worlds(), fleets())
def test_every_world_settles_as_wanted_and_then_has_zero_steps(
    world: ModelWorld, desired: Desired
) -> None:
    data = set(world.data_dirs)
    for _ in range(8):
        for step in world.plan(desired).steps:
            world.perform(step)
            check(world, desired)
            assert data <= set(world.data_dirs), "a plan removed a data directory"
    assert world.plan(desired) == Plan()
    running = {c.tenant for c in world.containers.values() if c.state == "running"}
    meant = {spec.id for spec in desired.values() if spec.state == "running"}
    assert running == meant - world.asleep
    assert set(world.routed) == running
    assert all(world.routed[name].address == desired[name].address for name in running)


@settings(max_examples=75, deadline=None)
@given(worlds(), fleets(), st.data())
def test_a_kill_between_any_two_steps_ends_like_no_kill(
    world: ModelWorld, desired: Desired, data: st.DataObject
) -> None:
    unharmed, killed = world.copy(), world.copy()
    unharmed.settle(desired)
    for _ in range(3):
        for planned in killed.plan(desired).tenants:
            killed.carry_out(planned, most=data.draw(st.integers(0, len(planned.steps))))
    killed.settle(desired)
    assert killed == unharmed


@settings(max_examples=75, deadline=None)
@given(fleets(), fleets())
def test_what_is_unchanged_is_untouched(before: Desired, after: Desired) -> None:
    world = ModelWorld()
    world.settle(before)
    same = {name for name in before if name in after and before[name] == after[name]}
    assert not same & {plan.tenant for plan in world.plan(after).tenants}


@settings(max_examples=50, deadline=None)
@given(worlds(), fleets())
def test_a_plan_is_a_function_of_what_it_is_given(world: ModelWorld, desired: Desired) -> None:
    assert world.plan(desired) == world.plan({key: replace(spec) for key, spec in desired.items()})

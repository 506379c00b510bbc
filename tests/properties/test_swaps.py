"""Swaps, good and bad, cut off anywhere, keep the invariants of docs/architecture.md."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.core.desired import Desired
from orchestrator.core.plan import Plan
from tests.support.fleets import tenant, wanted
from tests.support.model_world import ModelWorld

IDS = ["a", "b", "c"]
INDEXES = {name: number for number, name in enumerate(IDS)}
GOOD, ALSO_GOOD, BAD, STILLBORN = ("sha256:" + letter * 64 for letter in "abcd")


@st.composite
def fleets(draw: st.DrawFn, images: tuple[str, ...]) -> Desired:
    """The same tenants, of these images and of any limits."""
    made = wanted(
        *(
            tenant(
                name,
                tier=draw(st.sampled_from(["small", "medium"])),
                sleep_after=draw(st.sampled_from([None, 1800])),
                always_on=draw(st.booleans()),
                state=draw(st.sampled_from(["running", "running", "running", "suspended"])),
            )
            for name in IDS
        ),
        indexes=INDEXES,
    )
    return {
        name: replace(spec, image_id=draw(st.sampled_from(images))) for name, spec in made.items()
    }


@st.composite
def worlds(draw: st.DrawFn) -> ModelWorld:
    """All serve, some are idle, some sleep."""
    world = ModelWorld(bad=frozenset({BAD}), stillborn=frozenset({STILLBORN}))
    before = draw(fleets((GOOD,)))
    world.settle(before)
    world.idle = frozenset(draw(st.sets(st.sampled_from(IDS))))
    world.asleep = frozenset(draw(st.sets(st.sampled_from(IDS))))
    world.settle(before)
    return world


def tame(world: ModelWorld, desired: Desired) -> Desired:
    """Who neither serves nor sleeps has nothing to go back to: no bad image for these."""
    up = {one.tenant for one in world.containers.values() if one.state == "running"}
    return {
        name: spec
        if name in up or (name in world.asleep and not spec.always_on)
        else replace(spec, image_id=GOOD)
        for name, spec in desired.items()
    }


ANY = fleets((GOOD, ALSO_GOOD, BAD, STILLBORN))


def check(world: ModelWorld) -> None:
    """At most one runs per tenant, and no image that is no good is ever routed."""
    for name in IDS:
        mine = [one for one in world.containers.values() if one.tenant == name]
        assert sum(one.state == "running" for one in mine) <= 1
        if name in world.routed:
            assert not {one.image_id for one in mine} & {BAD, STILLBORN}


def ends_well(world: ModelWorld, desired: Desired) -> None:
    """Whoever is to serve does, with nothing of a bad image in the data; and nothing is left."""
    assert world.plan(desired) == Plan()
    for name, spec in desired.items():
        sleeps = name in world.asleep and not spec.always_on
        serves = spec.state == "running" and not sleeps
        found = [one for one in world.containers.values() if one.tenant == name]
        if not found and not serves:  # it never was anything
            continue
        (mine,) = found
        assert (mine.state == "running", name in world.routed) == (serves, serves)
        if spec.state == "running":
            assert mine.image_id not in (BAD, STILLBORN)
            assert not world.written[name] & {BAD, STILLBORN}
            assert (name in world.swaps) == (spec.image_id in (BAD, STILLBORN))


@settings(max_examples=150, deadline=None)
@given(worlds(), ANY)
def test_whatever_is_wanted_whoever_is_to_serve_does(world: ModelWorld, desired: Desired) -> None:
    data, desired = set(world.data_dirs), tame(world, desired)
    for _ in range(8):
        for planned in world.plan(desired).tenants:
            for step in range(len(planned.steps)):
                clone = world.copy()
                clone.carry_out(planned, most=step + 1)
                check(clone)
                assert data <= set(clone.data_dirs)
            world.carry_out(planned)
    if all(spec.state == "running" for spec in desired.values()):
        ends_well(world, desired)


@settings(max_examples=150, deadline=None)
@given(worlds(), ANY, st.data())
def test_a_kill_anywhere_in_a_swap_or_a_nap_ends_like_none(
    world: ModelWorld, desired: Desired, data: st.DataObject
) -> None:
    unharmed, killed, desired = world.copy(), world.copy(), tame(world, desired)
    unharmed.settle(desired)
    for _ in range(data.draw(st.integers(1, 4))):
        for planned in killed.plan(desired).tenants:
            killed.carry_out(planned, most=data.draw(st.integers(0, len(planned.steps))))
    killed.settle(desired)
    for part in ("containers", "routed", "written", "swaps", "asleep", "data_dirs"):
        assert getattr(killed, part) == getattr(unharmed, part), part


@settings(max_examples=100, deadline=None)
@given(worlds(), ANY, fleets((GOOD, ALSO_GOOD)), st.data())
def test_a_change_of_mind_in_the_middle_ends_well_too(
    world: ModelWorld, first: Desired, second: Desired, data: st.DataObject
) -> None:
    for planned in world.plan(tame(world, first)).tenants:
        world.carry_out(planned, most=data.draw(st.integers(0, len(planned.steps))))
    world.settle(second)
    assert world.plan(second) == Plan()
    check(world)
    for name, spec in second.items():
        if spec.state == "running" and (name not in world.asleep or spec.always_on):
            assert name in world.routed

"""Invariant 9: a kill -9 before or after any single side effect ends as if there had been none.

A real controller, in its own image and with its own powers, works on the real engine, the real
Traefik and the real nft; its ports are watched, and one call is its last. Then a controller of the
same kind that is not killed takes over.
"""

from __future__ import annotations

import pytest

from orchestrator.errors import ControllerUnavailable
from tests.faults.ledger_file import ledger
from tests.faults.photo import kept
from tests.faults.scenarios import ALL, CALM, Fault, in_turns
from tests.faults.stage import Change, Stage
from tests.support.docker_cli import inspect
from tests.support.stack_http import ask

pytestmark = pytest.mark.docker


@pytest.mark.parametrize("name", ALL)
def test_a_calm_run_has_just_these_effects(stage: Stage, name: str) -> None:
    calm_run(stage, name)


def calm_run(stage: Stage, name: str) -> None:
    """Do it without a fault: what it does is written down, and how it ends is what is expected."""
    world, change, journal = stage.world, stage.change(name), stage.world.stack.root / "journal"
    before = stage.begin(change)
    world.start(journal=journal)
    world.settle()
    world.arm()
    world.write(change.end)
    world.act(change.act, change.acts_on, well=not ALL[name].refused)
    settle(stage, name, change)
    check_told(stage, change)
    world.kill()
    check_one_by_one(journal.read_text().splitlines(), ALL[name].effects)
    journal.unlink()
    stage.expected[name, change.variant] = stage.photo(change)
    check_kept(stage, before)


def check_one_by_one(journal: list[str], effects: tuple[str, ...]) -> None:
    """Each effect has ended before the next begins: a kill after it is one before the next."""
    done = [line.split() for line in journal if line.split()[1] not in CALM]
    wanted = [effect for effect in effects if effect not in CALM]
    assert done == [[word, effect] for effect in wanted for word in ("begin", "end")]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        pytest.param(name, (effect, when, nth), id=f"{name}-{when}-{effect}-{nth}")
        for name, (effect, when, nth) in in_turns()
    ],
)
def test_a_killed_run_ends_as_a_calm_one(stage: Stage, name: str, fault: Fault) -> None:
    while (name, stage.change(name).variant) not in stage.expected:
        calm_run(stage, name)
    world, change = stage.world, stage.change(name)
    before = stage.begin(change)
    others, numbers = world.lives(*change.tenants), ledger(world.stack.root)
    at_first = stage.photo(change)

    world.start(fault)
    world.settle()
    world.arm()
    world.write(change.end)
    with pytest.raises(ControllerUnavailable):
        world.act(change.act, change.acts_on)
    world.wait_for_death()

    world.start()
    if not ALL[name].is_accepted(fault):
        world.settle()
        check_unchanged(stage, change, at_first)
        world.act(change.act, change.acts_on, well=not ALL[name].refused)
    settle(stage, name, change)
    check_told(stage, change)
    world.kill()

    assert stage.photo(change) == stage.expected[name, change.variant]
    check_kept(stage, before)
    assert world.lives(*change.tenants) == others
    check_numbers(stage, change, numbers)
    check_routes(stage, change)


def settle(stage: Stage, name: str, change: Change) -> None:
    """Until nothing is left to do about it."""
    if ALL[name].refused:
        stage.world.settle_refused(change.subject)
        return
    if change.act == "update":
        stage.world.settle_updated()
    stage.world.settle_as_written()


def check_unchanged(stage: Stage, change: Change, at_first: dict[str, object]) -> None:
    """It was not accepted. A number may be taken, and is taken once; tenants.yaml may say already
    what is to come."""
    for one in (unchanged := stage.photo(change), at_first):
        for what in ("numbered", "platform", "image of all"):
            del one[what]
    assert unchanged == at_first


def check_told(stage: Stage, change: Change) -> None:
    """The update says how it ended, and that each runs what it was to run."""
    if change.act != "update":
        return
    told = stage.world.controller.last_update()
    assert (told.state, told.pinned) == ("done", (stage.calm,))
    assert {one.tenant for one in told.tenants} == set(change.tenants)
    image_id, mode = inspect(change.image, "image")["Id"], change.image.split(":")[-1]
    for one in told.tenants:
        assert (one.state, one.running, one.wanted) == ("updated", image_id, image_id)
        assert one.version == mode


def check_kept(stage: Stage, before: dict[str, dict[str, str]]) -> None:
    """Each one's own words are there, under the name that it has now."""
    assert {tenant: kept(stage.world, tenant) for tenant in before} == before


def check_numbers(stage: Stage, change: Change, before: dict[str, int]) -> None:
    """Nobody's number changed, the subject's came along, and no two are the same."""
    after = ledger(stage.world.stack.root)
    assert len(set(after.values())) == len(after)
    expected = before | {change.named: before.get(change.subject, after[change.named])}
    if change.named != change.subject:
        del expected[change.subject]
    assert after == expected


def check_routes(stage: Stage, change: Change) -> None:
    """Traefik sends each host to its own container, and nobody's host to none."""
    for tenant in {*change.tenants, *change.end}:
        answer = ask(stage.world.stack.http_port, f"{tenant}.localhost")
        if tenant in change.end and tenant not in stage.world.sleepers():
            assert answer.json()["hostname"] == tenant
        else:
            assert answer.status in (404, 502, 503)  # No edge runs in this world.

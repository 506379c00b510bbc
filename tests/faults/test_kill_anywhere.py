"""Invariant 9: a kill -9 before or after any single side effect ends as if there had been none.

A real controller, in its own image and with its own powers, works on the real engine, the real
Traefik and the real nft; its ports are watched, and one call is its last. Then a controller of the
same kind that is not killed takes over.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import ControllerUnavailable
from tests.faults.ledger_file import ledger
from tests.faults.photo import kept
from tests.faults.scenarios import ALL, in_turns
from tests.faults.stage import Change, Stage
from tests.support.stack_http import ask

pytestmark = pytest.mark.docker

CALM = {"firewall.ensure"}  # the controller looks after it every few seconds by itself, too


@pytest.mark.parametrize("name", ALL)
def test_a_calm_run_has_just_these_effects(stage: Stage, name: str, tmp_path: Path) -> None:
    calm_run(stage, name, stage.world.stack.root / f"journal-{name}")


def calm_run(stage: Stage, name: str, journal: Path) -> None:
    """Do it without a fault: what it does is written down, and how it ends is what is expected."""
    world, change = stage.world, stage.change(name)
    before = stage.begin(change)
    world.start(journal=journal)
    world.settle()
    world.arm()
    world.write(change.end)
    world.act(change.act, change.subject, well=not ALL[name].refused)
    settle(stage, name, change)
    world.kill()
    done = [line for line in journal.read_text().split() if line not in CALM]
    journal.unlink()
    assert done == [effect for effect in ALL[name].effects if effect not in CALM]
    stage.expected[name, change.variant] = stage.photo(change)
    check_kept(stage, change, before)


@pytest.mark.parametrize(
    ("name", "fault"),
    in_turns(),
    ids=[f"{name}-{when}-{effect}-{nth}" for name, (effect, when, nth) in in_turns()],
)
def test_a_killed_run_ends_as_a_calm_one(
    stage: Stage, name: str, fault: tuple[str, str, int]
) -> None:
    while (name, stage.change(name).variant) not in stage.expected:
        calm_run(stage, name, stage.world.stack.root / f"journal-{name}")
    world, change = stage.world, stage.change(name)
    before = stage.begin(change)
    others, numbers = world.lives(change.subject), ledger(world.stack.root)
    at_first = stage.photo(change)

    world.start(fault)
    world.settle()
    world.arm()
    world.write(change.end)
    with pytest.raises(ControllerUnavailable):
        world.act(change.act, change.subject)
    world.wait_for_death()

    world.start()
    if not ALL[name].is_accepted(fault):
        world.settle()
        unchanged = stage.photo(change)
        for one in (unchanged, at_first):
            del one["numbered"], one["platform"]  # A number may be taken, and is taken once.
        assert unchanged == at_first
        world.act(change.act, change.subject, well=not ALL[name].refused)
    settle(stage, name, change)
    world.kill()

    assert stage.photo(change) == stage.expected[name, change.variant]
    check_kept(stage, change, before)
    assert world.lives(change.named, change.subject) == others
    check_numbers(stage, change, numbers)
    check_routes(stage, change)


def settle(stage: Stage, name: str, change: Change) -> None:
    """Until nothing is left to do about it."""
    if ALL[name].refused:
        stage.world.settle_refused(change.subject)
    else:
        stage.world.settle_as_written()


def check_kept(stage: Stage, change: Change, before: dict[str, str]) -> None:
    """The tenant's own words are there, under the name that it has now."""
    if before:
        assert kept(stage.world, change.named) == before


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

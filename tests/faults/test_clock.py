"""The host's clock jumps by a year, to and fro: nobody is stopped, and all works as before."""

from __future__ import annotations

import pytest

from tests.faults.photo import kept
from tests.faults.stage import Stage
from tests.support.docker_cli import docker, life

pytestmark = pytest.mark.docker

YEAR_S = 365 * 24 * 3600


@pytest.mark.parametrize("clock_s", [YEAR_S, -YEAR_S], ids=["ahead", "back"])
def test_a_clock_that_jumps_by_a_year(stage: Stage, clock_s: float) -> None:
    world, change = stage.world, stage.change("swap")
    before = stage.begin(change)
    lives = world.lives()

    world.start(clock_s=clock_s)
    world.settle()
    assert world.lives() == lives
    assert world.controller.plan().tenants == ()

    name = f"tenant-{change.subject}"
    docker("kill", name)
    world.stack.wait_until(
        "it is healed", lambda: life(name) != lives[change.subject] and _up(name)
    )
    world.settle()
    told = world.controller.events(change.subject, 5).events
    assert [event.kind for event in told[-2:]] == ["crashed", "healed"]

    world.write(change.end)
    world.apply()  # a swap with a copy of the data, which is not taken for an old one
    world.settle_as_written()
    world.kill()
    after = world.lives()
    assert after[stage.calm] == lives[stage.calm]

    world.start()  # the clock was set right
    world.settle()
    assert world.controller.plan().tenants == ()
    world.kill()
    assert world.lives() == after
    assert {one: kept(world, one) for one in before} == before


def _up(name: str) -> bool:
    return docker("inspect", "-f", "{{.State.Running}}", name, check=False) == "true"

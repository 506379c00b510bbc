"""Processor time lent while somebody waits, and taken back: on the real engine."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from orchestrator.adapters import docker_profile
from tests.integration.adapters.small_world import World, docker

pytestmark = pytest.mark.docker

OWN = docker_profile.processor(500)


def limits(ref: str) -> dict[str, int]:
    found = json.loads(docker("inspect", "-f", "{{json .HostConfig}}", ref))
    return {field: found[field] for field in docker_profile.PROCESSOR}


def test_a_start_has_more_until_it_is_settled(world: World) -> None:
    world.create("quick", 3)
    assert limits("tenant-quick") == OWN
    assert not world.container("quick").boosted
    world.engine.start_container("tenant-quick")
    lent = limits("tenant-quick")
    assert lent["CpuShares"] == docker_profile.BOOSTED_SHARES
    assert lent["NanoCpus"] >= OWN["NanoCpus"]
    seen = world.container("quick")
    assert (seen.boosted, seen.altered) == (True, ())
    for _ in range(2):
        world.engine.settle("tenant-quick")
        assert limits("tenant-quick") == OWN
        seen = world.container("quick")  # at once, without any event
        assert (seen.boosted, seen.altered, seen.state) == (False, (), "running")


def test_one_that_ended_and_one_that_is_gone_settle_too(world: World) -> None:
    world.start("ended", 4)
    docker("kill", "tenant-ended")
    world.engine.settle("tenant-ended")
    assert limits("tenant-ended") == OWN
    world.engine.settle("tenant-never-there")


def test_one_that_is_cut_off_ends_with_its_own_limits(world: World) -> None:
    world.start("cut", 5)
    world.engine.settle("tenant-cut")
    container = world.container("cut")
    world.engine.stop_container(container.id, 5, cut=True)
    assert world.container("cut").state == "exited"
    assert limits(container.id) == OWN
    world.engine.stop_container(container.id, 5, cut=True)  # it does not run: nothing is lent
    assert limits(container.id) == OWN


def test_one_with_more_of_its_own_keeps_it(world: World) -> None:
    cores = int(docker("info", "-f", "{{.NCPU}}"))
    of_its_own = replace(world.spec("rich", 6).limits, millicpus=cores * 1000)
    world.create("rich", 6, limits=of_its_own)
    world.engine.start_container("tenant-rich")
    assert limits("tenant-rich")["NanoCpus"] == cores * 1_000_000_000
    world.engine.settle("tenant-rich")
    assert limits("tenant-rich") == docker_profile.processor(cores * 1000)


def test_limits_changed_by_hand_while_they_are_lent_are_its_own_again(world: World) -> None:
    world.start("pulled", 7)
    docker("update", "--cpus", "0.1", "tenant-pulled")
    world.engine.settle("tenant-pulled")
    assert limits("tenant-pulled") == OWN

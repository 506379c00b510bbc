"""Somebody changes a customer's container with the docker command: it is noticed, and set right."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.support.docker_cli import docker, inspect
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker

LIMITS = "Memory", "MemorySwap", "NanoCpus", "CpuShares", "PidsLimit", "RestartPolicy"


@pytest.fixture(scope="module")
def two(stack: Stack) -> Iterator[tuple[Fleet, str, str]]:
    """One that is changed again and again, and one that is not to notice."""
    fleet = Fleet(stack)
    hurt, calm = fleet.start("hurt", "calm")
    yield fleet, hurt, calm
    fleet.clear()


@pytest.fixture
def strange_network(stack: Stack) -> Iterator[str]:
    name = f"{stack.project}-strange"
    docker("network", "create", "--internal", name)
    yield name
    docker("network", "rm", name)


def limits(tenant: str) -> dict[str, object]:
    found = inspect(f"tenant-{tenant}")["HostConfig"]
    return {key: found[key] for key in LIMITS}


def changed(*options: str) -> Callable[[str], str]:
    return lambda name: docker("update", *options, name)


BY_HAND: dict[str, tuple[Callable[[str], str], str]] = {
    "more memory": (changed("--memory=512m", "--memory-swap=1g"), "its memory limit"),
    "more cpu": (changed("--cpus=1.5"), "its cpu limit"),
    "more processes": (changed("--pids-limit=9999"), "its limit of processes"),
    "a restart policy": (changed("--restart=always"), "its restart policy"),
}


@pytest.mark.parametrize("what", BY_HAND)
def test_limits_that_were_changed(stack: Stack, two: tuple[Fleet, str, str], what: str) -> None:
    fleet, hurt, calm = two
    act, words = BY_HAND[what]
    good, before, calm_before = limits(hurt), fleet.life(hurt), fleet.life(calm)
    born = (stack.data(hurt) / "born").read_text()
    with stack.visitors(hurt, calm) as visits:
        act(f"tenant-{hurt}")
        stack.wait_until("it is made anew", lambda: made_anew(fleet, hurt, before), 60)
        stack.wait_until("it is settled", lambda: stack.status()["converged"], 60)
    assert limits(hurt) == good
    assert visits.failures == {}
    assert fleet.life(calm) == calm_before
    assert (stack.data(hurt) / "born").read_text() == born
    assert f"changed by hand: {words}" in stack.tenantctl("events", hurt).out
    assert stack.plan()["tenants"] == []


def test_a_second_network_that_was_attached(
    stack: Stack, two: tuple[Fleet, str, str], strange_network: str
) -> None:
    fleet, hurt, calm = two
    before, calm_before = fleet.life(hurt), fleet.life(calm)
    docker("network", "connect", strange_network, f"tenant-{hurt}")
    stack.wait_until("it is made anew", lambda: made_anew(fleet, hurt, before), 60)
    stack.wait_until("it is settled", lambda: stack.status()["converged"], 60)
    assert [*inspect(f"tenant-{hurt}")["NetworkSettings"]["Networks"]] == [f"tenant-{hurt}"]
    assert inspect(strange_network, "network")["Containers"] == {}
    assert stack.get(hurt).status == 200
    assert fleet.life(calm) == calm_before
    assert f"network {strange_network}" in stack.tenantctl("events", hurt).out


def made_anew(fleet: Fleet, tenant: str, before: tuple[str, str, int]) -> bool:
    name = f"tenant-{tenant}"
    state = docker("inspect", "-f", "{{.State.Running}}", name, check=False)
    return state == "true" and fleet.life(tenant)[0] != before[0]

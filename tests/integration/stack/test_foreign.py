"""What is not ours stands in the way: that tenant says so, and the foreign thing is not touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Network

import pytest

from tests.support.docker_cli import docker, inspect, life
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker


@contextmanager
def foreign_container(name: str, *options: str) -> Iterator[None]:
    docker("run", "--detach", "--init", "--network", "none", "--name", name, *options,
           "orchestrator-base:local", "sleep", "600")  # fmt: skip
    try:
        yield
    finally:
        docker("rm", "--force", name, check=False)


@pytest.mark.parametrize("label", ["none=x", "orchestrator.instance=0123456789ab"])
def test_a_foreign_container_of_the_tenants_name(stack: Stack, fleet: Fleet, label: str) -> None:
    (calm,) = fleet.start("calm")
    wanted = fleet.id("wanted")
    whose = ("--label", label, "--label", f"orchestrator.tenant={wanted}")
    with foreign_container(f"tenant-{wanted}", *whose, "--label", "orchestrator.index=0"):
        theirs = life(f"tenant-{wanted}")
        fleet.add("wanted")
        assert stack.tenantctl("apply").code == 1
        row = stack.wait_for_state(wanted, "failed")
        assert f"a container or network named tenant-{wanted} exists that is not ours" in row["why"]
        assert stack.tenantctl("restart", wanted).code == 1
        assert stack.get(wanted).status == 503
        assert stack.get(calm).status == 200
        fleet.drop(wanted)
        fleet.apply()
        assert life(f"tenant-{wanted}") == theirs
    fleet.add("wanted")
    fleet.apply()
    assert stack.get(wanted).json()["tenant"] == "Wanted"


def test_a_foreign_network_on_the_tenants_subnet(stack: Stack, fleet: Fleet) -> None:
    (calm,) = fleet.start("calm")
    pool = IPv4Network(stack.settings["SUBNET_POOL"])
    following = int((stack.root / "platform/next_index").read_text())
    subnet = IPv4Network((int(pool.network_address) + 8 * following, 29))
    name = f"{stack.project}-foreign"
    docker("network", "create", "--internal", "--subnet", str(subnet), name)
    try:
        before = inspect(name, "network")
        wanted = fleet.add("wanted")
        assert stack.tenantctl("apply").code == 1
        row = stack.wait_for_state(wanted, "failed")
        assert f"The network {name}, which is not of tenant {wanted}, holds" in row["why"]
        assert f"overlaps {subnet}. Remove or rename it" in row["why"]
        assert inspect(name, "network") == before
        assert stack.get(calm).status == 200
    finally:
        docker("network", "rm", name)
    fleet.apply()
    assert stack.get(wanted).status == 200
    assert [*inspect(f"tenant-{wanted}")["NetworkSettings"]["Networks"]] == [f"tenant-{wanted}"]

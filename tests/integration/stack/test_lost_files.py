"""The platform's own files are lost or damaged: nothing stops, and what can be is rebuilt."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest

from tests.support.docker_cli import docker, inspect
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker


@pytest.fixture
def off(stack: Stack) -> Iterator[None]:
    """The controller is stopped while the test damages its files; it starts with `back`."""
    yield
    docker("start", stack.service("controller"), check=False)


def stop(stack: Stack) -> None:
    docker("stop", stack.service("controller"), timeout=60)


def back(stack: Stack) -> None:
    docker("start", stack.service("controller"))
    stack.wait_for_controller()


def index(stack: Stack, tenant: str) -> int:
    card: dict[str, int] = json.loads((stack.data(tenant) / "tenant.json").read_text())
    return card["index"]


@pytest.mark.parametrize("damage", ["deleted", "garbage", "both deleted"])
def test_a_lost_ledger_is_rebuilt_and_no_number_is_given_twice(
    stack: Stack, fleet: Fleet, off: None, damage: str
) -> None:
    running, retired = fleet.start("running", "retired")
    numbers = {tenant: index(stack, tenant) for tenant in (running, retired)}
    fleet.drop(retired)
    fleet.apply()
    before = fleet.life(running)
    stop(stack)
    platform = stack.root / "platform"
    for path in platform.glob("ledger.db*"):
        path.write_bytes(b"garbage" * 1000) if damage == "garbage" else path.unlink()
    if damage == "both deleted":
        (platform / "next_index").unlink()
    back(stack)
    assert stack.plan()["tenants"] == []
    assert fleet.life(running) == before
    fleet.add("retired")
    new = fleet.add("new")
    fleet.apply()
    assert fleet.life(running) == before
    assert {tenant: index(stack, tenant) for tenant in (running, retired)} == numbers
    assert index(stack, new) > max(numbers.values())
    assert stack.get(retired).json()["tenant"] == "Retired"


def test_a_lost_ledger_with_a_tenant_that_never_started_stops_nobody(
    stack: Stack, fleet: Fleet, off: None
) -> None:
    (running,) = fleet.start("running")
    waiting = fleet.add("waiting", image="no-such-image:anywhere")
    assert stack.tenantctl("apply").code == 1
    before = fleet.life(running)
    stop(stack)
    for path in (stack.root / "platform").glob("ledger.db*"):
        path.unlink()
    back(stack)
    assert fleet.life(running) == before
    assert fleet.row(waiting)["state"] == "failed"
    fleet.tenants[waiting].pop("image")
    fleet.write()
    fleet.apply()
    assert stack.get(waiting).status == 200
    assert index(stack, waiting) != index(stack, running)


def test_a_copy_of_a_data_directory_stops_nobody(stack: Stack, fleet: Fleet, off: None) -> None:
    (tenant,) = fleet.start("copied")
    before = fleet.life(tenant)
    copy = stack.data(fleet.id("copy"))
    docker("run", "--rm", "--network", "none", "--user", "0:0", "--volume",
           f"{stack.root}:{stack.root}", "orchestrator:local",
           "cp", "-a", str(stack.data(tenant)), str(copy))  # fmt: skip
    try:
        stop(stack)
        back(stack)
        assert fleet.life(tenant) == before
        assert stack.get(tenant).status == 200
        assert fleet.row(tenant)["state"] == "running"
    finally:
        shutil.rmtree(copy)


@pytest.mark.parametrize("text", ["garbage", "{}", ""])
def test_a_damaged_applied_fleet_stops_nobody_and_is_shown(
    stack: Stack, fleet: Fleet, off: None, text: str
) -> None:
    (tenant,) = fleet.start("steady")
    before = fleet.life(tenant)
    stop(stack)
    (stack.root / "platform/applied.json").write_text(text)
    back(stack)
    assert "applied.json" in " ".join(stack.status()["problems"])
    assert stack.get(tenant).status == 200
    assert fleet.life(tenant) == before
    fleet.apply()
    assert fleet.life(tenant) == before
    assert stack.status().get("problems", []) == []


def test_a_route_file_damaged_while_the_controller_was_away_is_made_anew(
    stack: Stack, fleet: Fleet, off: None
) -> None:
    tenants = fleet.start("ada", "bob")
    before = [fleet.life(tenant) for tenant in tenants]
    stop(stack)
    stack.routes_file.write_text("{{ garbage")
    back(stack)
    stack.wait_until(
        "both are served", lambda: {stack.get(tenant).status for tenant in tenants} == {200}
    )
    assert [fleet.life(tenant) for tenant in tenants] == before
    stack.wait_until("it is settled", lambda: stack.status()["converged"])
    assert stack.status().get("problems", []) == []


def test_a_lost_token_is_made_again_with_the_container(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("tokenless")
    (stack.root / "platform/secrets" / tenant / "token").unlink()
    docker("rm", "--force", f"tenant-{tenant}")
    stack.wait_until("it answers again", lambda: stack.get(tenant).status == 200)
    mounts = {mount["Destination"] for mount in inspect(f"tenant-{tenant}")["Mounts"]}
    assert "/run/secrets/platform-token" in mounts
    assert (stack.root / "platform/secrets" / tenant / "token").stat().st_size > 0

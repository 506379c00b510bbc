"""Updates that do not end well, or not for all: who is watched, kept, left, and brought back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.docker_cli import docker, inspect
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker


@pytest.fixture
def moving(stack: Stack) -> Iterator[str]:
    """A tag that is moved; at first it means the good image."""
    stack.tenantctl("update", "--stop")
    name = stack.image().rsplit(":", 1)[0] + ":moving"
    docker("tag", stack.image(), name)
    yield name
    docker("image", "rm", "--force", name, check=False)


def modes(stack: Stack, tenants: list[str]) -> list[str]:
    return [stack.get(tenant).json()["mode"] for tenant in tenants]


def keep(stack: Stack, tenant: str) -> None:
    """A word in its data."""
    stack.get(tenant, "/keep", method="POST")
    (stack.data(tenant) / "kept").write_text("word")


def test_one_that_dies_of_its_work_reaches_the_canary_alone(stack: Stack, fleet: Fleet) -> None:
    tenants = fleet.start("one", "two", "three")
    lives = [fleet.life(tenant) for tenant in tenants[1:]]
    keep(stack, tenants[0])
    done = stack.tenantctl("update", "--image", stack.image("dies"))
    assert done.code == 1, done.out + done.err
    assert "watching the first for 10 s" in done.out
    assert "its process ended with exit code 3. Last log lines: " in done.out
    assert "the flux ran dry" in done.out
    assert f"the canary {tenants[0]} failed; 2 waiting were not touched" in done.err
    assert done.out.count("0 of 3 customers") == 1
    assert modes(stack, tenants) == ["good"] * 3
    assert stack.get(tenants[0], "/kept").json() == ["word"]
    assert [fleet.life(tenant) for tenant in tenants[1:]] == lives


def test_no_apply_brings_it_to_those_who_were_kept(stack: Stack, fleet: Fleet, moving: str) -> None:
    tenants = fleet.start("one", "two")
    docker("tag", stack.image("crash"), moving)
    assert stack.tenantctl("update", "--image", moving).code == 1
    docker("tag", stack.image("newer"), moving)
    lives = [fleet.life(tenant) for tenant in tenants]
    added = stack.tenantctl("add", fleet.id("late"), "--apply")
    assert added.code == 0, added.out + added.err
    assert "3 customers stay on" in added.out
    assert [fleet.life(tenant) for tenant in tenants] == lives
    assert modes(stack, [fleet.id("late")]) == ["good"]
    for verb in ("status", "plan"):
        assert "`tenantctl update --abort`" in stack.tenantctl(verb).out
    done = stack.tenantctl("update", "--resume")
    assert done.code == 0, done.out + done.err
    assert "watching the first" in done.out
    assert modes(stack, [*tenants, fleet.id("late")]) == ["newer"] * 3
    assert "stay on" not in stack.tenantctl("status").out


def test_an_update_that_failed_is_taken_back(stack: Stack, fleet: Fleet) -> None:
    tenants = fleet.start("a-first", "b-bad", "c-last")
    stack.get(tenants[1], "/keep", method="POST")
    options = ("--batch", "1", "--soak", "0")
    assert stack.tenantctl("update", "--image", stack.image("picky"), *options).code == 1
    assert modes(stack, tenants) == ["picky", "good", "good"]
    done = stack.tenantctl("update", "--abort")
    assert done.code == 0, done.out + done.err
    assert modes(stack, tenants) == ["good"] * 3
    assert f"image: {stack.image()}" in stack.file.read_text()
    assert stack.plan()["tenants"] == []
    assert "stay on" not in stack.tenantctl("status").out
    assert stack.tenantctl("update", "--abort").code == 1


def test_a_suspended_customer_is_left_and_begins_as_it_was(stack: Stack, fleet: Fleet) -> None:
    tenants = fleet.start("one", "two")
    assert stack.tenantctl("suspend", tenants[0]).code == 0
    refused = stack.tenantctl("update", "--image", stack.image("newer"), "--canary", tenants[0])
    assert refused.code == 1
    assert f"{tenants[0]} is suspended" in refused.err
    done = stack.tenantctl("update", "--image", stack.image("newer"), "--soak", "1")
    assert done.code == 0, done.out + done.err
    assert f"suspended; `tenantctl update {tenants[0]}` after `resume`" in done.out
    rows = {
        row["tenant"]: row
        for row in stack.tenantctl("update", "--show", "--json").json()["update"]["tenants"]
    }
    assert (rows[tenants[0]]["state"], rows[tenants[0]]["running"]) == ("left", "")
    assert stack.tenantctl("resume", tenants[0]).code == 0
    assert modes(stack, tenants) == ["good", "newer"]
    assert stack.tenantctl("update", tenants[0], "--soak", "1").code == 0
    assert modes(stack, tenants) == ["newer"] * 2


def test_a_bad_image_for_one_that_is_suspended_spoils_nothing(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("one")
    keep(stack, tenant)
    assert stack.tenantctl("suspend", tenant).code == 0
    fleet.change(tenant, image=stack.image("spoil"), state="suspended")
    stack.apply()
    done = stack.tenantctl("resume", tenant)
    assert done.code == 1, done.out + done.err
    stack.wait_until("it serves", lambda: stack.get(tenant).status == 200, 90)
    assert stack.get(tenant, "/kept").json() == ["word"]
    assert inspect(f"tenant-{tenant}")["Image"] == inspect(stack.image(), "image")["Id"]
    assert "update failed" in fleet.row(tenant)["why"]

"""All customers are brought to a new image, and back: nobody notices, and what does not work
reaches one of them at most."""

from __future__ import annotations

import re
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest

from tests.support.docker_cli import docker, inspect
from tests.support.stack import Done, Stack
from tests.support.stack_fleet import Fleet
from tests.support.stack_load import load

pytestmark = pytest.mark.docker

FOUR = ("one", "two", "three", "four")


@pytest.fixture(autouse=True)
def nothing_goes_on(stack: Stack) -> None:
    """What an earlier test that failed left behind is ended first."""
    stack.tenantctl("update", "--stop")


def update(stack: Stack, *arguments: str, code: int = 0) -> Done:
    done = stack.tenantctl("update", *arguments)
    assert done.code == code, done.out + done.err
    return done


def last(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = stack.tenantctl("update", "--show", "--json").json()["update"]
    return found


def modes(stack: Stack, tenants: list[str]) -> list[str]:
    return [stack.get(tenant).json()["mode"] for tenant in tenants]


def so_many_are_done(stack: Stack, number: int) -> bool:
    return list(outcomes(stack).values()).count("updated") >= number


def outcomes(stack: Stack) -> dict[str, str]:
    return {row["tenant"]: row["state"] for row in last(stack)["tenants"]}


def test_nobody_notices_an_update_of_all(stack: Stack, fleet: Fleet) -> None:
    tenants = fleet.start(*FOUR)
    newer = stack.image("newer")
    with ExitStack() as visits:
        found = [
            visits.enter_context(load(stack.http_port, f"{tenant}.localhost", clients=4))
            for tenant in tenants
        ]
        stack.wait_until("the load runs", lambda: all(one.met[200] > 20 for one in found))
        done = update(stack, "--image", newer, "--canary", tenants[2], "--batch", "2")
    assert [one.failures for one in found] == [{}, {}, {}, {}]
    assert modes(stack, tenants) == ["newer"] * 4
    for tenant, one in zip(tenants, found, strict=True):
        assert one.kept <= set(stack.get(tenant, "/kept").json())
    first = next(line for line in done.out.splitlines() if "hold the requests" in line)
    assert first.startswith(tenants[2])
    assert len(re.findall(r"held \d+, longest \d+\.\d s, failed 0", done.out)) == 4
    assert f"image: {newer}" in stack.file.read_text()
    image_id = inspect(newer, "image")["Id"]
    for row in last(stack)["tenants"]:
        assert (row["running"], row["wanted"]) == (image_id, image_id)
        assert row["version"] == "newer"
    assert stack.plan()["tenants"] == []


@pytest.mark.parametrize("mode", ["crash", "hang"])
def test_a_broken_image_reaches_the_canary_at_most(stack: Stack, fleet: Fleet, mode: str) -> None:
    tenants = fleet.start(*FOUR)
    before = [fleet.life(tenant) for tenant in tenants]
    done = update(stack, "--image", stack.image(mode), "--canary", tenants[1], code=1)
    reason = "the flux is missing" if mode == "crash" else "stand-in hang starts"
    assert reason in done.out
    assert f"the canary {tenants[1]} failed; 3 waiting were not touched" in done.err
    assert modes(stack, tenants) == ["good"] * 4
    untouched = [0, 2, 3] if mode == "hang" else [0, 1, 2, 3]
    assert all(fleet.life(tenants[at]) == before[at] for at in untouched)
    assert "update failed" in fleet.row(tenants[1])["why"]
    after = [fleet.life(tenant) for tenant in tenants]
    assert stack.plan()["tenants"] == []
    stack.apply()  # the file names that image now: nobody gets it for all that
    assert [fleet.life(tenant) for tenant in tenants] == after
    fleet.write()
    fleet.apply()
    assert all(fleet.row(tenant)["why"] == "" for tenant in tenants)


def test_no_more_than_so_many_may_fail(stack: Stack, fleet: Fleet) -> None:
    tenants = fleet.start("a-first", "b-bad", "c-bad", "d-fine", "e-last")
    for tenant in tenants[1:3]:
        stack.get(tenant, "/keep", method="POST")
    picky = ("--image", stack.image("picky"), "--canary", tenants[0], "--batch", "1")
    update(stack, *picky, "--max-failures", "1", code=1)
    states = ["updated", "failed", "failed", "waiting", "waiting"]
    assert outcomes(stack) == dict(zip(tenants, states, strict=True))
    for tenant in tenants[1:3]:
        (stack.data(tenant) / "kept").unlink()
    update(stack, "--resume")
    assert modes(stack, tenants) == ["picky"] * 5
    assert set(outcomes(stack).values()) == {"updated"}


def test_it_goes_on_when_the_controller_was_killed(stack: Stack, fleet: Fleet) -> None:
    tenants = fleet.start(*FOUR)
    image = stack.image("newer")
    docker("exec", "--detach", stack.service("controller"),
           "tenantctl", "update", "--image", image, "--batch", "1")  # fmt: skip
    with load(stack.http_port, f"{tenants[3]}.localhost", clients=4) as found:
        for number in (1, 2):
            stack.wait_until("some are done", partial(so_many_are_done, stack, number))
            stack.kill_process(inspect(stack.service("controller"))["State"]["Pid"])
            stack.wait_for_controller()
        stack.wait_until("it is done", lambda: last(stack)["state"] == "done", 90)
    assert found.failures == {}
    assert modes(stack, tenants) == ["newer"] * 4
    assert set(outcomes(stack).values()) == {"updated"}
    assert stack.plan()["tenants"] == []


def test_it_can_be_stopped_and_goes_on_later(stack: Stack, fleet: Fleet) -> None:
    tenants = fleet.start(*FOUR)
    image = stack.image("newer")
    docker("exec", "--detach", stack.service("controller"),
           "tenantctl", "update", "--image", image, "--batch", "1")  # fmt: skip
    stack.wait_until("one is done", lambda: "updated" in outcomes(stack).values())
    refused = update(stack, code=1)
    assert "still going on" in refused.err
    written = stack.file.read_text()
    fleet.write()  # names the image of before
    crossed = stack.tenantctl("apply")
    assert crossed.code == 1
    assert "is going on, and tenants.yaml says" in crossed.err
    stack.file.write_text(written)
    update(stack, "--stop")
    assert last(stack)["state"] == "stopped"
    assert "waiting" in outcomes(stack).values()
    before = modes(stack, tenants)
    assert set(before) == {"good", "newer"}
    stack.apply()
    assert modes(stack, tenants) == before
    update(stack, "--resume")
    assert modes(stack, tenants) == ["newer"] * 4


def test_back_again_one_and_all(stack: Stack, fleet: Fleet) -> None:
    tenants = fleet.start(*FOUR)
    update(stack, "--image", stack.image("newer"))
    done = stack.tenantctl("rollback", tenants[1])
    assert done.code == 0, done.out + done.err
    assert modes(stack, tenants) == ["newer", "good", "newer", "newer"]
    stack.apply()
    assert modes(stack, tenants) == ["newer", "good", "newer", "newer"]
    assert "since the rollback" in fleet.row(tenants[1])["why"]
    done = stack.tenantctl("rollback", "--all", "--json")
    assert done.code == 0, done.out + done.err
    assert {row["state"] for row in done.json()["update"]["tenants"]} == {"updated"}
    assert modes(stack, tenants) == ["good"] * 4
    assert f"image: {stack.image()}" in stack.file.read_text()
    assert stack.plan()["tenants"] == []


def test_who_has_an_image_of_its_own_is_left_alone(stack: Stack, fleet: Fleet) -> None:
    pinned = fleet.add("pinned", "stubborn")
    (tenant,) = fleet.start("plain")
    done = update(stack, "--image", stack.image("newer"), "--json")
    assert done.json()["ok"] is True
    assert done.json()["update"]["pinned"] == [pinned]
    assert modes(stack, [pinned, tenant]) == ["stubborn", "newer"]
    refused = update(stack, pinned, "--image", stack.image("newer"), code=1)
    assert "image of its own" in refused.err


def test_a_sleeper_gets_it_and_sleeps_on(stack: Stack, fleet: Fleet) -> None:
    awake, sleeper = fleet.start("awake", "sleeper")
    assert stack.tenantctl("sleep", sleeper).code == 0
    update(stack, "--image", stack.image("newer"))
    assert fleet.row(sleeper)["state"] == "sleeping"
    assert modes(stack, [awake, sleeper]) == ["newer", "newer"]

"""A customer's container is replaced while people use it: nobody sees the gap, and what does not
work is taken back."""

from __future__ import annotations

import re

import pytest

from tests.support.stack import Done, Stack
from tests.support.stack_fleet import Fleet
from tests.support.stack_load import load, streaming

pytestmark = pytest.mark.docker

HELD = re.compile(r"held (\d+), longest (\d+\.\d) s, failed (\d+)")


def test_a_new_image_under_load_fails_no_request_and_loses_no_write(
    stack: Stack, fleet: Fleet
) -> None:
    (tenant,) = fleet.start("swapped")
    with load(stack.http_port, f"{tenant}.localhost") as found:
        stack.wait_until("the load runs", lambda: found.met[200] > 200)
        before = found.met[200]
        fleet.change(tenant, image=stack.image("newer"))
        done = fleet.apply()
        stack.wait_until("it goes on", lambda: found.met[200] > before + 400)
    assert found.failures == {}
    held = HELD.search(done.out)
    assert held is not None, done.out
    assert int(held[1]) > 0
    assert held[3] == "0"
    assert stack.get(tenant).json()["mode"] == "newer"
    assert found.kept <= set(stack.get(tenant, "/kept").json())
    assert held[0] in stack.tenantctl("events", tenant).out


def test_other_limits_are_a_swap_too_and_need_no_copy(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("limits")
    with load(stack.http_port, f"{tenant}.localhost", clients=4) as found:
        stack.wait_until("the load runs", lambda: found.met[200] > 20)
        fleet.change(tenant, tier="medium")
        done = fleet.apply()
    assert found.failures == {}
    assert "copy the data" not in done.out
    assert stack.get(tenant).json()["users"] == "7"


def test_what_takes_long_is_waited_for_before_anybody_is_held(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("download")
    host = f"{tenant}.localhost"
    with load(stack.http_port, host, clients=4) as found, streaming(stack, host, 4) as stream:
        fleet.change(tenant, tier="medium")
        done = fleet.apply()
        assert stream.rest().endswith("end\n")
    assert found.failures == {}
    held = HELD.search(done.out)
    assert held is not None and held[3] == "0", done.out


def test_an_endless_answer_is_cut_off_and_counted_and_nobody_else_fails(
    stack: Stack, fleet: Fleet
) -> None:
    (tenant,) = fleet.start("endless")
    host = f"{tenant}.localhost"
    with load(stack.http_port, host, clients=4) as found, streaming(stack, host, 200) as stream:
        fleet.change(tenant, tier="medium")
        done = fleet.apply()
        assert not stream.rest().endswith("end\n")
    assert found.failures == {}
    held = HELD.search(done.out)
    assert held is not None and held[3] == "1", done.out
    assert "failed 1 (1 cut: ran longer than 3 s)" in done.out


def failed(stack: Stack, fleet: Fleet, tenant: str, mode: str) -> Done:
    """An update to an image in this mode, which must fail."""
    fleet.change(tenant, image=stack.image(mode))
    done = stack.tenantctl("apply")
    assert done.code == 1, done.out + done.err
    return done


def test_an_image_that_does_not_start_touches_nobody(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("kept")
    before = fleet.life(tenant)
    with load(stack.http_port, f"{tenant}.localhost", clients=4) as found:
        done = failed(stack, fleet, tenant, "crash")
    assert found.failures == {}
    assert fleet.life(tenant) == before
    assert "cannot go on: the flux is missing" in done.out
    row = fleet.row(tenant)
    assert row["state"] == "running"
    assert "update failed" in row["why"]
    assert "still on image sha256:" in row["why"]


@pytest.mark.parametrize("mode", ["hang", "spoil"])
def test_an_image_that_never_gets_ready_is_taken_back_with_the_data(
    stack: Stack, fleet: Fleet, mode: str
) -> None:
    (tenant,) = fleet.start("undone")
    stack.ask(f"{tenant}.localhost", "/keep", method="POST")
    born = (stack.data(tenant) / "born").read_bytes()
    users = (stack.data(tenant) / "users.json").read_bytes()
    with load(stack.http_port, f"{tenant}.localhost", clients=4) as found:
        stack.wait_until("the load runs", lambda: found.met[200] > 20)
        done = failed(stack, fleet, tenant, mode)
        after = found.met[200]
        stack.wait_until("it goes on", lambda: found.met[200] > after + 20)
    assert found.failures == {}  # everybody was answered by the old one, within the hold
    assert found.kept <= set(stack.get(tenant, "/kept").json())
    held = HELD.search(done.out)
    assert held is not None and held[3] == "0", done.out
    assert "went back to what ran before" in done.out
    assert "no answer at /readyz within" in done.out
    assert f"stand-in {mode} starts" in done.out
    assert stack.get(tenant).json()["mode"] == "good"
    assert (stack.data(tenant) / "born").read_bytes() == born
    assert (stack.data(tenant) / "users.json").read_bytes() == users
    assert (stack.data(tenant)).stat().st_mode & 0o777 == 0o700
    life = fleet.life(tenant)
    stack.compose("restart", "controller")
    stack.wait_for_controller()
    assert "update failed" in fleet.row(tenant)["why"]
    assert fleet.life(tenant) == life
    fleet.change(tenant, image=stack.image("newer"))
    fleet.apply()
    assert stack.get(tenant).json()["mode"] == "newer"
    assert fleet.row(tenant)["why"] == ""

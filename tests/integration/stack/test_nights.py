"""Customers sleep when nobody uses them, are woken by who does, and are suspended and resumed."""

from __future__ import annotations

import pytest

from tests.support.docker_cli import inspect
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet
from tests.support.stack_load import load, streaming

pytestmark = pytest.mark.docker


def asleep(tenant: str) -> bool:
    return not inspect(f"tenant-{tenant}")["State"]["Running"]


def test_a_request_wakes_one_that_sleeps_and_is_answered(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("tired")
    born = (stack.data(tenant) / "born").read_bytes()
    for _ in range(2):
        done = stack.tenantctl("sleep", tenant)
        assert done.code == 0, done.out + done.err
        assert asleep(tenant)
        row = fleet.row(tenant)
        assert (row["state"], row["why"]) == ("sleeping", "")
        assert stack.status()["converged"] is True
        answer = stack.get(tenant, timeout=60)
        assert (answer.status, answer.json()["tenant"]) == (200, "Tired")
        stack.wait_for_state(tenant, "running")
    assert (stack.data(tenant) / "born").read_bytes() == born
    assert "crashed" not in stack.tenantctl("events", tenant).out


def test_it_sleeps_on_through_a_restart_of_the_controller_and_an_update(
    stack: Stack, fleet: Fleet
) -> None:
    (tenant,) = fleet.start("deep")
    assert stack.tenantctl("sleep", tenant).code == 0
    stack.compose("restart", "controller")
    stack.wait_for_controller()
    assert fleet.row(tenant)["state"] == "sleeping"
    fleet.change(tenant, image=stack.image("newer"))
    fleet.apply()
    stack.wait_until("it sleeps on", lambda: fleet.row(tenant)["state"] == "sleeping")
    stack.wait_until("it is stopped", lambda: asleep(tenant))
    assert stack.tenantctl("wake", tenant).code == 0
    assert stack.get(tenant).json()["mode"] == "newer"


def test_falling_asleep_under_load_fails_no_request(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("restless")
    with load(stack.http_port, f"{tenant}.localhost", clients=4) as found:
        stack.wait_until("the load runs", lambda: found.met[200] > 50)
        for _ in range(2):
            before = found.met[200]
            stack.tenantctl("sleep", tenant)  # it may stay awake: somebody is there all the time
            stack.wait_until("it goes on", lambda seen=before: found.met[200] > seen + 50, 60)
    assert found.failures == {}
    assert found.kept <= set(stack.get(tenant, "/kept").json())


def test_who_is_at_work_stays_awake_and_nobody_is_held_for_it(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("busy")
    host = f"{tenant}.localhost"
    with streaming(stack, host, 200):
        done = stack.tenantctl("sleep", tenant)
        assert done.code == 1
        assert "stays awake: 1 request is under way" in done.out + done.err
    assert "hold the requests" not in done.out
    assert fleet.row(tenant)["state"] == "running"


def test_who_is_idle_for_long_enough_falls_asleep(stack: Stack, fleet: Fleet) -> None:
    sleeper = fleet.add("idle", sleep_after="30s")
    awake = fleet.add("awake", sleep_after="30s", always_on=True)
    fleet.apply()
    stack.wait_for_state(sleeper, "sleeping", 120)  # on record before it is stopped
    stack.wait_until("it is stopped", lambda: asleep(sleeper))
    assert fleet.row(awake)["state"] == "running"
    refused = stack.tenantctl("sleep", awake)
    assert refused.code == 1
    assert "always on" in refused.err
    fleet.change(sleeper, always_on=True)
    fleet.apply()
    assert fleet.row(sleeper)["state"] == "running"


def test_suspended_and_resumed(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("broke")
    born = (stack.data(tenant) / "born").read_bytes()
    assert stack.tenantctl("suspend", tenant).code == 0
    assert asleep(tenant)
    assert fleet.row(tenant)["state"] == "suspended"
    answer = stack.get(tenant, headers={"Accept": "text/html"})
    assert answer.status == 503
    assert "paused" in answer.body
    assert stack.tenantctl("wake", tenant).code == 1
    done = stack.tenantctl("resume", tenant)
    assert done.code == 0, done.out + done.err
    assert stack.get(tenant).status == 200
    assert (stack.data(tenant) / "born").read_bytes() == born

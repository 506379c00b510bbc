"""A bad tenants.yaml holds back what it is wrong about, and takes nothing away."""

from __future__ import annotations

import pytest

from tests.support.docker_cli import inspect
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker


def test_an_error_in_one_tenant_holds_back_that_tenant_alone(stack: Stack, fleet: Fleet) -> None:
    bad, good = fleet.start("bad", "good")
    before, others = fleet.life(bad), fleet.life(good)
    fleet.change(bad, tier="gigantic")
    fleet.change(good, tier="medium")
    late = fleet.add("late")
    done = stack.tenantctl("apply")
    assert done.code == 1
    assert "gigantic" in done.out + done.err
    assert fleet.life(bad) == before
    assert stack.get(bad).status == 200
    assert fleet.life(good)[0] != others[0]
    assert inspect(f"tenant-{good}")["HostConfig"]["Memory"] == 192 * 1024 * 1024
    assert stack.get(late).status == 200
    row = fleet.row(bad)
    assert row["state"] == "running"
    assert "gigantic" in row["why"]
    fleet.change(bad, tier="small")
    fleet.apply()
    assert fleet.row(bad)["why"] == ""


@pytest.mark.parametrize(
    "text",
    ["tenants: {a: [", "", "\x00\x01", "- not\n- a\n- fleet\n", "tenants: {}\ntenants: {}\n"],
    ids=["syntax", "empty", "binary", "list", "twice"],
)
def test_an_unreadable_file_changes_nothing(stack: Stack, fleet: Fleet, text: str) -> None:
    (tenant,) = fleet.start("safe")
    before = fleet.life(tenant)
    stack.file.write_text(text)
    done = stack.tenantctl("apply", "--json")
    assert done.code == 1
    assert done.json()["error"]["kind"] == "FleetInvalid"
    assert done.json()["error"]["problems"]
    assert fleet.life(tenant) == before
    assert stack.get(tenant).status == 200
    assert fleet.row(tenant)["state"] == "running"


def test_a_file_that_is_gone_changes_nothing(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("safe")
    before = fleet.life(tenant)
    stack.file.unlink()
    assert stack.tenantctl("apply").code == 1
    stack.compose("restart", "controller")
    stack.wait_for_controller()
    assert fleet.life(tenant) == before
    assert fleet.row(tenant)["state"] == "running"


def test_with_watch_a_good_save_is_applied_and_a_bad_one_is_shown(
    stack: Stack, fleet: Fleet
) -> None:
    fleet.top["watch"] = True
    (first,) = fleet.start("first")
    before = fleet.life(first)
    second = fleet.add("second")
    stack.wait_until("the save is applied", lambda: stack.get(second).status == 200)

    stack.file.write_text("tenants: {a: [")
    shown = stack.wait_until("the bad save is shown", lambda: stack.status().get("problems"))
    assert "the last save was not applied" in " ".join(shown)
    assert [stack.get(tenant).status for tenant in (first, second)] == [200, 200]

    fleet.write()
    stack.wait_until("the problem is gone", lambda: not stack.status().get("problems"))
    fleet.drop(second)
    stack.wait_until("the removal is applied", lambda: stack.get(second).status == 404)
    assert fleet.life(first) == before

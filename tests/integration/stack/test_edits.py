"""tenants.yaml is edited and applied: what changes, changes, and nobody else notices."""

from __future__ import annotations

import json

import pytest

from tests.support.docker_cli import exists, inspect
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker


def test_saving_without_apply_changes_nothing(stack: Stack, fleet: Fleet) -> None:
    (first,) = fleet.start("first")
    before = fleet.life(first)
    second = fleet.add("second")
    fleet.change(first, tier="medium")
    planned = {one["tenant"]: one["action"] for one in stack.plan()["tenants"]}
    assert planned == {first: "swap", second: "start"}
    assert fleet.life(first) == before
    assert not exists("container", f"tenant-{second}")
    assert stack.get(second).status == 404


def test_a_third_customer_is_routed_and_the_first_two_notice_nothing(
    stack: Stack, fleet: Fleet
) -> None:
    two = fleet.start("one", "two")
    before = [fleet.life(tenant) for tenant in two]
    with stack.visitors(*two) as visits:
        third = fleet.add("three")
        fleet.apply()
        assert stack.get(third).json()["tenant"] == "Three"
    assert [fleet.life(tenant) for tenant in two] == before
    assert visits.failures == {}
    assert visits.count > 20


def test_a_changed_limit_remakes_that_tenant_alone_and_holds_its_visitors(
    stack: Stack, fleet: Fleet
) -> None:
    changed, other = fleet.start("changed", "other")
    before, others = fleet.life(changed), fleet.life(other)
    born = (stack.data(changed) / "born").read_text()
    with stack.visitors(changed, other) as visits:
        fleet.change(changed, tier="medium")
        done = fleet.apply("--json").json()
    assert fleet.life(changed)[0] != before[0]
    assert fleet.life(other) == others
    assert {line["tenant"] for line in done["progress"]} == {changed}
    assert inspect(f"tenant-{changed}")["HostConfig"]["Memory"] == 192 * 1024 * 1024
    assert stack.get(changed).json()["users"] == "7"
    assert (stack.data(changed) / "born").read_text() == born
    assert visits.failures == {}
    assert visits.met[f"{changed}.localhost"][200] > 5


def test_a_new_domain_re_routes_and_restarts_nobody(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("moved")
    before = fleet.life(tenant)
    fleet.change(tenant, domains=["moved.example"])
    fleet.apply()
    assert stack.ask("moved.example").json()["tenant"] == "Moved"
    fleet.change(tenant, domains=[])
    fleet.apply()
    assert stack.ask("moved.example").status == 404
    assert fleet.life(tenant) == before


def test_limits_of_requests_hold_for_that_tenant_alone_and_restart_nobody(
    stack: Stack, fleet: Fleet
) -> None:
    slow, other = fleet.start("slow", "other")
    before = [fleet.life(slow), fleet.life(other)]
    fleet.change(slow, requests_per_second=1, hold_for="9s")
    fleet.apply()
    assert {stack.get(slow).status for _ in range(20)} == {200, 429}
    assert {stack.get(other).status for _ in range(20)} == {200}
    shown = stack.tenantctl("status", slow).out
    assert "at most 1 a second" in shown
    assert "held for 9 s" in shown
    checks = json.loads(stack.tenantctl("doctor", "--json").out)["checks"]
    told = {check["name"]: check["detail"] for check in checks}
    assert slow in told["limits"]
    assert other not in told["limits"]
    assert "counts connections" in told["host firewall"]
    fleet.change(slow, requests_per_second=1_000_000)
    fleet.apply()
    assert {stack.get(slow).status for _ in range(20)} == {200}
    assert [fleet.life(slow), fleet.life(other)] == before


def test_a_removed_tenant_retires_and_comes_back_with_its_data(stack: Stack, fleet: Fleet) -> None:
    leaving, staying = fleet.start("leaving", "staying")
    card = json.loads((stack.data(leaving) / "tenant.json").read_text())
    kept = stack.data(leaving) / "files" / "kept.csv"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("a,b\n1,2\n")
    owner = stack.data(leaving).stat().st_uid

    fleet.drop(leaving)
    fleet.apply()
    assert fleet.row(leaving)["state"] == "retired"
    assert stack.get(leaving).status == 404
    assert not exists("container", f"tenant-{leaving}")
    assert not exists("network", f"tenant-{leaving}")
    assert kept.read_text() == "a,b\n1,2\n"
    assert stack.get(staying).status == 200

    fleet.add("leaving")
    fleet.apply()
    assert stack.get(leaving).json()["tenant"] == "Leaving"
    assert json.loads((stack.data(leaving) / "tenant.json").read_text()) == card
    assert kept.read_text() == "a,b\n1,2\n"
    assert stack.data(leaving).stat().st_uid == owner == card["uid"]
    user = inspect(f"tenant-{leaving}")["Config"]["User"]
    assert user == f"{card['uid']}:{card['uid']}"


def test_a_suspended_tenant_stops_and_says_so(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("paused")
    fleet.change(tenant, state="suspended")
    fleet.apply()
    assert fleet.row(tenant)["state"] == "suspended"
    assert inspect(f"tenant-{tenant}")["State"]["Status"] == "exited"
    answer = stack.get(tenant)
    assert (answer.status, answer.headers["retry-after"]) == (503, "3600")
    fleet.change(tenant, state="running")
    fleet.apply()
    assert stack.get(tenant).status == 200

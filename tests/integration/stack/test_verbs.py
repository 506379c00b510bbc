"""The other verbs of tenantctl, on a platform that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def one(stack: Stack) -> Iterator[tuple[Fleet, str]]:
    fleet = Fleet(stack)
    (tenant,) = fleet.start("one")
    yield fleet, tenant
    fleet.clear()


def test_logs(stack: Stack, one: tuple[Fleet, str]) -> None:
    found = stack.tenantctl("logs", one[1], "--tail", "1")
    assert found.code == 0
    assert re.match(r"stand-in good starts as 100\d{3}\n", found.out)
    unknown = stack.tenantctl("logs", "nobody")
    assert (unknown.code, unknown.out) == (1, "")
    assert "nobody" in unknown.err


def test_events(stack: Stack, one: tuple[Fleet, str]) -> None:
    found = stack.tenantctl("events", one[1], "--json").json()["events"]
    assert [(event["tenant"], event["kind"]) for event in found][-1] == (one[1], "started")
    everybody = stack.tenantctl("events", "--limit", "2", "--json").json()["events"]
    assert len(everybody) == 2


def test_credentials_are_shown_until_they_are_used(stack: Stack, one: tuple[Fleet, str]) -> None:
    file = stack.data(one[1]) / "initial-admin-password"
    password = file.read_text()
    found = stack.tenantctl("credentials", one[1], "--json").json()
    assert found == {"username": "admin", "password": password, "state": "unused"}
    assert password in stack.tenantctl("credentials").out
    file.unlink()
    used = stack.tenantctl("credentials", one[1], "--json").json()
    assert used == {"username": "admin", "password": None, "state": "used"}
    assert stack.tenantctl("credentials", "nobody").code == 1


def test_doctor(stack: Stack, one: tuple[Fleet, str]) -> None:
    found = stack.tenantctl("doctor", "--json")
    checks = {check["name"]: check["ok"] for check in found.json()["checks"]}
    assert {"Docker engine", "images", "host firewall", "tenants.yaml", "routes"} <= set(checks)
    assert {name for name, ok in checks.items() if not ok} <= {"disk"}


def test_restart_gives_a_new_process_and_holds_or_excuses_visitors(
    stack: Stack, one: tuple[Fleet, str]
) -> None:
    fleet, tenant = one
    before = fleet.life(tenant)
    with stack.visitors(tenant) as visits:
        done = stack.tenantctl("restart", tenant)
    assert done.code == 0, done.err
    after = fleet.life(tenant)
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert set(visits.failures.get(f"{tenant}.localhost", {})) <= {503}
    assert stack.tenantctl("restart", "nobody").code == 1


def test_restarts_and_applies_at_once_end_with_one_container_that_answers(
    stack: Stack, one: tuple[Fleet, str]
) -> None:
    fleet, tenant = one
    fleet.change(tenant, name="Called otherwise")
    with ThreadPoolExecutor(3) as all_at_once:
        restarts = [all_at_once.submit(stack.tenantctl, "restart", tenant) for _ in range(2)]
        applied = all_at_once.submit(fleet.apply)
    assert applied.result().code == 0
    assert [one.result().code for one in restarts] == [0, 0]
    assert stack.get(tenant).status == 200
    assert fleet.row(tenant)["name"] == "Called otherwise"
    assert stack.tenantctl("plan", "--json").json()["tenants"] == []


def test_wrong_usage_is_2_and_refusals_are_1(stack: Stack) -> None:
    assert stack.tenantctl("no-such-verb").code == 2
    assert stack.tenantctl("status", "nobody").code == 1
    assert stack.tenantctl("status", "nobody", "--json").json()["error"]["kind"] == "UnknownTenant"

"""Traefik, edge and controller come and go: no tenant restarts, and every route is served."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.docker_cli import docker
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def two(stack: Stack) -> Iterator[tuple[Fleet, list[str]]]:
    fleet = Fleet(stack)
    yield fleet, fleet.start("ada", "bob")
    fleet.clear()


def lives(two: tuple[Fleet, list[str]]) -> list[tuple[str, str, int]]:
    return [two[0].life(tenant) for tenant in two[1]]


@pytest.mark.parametrize("act", ["restart", "kill"])
@pytest.mark.parametrize("service", ["controller", "edge"])
def test_visitors_do_not_notice(
    stack: Stack, two: tuple[Fleet, list[str]], service: str, act: str
) -> None:
    before = lives(two)
    with stack.visitors(*two[1]) as visits:
        docker(act, stack.service(service), timeout=90)
        if act == "kill":  # The engine takes a kill for an operator's wish, and lets it lie.
            assert [stack.get(tenant).status for tenant in two[1]] == [200, 200]
            docker("start", stack.service(service))
        stack.wait_for_controller()
        stack.wait_until("it is settled", lambda: stack.status()["converged"])
    assert visits.failures == {}
    assert lives(two) == before
    stack.wait_until("the gate answers", lambda: stack.get("nobody").status == 404)


@pytest.mark.parametrize("act", ["restart", "kill"])
def test_traefik_serves_every_route_as_soon_as_it_is_back(
    stack: Stack, two: tuple[Fleet, list[str]], act: str
) -> None:
    before = lives(two)
    docker(act, stack.service("traefik"), timeout=90)
    if act == "kill":
        docker("start", stack.service("traefik"))
    stack.wait_until("both are served", lambda: _all_served(stack, two[1]))
    stack.wait_until("the routes are confirmed", lambda: stack.status()["routes_confirmed"])
    assert lives(two) == before


def _all_served(stack: Stack, tenants: list[str]) -> bool:
    try:
        return all(stack.get(tenant).status == 200 for tenant in tenants)
    except OSError:
        return False


def test_a_controller_that_crashes_is_started_by_the_engine(
    stack: Stack, two: tuple[Fleet, list[str]]
) -> None:
    before = lives(two)
    pid = docker("inspect", "-f", "{{.State.Pid}}", stack.service("controller"))
    run = docker("inspect", "-f", "{{.State.StartedAt}}", stack.service("controller"))
    stack.kill_process(int(pid))
    stack.wait_until(
        "it was started again",
        lambda: docker("inspect", "-f", "{{.State.StartedAt}}", stack.service("controller")) != run,
    )
    stack.wait_for_controller()
    assert lives(two) == before


def test_all_three_may_be_taken_down_and_up(stack: Stack, two: tuple[Fleet, list[str]]) -> None:
    before = lives(two)
    stack.compose("down")
    assert lives(two) == before
    stack.start()
    stack.wait_until("both are served", lambda: _all_served(stack, two[1]))
    status = stack.wait_until("it is settled", lambda: _settled(stack))
    assert {row["state"] for row in status["tenants"] if row["id"] in two[1]} == {"running"}
    assert lives(two) == before


def _settled(stack: Stack) -> dict[str, object] | None:
    status = stack.status()
    return status if status["converged"] and status["routes_confirmed"] else None


def test_what_was_broken_while_the_controller_was_away_is_mended_when_it_is_back(
    stack: Stack, two: tuple[Fleet, list[str]]
) -> None:
    fleet, (ada, bob) = two
    before = fleet.life(bob)
    docker("stop", stack.service("controller"), timeout=60)
    docker("rm", "--force", f"tenant-{ada}")
    docker("start", stack.service("controller"))
    stack.wait_for_controller()
    stack.wait_until("it answers again", lambda: stack.get(ada).status == 200)
    assert fleet.life(bob) == before


def test_a_second_controller_on_the_same_data_root_refuses(
    stack: Stack, two: tuple[Fleet, list[str]]
) -> None:
    before = lives(two)
    second = stack.compose("run", "--rm", "--no-deps", "--name", f"{stack.project}-second",
                           "controller", check=False)  # fmt: skip
    assert second.code == 1
    assert "another controller works on" in second.err
    assert stack.tenantctl("status").code == 0
    assert lives(two) == before

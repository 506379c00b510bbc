"""The engine does not answer, or nonsense: what cannot be seen is unknown, and nothing is lost."""

from __future__ import annotations

import pytest

from tests.support.docker_cli import docker
from tests.support.engine_proxy import EngineProxy, Mode
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker


@pytest.mark.parametrize("mode", ["drop", "500"])
def test_nothing_is_stopped_or_unrouted_and_all_recovers(
    stack: Stack, fleet: Fleet, proxy: EngineProxy, mode: Mode
) -> None:
    calm, hurt = fleet.start("calm", "hurt")
    before, routes = fleet.life(calm), stack.routes_file.read_text()
    with stack.visitors(calm) as visits:
        proxy.become(mode)
        shown = stack.wait_until("it is shown", lambda: stack.status().get("problems"))
        assert "look at containers and networks" in " ".join(shown)
        docker("kill", f"tenant-{hurt}")
        late = fleet.add("late")
        refused = stack.tenantctl("apply")
        assert refused.code == 1
        assert "engine" in refused.err
        assert not stack.status()["converged"]
        assert fleet.life(calm) == before
        assert stack.routes_file.read_text() == routes
        assert stack.get(hurt).status == 503
        assert "FAIL  Docker engine" in stack.tenantctl("doctor").out

        proxy.become("pass")
        stack.wait_until("the other is healed", lambda: stack.get(hurt).status == 200)
        stack.wait_until("it is settled", lambda: stack.status()["converged"])
        assert stack.status().get("problems", []) == []
        fleet.apply()
    assert stack.get(late).status == 200
    assert visits.failures == {}
    assert fleet.life(calm) == before


def test_an_engine_that_hangs_stops_nothing(stack: Stack, fleet: Fleet, proxy: EngineProxy) -> None:
    calm, hurt = fleet.start("calm", "hurt")
    before, routes = fleet.life(calm), stack.routes_file.read_text()
    with stack.visitors(calm) as visits:
        proxy.become("hang")
        docker("kill", f"tenant-{hurt}")
        assert stack.get(hurt).status == 503
        assert stack.get("nobody").status == 404
        assert stack.routes_file.read_text() == routes
        proxy.become("pass")
        stack.wait_until("the other is healed", lambda: stack.get(hurt).status == 200)
    assert visits.failures == {}
    assert fleet.life(calm) == before


def test_a_controller_that_starts_without_an_engine_waits_for_it(
    stack: Stack, fleet: Fleet, proxy: EngineProxy
) -> None:
    (tenant,) = fleet.start("calm")
    before = fleet.life(tenant)
    with stack.visitors(tenant) as visits:
        proxy.become("drop")
        docker("restart", stack.service("controller"), timeout=60)
        stack.wait_for_controller()
        assert stack.status()["problems"]
        assert fleet.life(tenant) == before
        proxy.become("pass")
        stack.wait_until("it is settled", lambda: stack.status()["converged"])
    assert visits.failures == {}
    assert fleet.life(tenant) == before

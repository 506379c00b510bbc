"""The edge and Traefik are killed while people work: nothing acknowledged is lost, and they are
back by themselves."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.docker_cli import docker
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet
from tests.support.stack_load import Load, load

pytestmark = pytest.mark.docker
READERS = 12


def started_at(stack: Stack, service: str) -> str:
    return docker("inspect", "-f", "{{.State.StartedAt}}", stack.service(service))


def kill(stack: Stack, service: str) -> None:
    """Kill -9 of its first process, for the engine to start it again."""
    run = started_at(stack, service)
    stack.kill_process(int(docker("inspect", "-f", "{{.State.Pid}}", stack.service(service))))
    stack.wait_until(f"{service} was started again", lambda: started_at(stack, service) != run, 60)


def test_kill_9_of_the_edge_under_load_fails_no_request(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("busy")
    before = fleet.life(tenant)
    with load(stack.http_port, f"{tenant}.localhost") as found:
        stack.wait_until("the load runs", lambda: found.met[200] > 200, 60)
        kill(stack, "edge")
        seen = found.met[200]
        stack.wait_until("it goes on", lambda: found.met[200] > seen + 200, 90)
    assert found.failures == {}
    assert found.kept <= set(stack.get(tenant, "/kept").json())
    assert fleet.life(tenant) == before
    stack.wait_until("the gate answers", lambda: stack.get("nobody").status == 404)


def test_kill_9_of_the_edge_in_a_swap_loses_no_write(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("swapped")
    with load(stack.http_port, f"{tenant}.localhost", clients=8) as found:
        stack.wait_until("the load runs", lambda: found.met[200] > 100, 60)
        fleet.change(tenant, tier="medium")
        assert stack.tenantctl("apply", "--no-wait").code == 0
        kill(stack, "edge")
        stack.wait_until("it is settled", lambda: stack.status()["converged"], 90)
        seen = found.met[200]
        stack.wait_until("it goes on", lambda: found.met[200] > seen + 100, 90)
    assert stack.get(tenant).json()["users"] == "7"
    assert found.kept <= set(stack.get(tenant, "/kept").json())


def test_reads_that_a_killed_edge_held_are_answered_and_the_rest_is_told_as_unknown(
    stack: Stack, fleet: Fleet
) -> None:
    (tenant,) = fleet.start("forgotten")
    with (
        ThreadPoolExecutor(READERS) as threads,
        load(stack.http_port, f"{tenant}.localhost", clients=8) as found,
    ):
        stack.wait_until("the load runs", lambda: found.met[200] > 100, 60)
        fleet.change(tenant, image=stack.image("hang"))  # never ready: a long hold
        assert stack.tenantctl("apply", "--no-wait").code == 0
        stack.wait_until("all are held", lambda: _is_still(found), 60)
        reads = [threads.submit(stack.get, tenant, timeout=90) for _ in range(READERS)]
        stack.wait_until("all are held", lambda: _is_still(found), 60)
        assert not any(read.done() for read in reads)
        kill(stack, "edge")
        assert {read.result().status for read in reads} == {200}
        stack.wait_until("it is over", lambda: "went back" in events(stack, tenant), 90)
    assert "failed unknown (the edge did not tell" in events(stack, tenant)
    assert found.kept <= set(stack.get(tenant, "/kept").json())


def events(stack: Stack, tenant: str) -> str:
    return stack.tenantctl("events", tenant).out


def _is_still(found: Load) -> bool:
    """Nobody was answered for a while."""
    before = found.met.total()
    time.sleep(1)
    return found.met.total() == before


def test_kill_9_of_traefik_under_load_loses_no_write(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("busy")
    before = fleet.life(tenant)
    with load(stack.http_port, f"{tenant}.localhost", clients=4) as found:
        stack.wait_until("the load runs", lambda: found.met[200] > 100, 60)
        kill(stack, "traefik")
        seen = found.met[200]
        stack.wait_until("it goes on", lambda: found.met[200] > seen + 100, 90)
    # Cut off; or a moment too early: Traefik listens before it has read its routes.
    assert {how for how in found.met if isinstance(how, int)} <= {200, 404}
    assert found.kept <= set(stack.get(tenant, "/kept").json())
    assert fleet.life(tenant) == before
    stack.wait_until("the routes are confirmed", lambda: stack.status()["routes_confirmed"])

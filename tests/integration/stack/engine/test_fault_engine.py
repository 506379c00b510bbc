"""The engine is slow, lies, dies in mid-step or talks without end: what was asked for comes to be.

The engine of this machine serves others too, so it is not stopped: a proxy on its socket does to
the controller what a bad engine would.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.support.docker_cli import docker, exists, inspect
from tests.support.engine_proxy import EngineProxy, Mode
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet
from tests.support.stack_load import load

pytestmark = pytest.mark.docker

PATIENCE_S = 90


@pytest.fixture
def good_again(proxy: EngineProxy) -> Iterator[None]:
    yield
    proxy.become("pass")


def settled(stack: Stack) -> bool:
    status = stack.status()
    return bool(status["converged"] and status["routes_confirmed"])


@pytest.mark.parametrize("mode", ["slow", "lie"])
def test_a_tenant_comes_to_be_although_the_engine_is(
    stack: Stack, fleet: Fleet, proxy: EngineProxy, good_again: None, mode: Mode
) -> None:
    (calm,) = fleet.start("calm")
    before = fleet.life(calm)
    with stack.visitors(calm) as visits:
        proxy.become(mode)
        made = fleet.add("made")
        assert stack.tenantctl("apply", "--no-wait").code == 0
        stack.wait_until("it is settled", lambda: settled(stack), PATIENCE_S)
        assert stack.get(made).status == 200
        proxy.become("pass")
    assert visits.failures == {}
    assert fleet.life(calm) == before
    names = docker("ps", "--all", "--format", "{{.Names}}", "--filter", f"name=tenant-{made}")
    assert names.split() == [f"tenant-{made}"]
    assert ("failed" in stack.tenantctl("events", made).out) == (mode == "lie")


def test_answers_cut_off_in_their_middle_stop_nothing(
    stack: Stack, fleet: Fleet, proxy: EngineProxy, good_again: None
) -> None:
    calm, hurt = fleet.start("calm", "hurt")
    before, routes = fleet.life(calm), stack.routes_file.read_text()
    with stack.visitors(calm) as visits:
        proxy.become("cut")
        stack.wait_until("it is shown", lambda: stack.status().get("problems"))
        docker("kill", f"tenant-{hurt}")
        assert stack.tenantctl("apply").code == 1
        assert stack.routes_file.read_text() == routes
        proxy.become("pass")
        stack.wait_until("the other is healed", lambda: stack.get(hurt).status == 200)
    assert visits.failures == {}
    assert fleet.life(calm) == before
    assert "crashed" in stack.tenantctl("events", hurt).out


DEATHS = {
    "making the container": r"POST \S+/containers/create\?name=tenant",
    "lending it processor time": r"POST \S+/containers/\w+/update",
    "starting it": r"POST \S+/containers/\w+/start",
}


@pytest.mark.parametrize("doing", DEATHS)
def test_an_engine_that_dies_while(
    stack: Stack, fleet: Fleet, proxy: EngineProxy, good_again: None, doing: str
) -> None:
    proxy.die_at(DEATHS[doing])
    made = fleet.add("made")
    stack.tenantctl("apply", "--no-wait")
    assert proxy.trapped.wait(PATIENCE_S)
    stack.wait_until("it is shown", lambda: stack.status().get("problems"))
    proxy.become("pass")
    stack.wait_until("it is served", lambda: stack.get(made).status == 200, PATIENCE_S)
    stack.wait_until("it is settled", lambda: settled(stack))
    assert stack.plan()["tenants"] == []
    assert [*inspect(f"tenant-{made}")["NetworkSettings"]["Networks"]] == [f"tenant-{made}"]


SWAP_DEATHS = {
    "stopping the old one": r"POST \S+/containers/\w+/stop",
    "making the new one": r"POST \S+/containers/create\?name=tenant",
    "lending processor time": r"POST \S+/containers/\w+/update",
}


@pytest.mark.parametrize("doing", SWAP_DEATHS)
def test_a_swap_is_finished_after_an_engine_that_died_while(
    stack: Stack, fleet: Fleet, proxy: EngineProxy, good_again: None, doing: str
) -> None:
    (tenant,) = fleet.start("swapped")
    with load(stack.http_port, f"{tenant}.localhost", clients=4) as found:
        stack.wait_until("the load runs", lambda: found.met[200] > 20)
        fleet.change(tenant, tier="medium")  # no new image, so that nothing is tried before
        proxy.die_at(SWAP_DEATHS[doing])
        stack.tenantctl("apply", "--no-wait")
        assert proxy.trapped.wait(PATIENCE_S)
        proxy.become("pass")
        before = found.met[200]
        stack.wait_until("it goes on", lambda: found.met[200] > before + 50, PATIENCE_S)
        stack.wait_until("it is settled", lambda: settled(stack), PATIENCE_S)
    assert stack.get(tenant).json()["users"] == "7"
    assert found.kept <= set(stack.get(tenant, "/kept").json())
    assert found.failures == {}


def test_a_thousand_events_a_second_keep_nobody_from_being_healed(
    stack: Stack, fleet: Fleet, proxy: EngineProxy, good_again: None
) -> None:
    calm, hurt = fleet.start("calm", "hurt")
    before, run = fleet.life(calm), stack.get(hurt).json()["run"]
    labels = {"orchestrator.instance": stack.instance, "orchestrator.tenant": calm}
    event = {"Type": "container", "Action": "start", "Actor": {"ID": "x", "Attributes": labels}}
    talker = threading.Thread(target=proxy.flood, args=(event, 5_000, 1_000))
    with stack.visitors(calm) as visits:
        talker.start()
        docker("kill", f"tenant-{hurt}")
        stack.wait_until("it is healed", lambda: _served_anew(stack, hurt, run))
        late = fleet.add("late")
        fleet.apply()
        assert stack.get(late).status == 200
        talker.join(60)
    assert not talker.is_alive()
    assert visits.failures == {}
    assert fleet.life(calm) == before
    assert exists("container", f"tenant-{hurt}")
    assert "crashed" in stack.tenantctl("events", hurt).out


def _served_anew(stack: Stack, tenant: str, run: str) -> bool:
    answer = stack.get(tenant)
    return answer.status == 200 and answer.json()["run"] != run

"""The Docker daemon itself is killed or stopped in the midst of a step, and started again: what was
asked for comes to be, and no customer's data is lost. It is an engine of the test's own."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.support.docker_cli import docker, inspect
from tests.support.own_engine import OwnEngine
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet
from tests.support.stack_load import load

pytestmark = pytest.mark.docker

IMAGES = "orchestrator-base:local", "orchestrator-traefik:local", "orchestrator:local"
PATIENCE_S = 120


@pytest.fixture(scope="module")
def engine(platform_images: None) -> Iterator[OwnEngine]:
    with OwnEngine() as made:
        made.start(live_restore=True)
        made.load(*IMAGES)
        with made.entered():
            yield made


@pytest.fixture(scope="module")
def stack(engine: OwnEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A platform on that engine."""
    made = Stack(tmp_path_factory.mktemp("daemon"))
    made.settings["DOCKER_SOCKET"] = str(engine.socket)
    try:
        made.prepare()
        made.start()
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="module", params=[True, False], ids=["live-restore", "without"])
def live_restore(engine: OwnEngine, stack: Stack, request: pytest.FixtureRequest) -> bool:
    """Whether containers outlive the daemon, from its next start on."""
    engine.stop()
    engine.start(live_restore=request.param)
    stack.wait_until("the platform is back", lambda: settled(stack), PATIENCE_S)
    return bool(request.param)


def settled(stack: Stack) -> bool:
    """Whether all is done; not while there is no controller to ask."""
    done = stack.tenantctl("status", "--json")
    if done.code:
        return False
    status = done.json()
    return bool(status["converged"] and status["routes_confirmed"])


def served(stack: Stack, tenant: str) -> bool:
    try:
        return stack.get(tenant).status == 200
    except OSError:  # Traefik ended with the daemon
        return False


@contextmanager
def at(event: str, container: str, act: Callable[[], None]) -> Iterator[threading.Event]:
    """Do it as soon as the daemon tells of this event; the value is set when that was done."""
    words = ("events", "--filter", f"container={container}", "--filter", f"event={event}")
    done = threading.Event()
    with subprocess.Popen(["docker", *words], stdout=subprocess.PIPE) as told:

        def wait() -> None:
            assert told.stdout is not None
            if told.stdout.readline():
                act()
                done.set()

        threading.Thread(target=wait, daemon=True).start()
        try:
            yield done
        finally:
            told.kill()


def check_whole(stack: Stack, tenant: str) -> None:
    """One container on its own network, served, and nothing left to do."""
    assert stack.get(tenant).status == 200
    assert stack.plan()["tenants"] == []
    names = docker("ps", "--all", "--format", "{{.Names}}", "--filter", f"name=tenant-{tenant}")
    assert names.split() == [f"tenant-{tenant}"]
    assert [*inspect(names)["NetworkSettings"]["Networks"]] == [f"tenant-{tenant}"]


@pytest.mark.parametrize("event", ["create", "start"])
def test_a_tenant_comes_to_be_although_the_daemon_was_killed_at(
    engine: OwnEngine, stack: Stack, fleet: Fleet, live_restore: bool, event: str
) -> None:
    (calm,) = fleet.start("calm")
    stack.get(calm, "/keep", method="POST")
    kept, before = stack.get(calm, "/kept").json(), fleet.life(calm)
    with stack.visitors(calm) as visits:
        made = fleet.add("made")
        with at(event, f"tenant-{made}", engine.kill) as killed:
            stack.tenantctl("apply", "--no-wait")
            assert killed.wait(PATIENCE_S)
        engine.start(live_restore=live_restore)
        stack.wait_until("it is served", lambda: served(stack, made), PATIENCE_S)
        stack.wait_until("it is settled", lambda: settled(stack), PATIENCE_S)
    for tenant in (calm, made):
        check_whole(stack, tenant)
    assert stack.get(calm, "/kept").json() == kept
    if live_restore:
        assert visits.failures == {}
        assert fleet.life(calm) == before


@pytest.mark.parametrize("how", ["killed at die", "killed at create", "stopped at die"])
def test_a_swap_is_finished_although_the_daemon_was(
    engine: OwnEngine, stack: Stack, fleet: Fleet, live_restore: bool, how: str
) -> None:
    event, end = how.split()[-1], engine.kill if how.startswith("killed") else engine.stop
    tenant, calm = fleet.start("swapped", "calm")
    born = (stack.data(tenant) / "born").read_text()
    before = fleet.life(calm)
    with load(stack.http_port, f"{tenant}.localhost", clients=4) as found:
        stack.wait_until("the load runs", lambda: found.met[200] > 20)
        fleet.change(tenant, tier="medium")
        with at(event, f"tenant-{tenant}", end) as ended:
            stack.tenantctl("apply", "--no-wait")
            assert ended.wait(PATIENCE_S)
        engine.start(live_restore=live_restore)
        seen = found.met[200]
        stack.wait_until("it goes on", lambda: found.met[200] > seen + 50, PATIENCE_S)
        stack.wait_until("it is settled", lambda: settled(stack), PATIENCE_S)
    check_whole(stack, tenant)
    assert stack.get(tenant).json()["users"] == "7"
    assert (stack.data(tenant) / "born").read_text() == born
    assert found.kept <= set(stack.get(tenant, "/kept").json())
    if live_restore:
        assert found.failures == {}
        assert fleet.life(calm) == before

"""The engine adapter against a real engine: making, seeing, stopping and removing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from orchestrator.core import names
from orchestrator.errors import EngineRefused, NameTaken, NotThere
from tests.integration.adapters.small_world import World, docker

pytestmark = pytest.mark.docker


def test_what_is_made_is_seen_and_making_it_again_changes_nothing(world: World) -> None:
    spec = world.start("made", 0)
    before = world.engine.snapshot()
    world.engine.create_network(spec)
    world.engine.create_container(spec)
    world.engine.start_container("tenant-made")
    assert world.engine.snapshot() == before

    (container,) = before.containers["made"]
    assert (container.name, container.state, container.index) == ("tenant-made", "running", 0)
    assert (container.address, container.image_id) == (spec.address, spec.image_id)
    assert (container.fingerprint, container.fields) == (spec.fingerprint, spec.container_fields)
    assert container.exit_code is None
    assert container.started_at > container.created_at > "2020"
    network = before.networks["made"]
    assert (network.subnet, network.bridge) == (spec.subnet, spec.bridge)
    assert (network.internal, network.icc) == (True, False)


def test_stop_returns_after_the_exit_and_all_removals_may_be_repeated(world: World) -> None:
    world.start("stopped", 1)
    container = world.container("stopped")
    network = world.engine.snapshot().networks["stopped"]
    for _ in range(2):
        world.engine.stop_container(container.id, 5)
        assert docker("inspect", "-f", "{{.State.Running}}", container.id) == "false"
    stopped = world.container("stopped")
    assert stopped.state == "exited"
    assert stopped.finished_at > stopped.started_at
    assert stopped.address == container.address  # still the one that it will have
    assert not world.engine.is_running("tenant-stopped")
    for _ in range(2):
        world.engine.remove_container(container.id)
        world.engine.remove_network(network.id)
    seen = world.engine.snapshot()
    assert "stopped" not in seen.containers
    assert "stopped" not in seen.networks
    world.engine.stop_container(container.id, 1)


def test_one_that_is_told_twice_ends_too_and_may_be_told_again(world: World) -> None:
    world.start("hurried", 1)
    container = world.container("hurried")
    for _ in range(2):
        world.engine.stop_container(container.id, 5, True)
        assert world.container("hurried").state == "exited"
    world.remove("hurried")


def test_a_restart_by_hand_shows_although_the_state_is_the_same(world: World) -> None:
    world.start("restarted", 2)
    before = world.container("restarted")
    docker("restart", "--time", "1", "tenant-restarted")
    after = world.container("restarted")
    assert (before.id, before.state) == (after.id, after.state)
    assert before.started_at < after.started_at


def test_an_exit_and_its_reason_show(world: World) -> None:
    spec = world.start("crashed", 3)
    docker("exec", "tenant-crashed", "python3", "-c", CRASH, check=False)
    docker("wait", "tenant-crashed")
    assert (world.container("crashed").state, world.container("crashed").exit_code) == ("exited", 3)
    world.engine.start_container("tenant-crashed")
    world.await_ready(spec)
    docker("exec", "tenant-crashed", "python3", "-c", EAT, check=False)
    docker("wait", "tenant-crashed")
    seen = world.container("crashed")
    assert seen.oom_killed
    assert seen.exit_code not in (None, 0)


CRASH = "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/crash', timeout=5)"
EAT = "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/eat', timeout=30)"


def test_a_paused_container_goes_on_or_stops(world: World) -> None:
    spec = world.start("paused", 4)
    docker("pause", "tenant-paused")
    assert world.container("paused").state == "paused"
    world.engine.start_container("tenant-paused")
    world.await_ready(spec)
    docker("pause", "tenant-paused")
    world.engine.stop_container(world.container("paused").id, 5)
    assert world.container("paused").state == "exited"


def test_memory_is_told_while_it_runs(world: World) -> None:
    world.start("memory", 5)
    container = world.container("memory")
    assert 1_000_000 < (world.engine.memory_bytes(container.id) or 0) < 128 * 1024 * 1024
    world.remove("memory")
    assert world.engine.memory_bytes(container.id) is None


def test_a_missing_data_directory_is_refused_and_not_made(world: World) -> None:
    spec = world.spec("homeless", 6)
    world.engine.create_network(spec)
    with pytest.raises(EngineRefused, match=spec.data_dir):
        world.engine.create_container(spec)
    assert not (world.root / "tenants" / "homeless").exists()


def test_without_an_image_nothing_is_created_and_the_mend_is_told(world: World) -> None:
    spec = replace(world.spec("imageless", 7), image_id=None)
    with pytest.raises(EngineRefused) as refusal:
        world.engine.create_container(spec)
    assert "make up" in refusal.value.mend
    gone = world.create("imageless", 7)
    world.remove("imageless")
    with pytest.raises(NotThere, match="image"):
        world.engine.create_container(replace(gone, image_id=f"sha256:{'0' * 64}"))
    assert world.engine.image_id("no-such-image:anywhere") is None


def test_foreign_containers_are_named_and_never_touched(world: World) -> None:
    other = world.new_engine("somebody-else")
    theirs = world.start("foreign", 8)
    try:
        assert "tenant-foreign" in other.snapshot().foreign_names
        assert "foreign" not in other.snapshot().containers
        container = world.container("foreign")
        for act in (
            lambda: other.create_container(theirs),
            lambda: other.start_container("tenant-foreign"),
            lambda: other.stop_container(container.id, 1),
            lambda: other.remove_container(container.id),
            lambda: other.remove_network(world.engine.snapshot().networks["foreign"].id),
            lambda: other.logs("tenant-foreign", 5),
        ):
            with pytest.raises(NameTaken, match="foreign"):
                act()
        assert world.container("foreign") == container
        assert not other.is_running("tenant-foreign")
    finally:
        other.close()


@pytest.mark.parametrize("held", ["name", "subnet", "bridge"])
def test_a_foreign_network_in_the_way_is_named(world: World, held: str) -> None:
    spec = world.spec("crowded", 9)
    name = names.network_name(spec.id) if held == "name" else "test-in-the-way"
    subnet = spec.subnet if held == "subnet" else "10.213.250.0/29"
    bridge = spec.bridge if held == "bridge" else "btaway"
    option = f"com.docker.network.bridge.name={bridge}"
    docker("network", "create", "--internal", "--subnet", subnet, "--opt", option, name)
    try:
        with pytest.raises(NameTaken, match=rf"{name}.*{held}") as refusal:
            world.engine.create_network(spec)
        assert refusal.value.mend
    finally:
        docker("network", "rm", name)
    world.engine.create_network(spec)
    world.remove("crowded")


def test_a_network_with_a_straggler_is_not_removed(world: World) -> None:
    world.start("straggler", 10)
    network = world.engine.snapshot().networks["straggler"]
    with pytest.raises(EngineRefused, match="tenant-straggler"):
        world.engine.remove_network(network.id)
    assert world.engine.snapshot().networks["straggler"] == network


def test_many_threads_at_once(world: World) -> None:
    world.start("busy", 11)
    with ThreadPoolExecutor(64) as threads:
        seen = list(threads.map(lambda _: world.container("busy").state, range(256)))
    assert set(seen) == {"running"}

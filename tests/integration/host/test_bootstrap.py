"""The host scripts against the real engine: nothing is changed twice, nothing foreign at all."""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.docker_cli import docker, exists, inspect
from tests.support.shell import TOP, run
from tests.support.stack_http import ask
from tests.support.stack_site import free_pool

GENERATION = """
http:
  routers:
    live:
      rule: Host(`live.invalid`)
      entryPoints: [web]
      service: ping@internal
"""

pytestmark = pytest.mark.docker


def nft(*words: str) -> str:
    """nft in the host's network, from the platform's image: the host need not have it."""
    power = "--user 0:0 --cap-drop ALL --cap-add NET_ADMIN --network host".split()
    return docker("run", "--rm", *power, "orchestrator:local", "nft", *words)


def test_an_engine_that_answers_is_left_alone() -> None:
    before = docker("info", "--format", "{{.ID}} {{.ServerVersion}}")
    answer = run(str(TOP / "bin/engine"), INSTALL_DOCKER="no")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("  ok  Docker Engine ")
    assert len(answer.stdout.splitlines()) == 1
    assert docker("info", "--format", "{{.ID}} {{.ServerVersion}}") == before


def test_unchanged_images_are_not_built_again() -> None:
    images = ["orchestrator-base:local", "orchestrator-traefik:local", "orchestrator:local"]
    images.append("data-agent:latest")
    assert run(str(TOP / "bin/images"), timeout=280).returncode == 0
    before = docker("image", "inspect", "--format", "{{.Id}}", *images)
    answer = run(str(TOP / "bin/images"))
    assert [line.split() for line in answer.stdout.splitlines()] == [["ok", tag] for tag in images]
    assert docker("image", "inspect", "--format", "{{.Id}}", *images) == before


def test_platform_image_runs_without_root_and_without_writing() -> None:
    words = "run --rm --network none --read-only --cap-drop ALL orchestrator:local".split()
    answer = docker(
        *words, "sh", "-c", "id -u; python --version; command -v nft; command -v tenantctl"
    )
    assert answer.splitlines()[0] == "65532"
    assert "Python 3.13" in answer
    assert answer.splitlines()[2:] == ["/usr/sbin/nft", "/opt/venv/bin/tenantctl"]


def test_traefik_has_one_power_and_refuses_ambiguous_paths(site: dict[str, str]) -> None:
    routes = Path(site["DATA_ROOT"]) / "platform/routes"
    routes.mkdir(parents=True)
    (routes / "routes.yml").write_text(GENERATION)
    started = run("docker", "compose", "up", "-d", "traefik", **site)
    assert started.returncode == 0, started.stderr
    port = int(site["HTTP_PORT"])
    wait_for_route(port, "live.invalid")

    assert ask(port, "other.invalid").status == 404
    assert ask(port, "live.invalid", "/a%5cb").status == 400
    assert ask(port, "live.invalid", "/a%00b").status == 400

    container = inspect(f"{site['COMPOSE_PROJECT_NAME']}-traefik-1")
    host = container["HostConfig"]
    assert host["CapDrop"] == ["ALL"]
    assert [cap.removeprefix("CAP_") for cap in host["CapAdd"]] == ["NET_BIND_SERVICE"]
    assert host["ReadonlyRootfs"] and not host["Privileged"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    mounts = [(mount["Destination"], mount["RW"]) for mount in container["Mounts"]]
    assert mounts == [("/etc/traefik/dynamic", False)]


def wait_for_route(port: int, host: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(OSError):
            if ask(port, host).status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"{host} is not routed at port {port}")


def test_tenantctl_without_a_platform_works_from_anywhere(
    site: dict[str, str], tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(TOP / "bin/tenantctl")
    answer = run(str(link), "status", cwd=tmp_path, **site)
    assert answer.returncode == 1
    assert answer.stderr == "error: the platform is not running.\n       Start it: make up\n"


def test_validate_needs_no_platform(site: dict[str, str]) -> None:
    file = Path(site["CONFIG_DIR"]) / "tenants.yaml"
    file.write_bytes((TOP / "tenants.yaml").read_bytes())
    good = run(str(TOP / "bin/tenantctl"), "validate", **site)
    assert good.returncode == 0, good.stderr
    file.write_text("domain: localhost\ntenants: {www: {name: W}}\n")
    bad = run(str(TOP / "bin/tenantctl"), "validate", **site)
    assert bad.returncode == 1
    assert "www" in bad.stdout + bad.stderr


def test_down_and_clean_touch_only_what_is_ours(site: dict[str, str]) -> None:
    ours, foreign = uuid.uuid4().hex[:12], uuid.uuid4().hex[:12]
    users = Path(site["DATA_ROOT"]) / "tenants/some/users.json"
    users.parent.mkdir(parents=True)
    users.write_text("{}")
    instance = Path(site["DATA_ROOT"]) / "platform/instance"
    instance.parent.mkdir()
    instance.write_text(f"{ours}\n")
    table = f"orchestrator_{site['BRIDGE_PREFIX']}"
    try:
        for owner in (ours, foreign):
            leave_something(f"boot-{owner}", f"orchestrator.instance={owner}")
        nft("add", "table", "inet", table)
        nft("add", "table", "inet", f"{table}other")

        assert run(str(TOP / "bin/down"), **site).returncode == 0
        assert inspect(f"boot-{foreign}")["State"]["Running"]
        assert not inspect(f"boot-{ours}")["State"]["Running"]

        assert run(str(TOP / "bin/down"), "--remove", **site).returncode == 0
        assert inspect(f"boot-{foreign}")["State"]["Running"]
        assert not exists("container", f"boot-{ours}")
        assert exists("network", f"boot-{foreign}")
        assert not exists("network", f"boot-{ours}")
        left = nft("list", "tables").splitlines()
        assert f"table inet {table}other" in left and f"table inet {table}" not in left
        assert users.read_text() == "{}"
    finally:
        nft("destroy", "table", "inet", f"{table}other")
        for owner in (ours, foreign):
            docker("rm", "--force", f"boot-{owner}", check=False)
            docker("network", "rm", f"boot-{owner}", check=False)


def leave_something(name: str, label: str) -> None:
    """A network and a running container of that label."""
    docker("network", "create", "--internal", "--label", label, "--subnet", str(free_pool()), name)
    words = ["--detach", "--init", "--name", name, "--label", label, "--network", "none"]
    docker("run", *words, "orchestrator:local", "sleep", "300")

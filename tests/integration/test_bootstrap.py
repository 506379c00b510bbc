"""The host scripts against the real engine: nothing is changed twice, nothing foreign at all."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
GENERATION = """
http:
  routers:
    live:
      rule: Host(`live.invalid`)
      entryPoints: [web]
      service: ping@internal
"""

pytestmark = pytest.mark.docker


def run(*words: str, cwd: Path = TOP, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        cwd=cwd,
        env=os.environ | env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def docker(*words: str) -> str:
    answer = run("docker", *words)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def nft(*words: str) -> str:
    """nft in the host's network, from the platform's image: the host need not have it."""
    power = "--user 0:0 --cap-drop ALL --cap-add NET_ADMIN --network host".split()
    return docker("run", "--rm", *power, "orchestrator:local", "nft", *words)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Settings of a platform of its own, taken down afterwards."""
    settings = {
        "COMPOSE_PROJECT_NAME": f"boot{uuid.uuid4().hex[:8]}",
        "DATA_ROOT": str(tmp_path / "data"),
        "CONFIG_DIR": str(tmp_path),
        "HTTP_BIND": "127.0.0.1",
        "HTTP_PORT": str(free_port()),
        "GATE_PORT": str(free_port()),
        "API_PORT": str(free_port()),
        "BRIDGE_PREFIX": "boot",
        "KEEP_IMAGES": "1",
        "YES": "1",
    }
    for name in ("routes", "run"):
        (tmp_path / "data/platform" / name).mkdir(parents=True)
    yield settings
    run(str(TOP / "bin/down"), "--remove", **settings)


def get(port: str, host: str, path: str = "/") -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def wait_for_route(port: str, host: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(OSError):
            if get(port, host)[0] == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"{host} is not routed at port {port}")


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
    assert run(str(TOP / "bin/images")).returncode == 0
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
    assert "/opt/venv/bin/tenantctl" in answer


def test_traefik_has_one_power_and_refuses_ambiguous_paths(stack: dict[str, str]) -> None:
    routes = Path(stack["DATA_ROOT"]) / "platform/routes/routes.yml"
    routes.write_text(GENERATION)
    started = run("docker", "compose", "up", "-d", "traefik", **stack)
    assert started.returncode == 0, started.stderr
    wait_for_route(stack["HTTP_PORT"], "live.invalid")

    assert get(stack["HTTP_PORT"], "live.invalid") == (200, "OK")
    assert get(stack["HTTP_PORT"], "other.invalid")[0] == 404
    assert get(stack["HTTP_PORT"], "live.invalid", "/a%5cb")[0] == 400
    assert get(stack["HTTP_PORT"], "live.invalid", "/a%00b")[0] == 400

    name = f"{stack['COMPOSE_PROJECT_NAME']}-traefik-1"
    container = json.loads(docker("inspect", name))[0]
    host = container["HostConfig"]
    assert host["CapDrop"] == ["ALL"]
    assert [cap.removeprefix("CAP_") for cap in host["CapAdd"]] == ["NET_BIND_SERVICE"]
    assert host["ReadonlyRootfs"] and not host["Privileged"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert [(m["Destination"], m["RW"]) for m in container["Mounts"]] == [
        ("/etc/traefik/dynamic", False)
    ]


def test_tenantctl_without_a_platform_works_from_anywhere(
    stack: dict[str, str], tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(TOP / "bin/tenantctl")
    answer = run(str(link), "status", cwd=tmp_path, **stack)
    assert answer.returncode == 1
    assert answer.stderr == "error: the platform is not running.\n       Start it: make up\n"


def test_validate_needs_no_platform(stack: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "tenants.yaml").write_bytes((TOP / "tenants.yaml").read_bytes())
    good = run(str(TOP / "bin/tenantctl"), "validate", **stack)
    assert good.returncode == 0, good.stderr
    (tmp_path / "tenants.yaml").write_text("domain: localhost\ntenants: {www: {name: W}}\n")
    bad = run(str(TOP / "bin/tenantctl"), "validate", **stack)
    assert bad.returncode == 1
    assert "www" in bad.stdout + bad.stderr


def test_down_and_clean_touch_only_what_is_ours(stack: dict[str, str]) -> None:
    ours, foreign = uuid.uuid4().hex[:12], uuid.uuid4().hex[:12]
    root = Path(stack["DATA_ROOT"])
    (root / "platform/instance").write_text(f"{ours}\n")
    (root / "tenants/some").mkdir(parents=True)
    (root / "tenants/some/users.json").write_text("{}")
    names = {owner: f"boot-{owner}" for owner in (ours, foreign)}
    for owner, name in names.items():
        label = f"orchestrator.instance={owner}"
        docker("network", "create", "--internal", "--label", label, name)
        docker("run", "--detach", "--init", "--name", name, "--label", label, "--network", "none",
               "orchestrator:local", "sleep", "300")  # fmt: skip
    try:
        assert run(str(TOP / "bin/down"), **stack).returncode == 0
        running = docker("ps", "--format", "{{.Names}}").splitlines()
        assert names[foreign] in running and names[ours] not in running
        assert names[ours] in docker("ps", "--all", "--format", "{{.Names}}").splitlines()

        nft("add", "table", "inet", "orchestrator_boot")
        nft("add", "table", "inet", "orchestrator_foreign")
        assert run(str(TOP / "bin/down"), "--remove", **stack).returncode == 0
        assert "orchestrator_boot" not in nft("list", "tables")
        assert "orchestrator_foreign" in nft("list", "tables")
        assert names[ours] not in docker("ps", "--all", "--format", "{{.Names}}").splitlines()
        assert names[foreign] in docker("ps", "--format", "{{.Names}}").splitlines()
        networks = docker("network", "ls", "--format", "{{.Name}}").splitlines()
        assert names[foreign] in networks and names[ours] not in networks
        assert (root / "tenants/some/users.json").read_text() == "{}"
    finally:
        nft("destroy", "table", "inet", "orchestrator_foreign")
        for name in names.values():
            run("docker", "rm", "--force", name)
            run("docker", "network", "rm", name)

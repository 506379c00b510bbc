"""The agent's image on its own, started as docs/agent.md says: one volume, PORT, nothing else."""

from __future__ import annotations

import os
import re
import secrets
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.agent_process import PASSWORD, free_port
from tests.support.docker_cli import docker, inspect
from tests.support.stack_fixtures import platform_images  # noqa: F401

pytestmark = pytest.mark.docker

DOCS = (Path(__file__).parents[2] / "docs" / "agent.md").read_text("utf-8")
START_S = 90.0
SALES = "city,amount\nBonn,2\nCologne,3\nCologne,5\n"
Run = Callable[..., "Alone"]


class Alone:
    """One container that was started by hand."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self.url = f"http://127.0.0.1:{port}"
        self.client = httpx.Client(base_url=self.url, headers={"Origin": self.url}, timeout=60)

    def wait(self) -> Alone:
        deadline = time.monotonic() + START_S
        while not self._is_ready():
            state = inspect(self.name)["State"]
            assert state["Running"], docker("logs", self.name, check=False)
            assert time.monotonic() < deadline, docker("logs", self.name, check=False)
            time.sleep(0.1)
        return self

    def sign_in(self, password: str) -> None:
        body = {"username": "admin", "password": password}
        self.client.post("/api/v1/session", json=body).raise_for_status()

    def ask(self, question: str) -> object:
        answer = self.client.post("/api/v1/ask", json={"question": question})
        return answer.raise_for_status().json().get("rows")

    def _is_ready(self) -> bool:
        try:
            return self.client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture
def run(platform_images: None) -> Iterator[Run]:  # noqa: F811
    """Starts containers with options of its own; they and their volumes go when the test ends."""
    made: list[Alone] = []
    volume = f"agent-alone-{secrets.token_hex(4)}"

    def start(*options: str, inside: int = 8000, data: str = volume) -> Alone:
        port = free_port()
        alone = Alone(f"agent-alone-{secrets.token_hex(4)}", port)
        made.append(alone)
        docker(*documented(alone.name, f"127.0.0.1:{port}:{inside}", f"{data}:/data", options))
        return alone.wait()

    yield start
    for each in made:
        each.client.close()
        docker("rm", "--force", each.name, check=False)
    docker("volume", "rm", "--force", volume, check=False)


def documented(name: str, port: str, data: str, options: tuple[str, ...]) -> list[str]:
    """The command of the page, with this name, port and volume, and `options` before the image."""
    block = re.search(r"^    docker (run -d .*?data-agent:latest)$", DOCS, re.MULTILINE | re.DOTALL)
    assert block is not None
    words = shlex.split(block[1].replace("\\\n", " "))
    for flag, value in (("--name", name), ("-p", port), ("-v", data)):
        words[words.index(flag) + 1] = value
    return [*words[:-1], *options, words[-1]]


def set_up(alone: Alone) -> None:
    """From the first password, read as the page says, to a table with rows."""
    first = docker("exec", alone.name, "cat", "/data/initial-admin-password")
    alone.sign_in(first)
    change = {"current": first, "new": PASSWORD}
    alone.client.post("/api/v1/me/password", json=change).raise_for_status()
    files = {"file": ("sales.csv", SALES.encode(), "text/csv")}
    alone.client.post("/api/v1/files", files=files).raise_for_status()


def test_as_documented_and_moved_to_another_container_with_its_volume(run: Run) -> None:
    alone = run()
    set_up(alone)
    assert alone.ask("total amount by city") == [["Cologne", 8], ["Bonn", 2]]
    gone = docker("exec", alone.name, "ls", "/data")
    assert "initial-admin-password" not in gone and "entries.duckdb" in gone
    found = inspect(alone.name)
    assert [mount["Destination"] for mount in found["Mounts"]] == ["/data"]
    assert found["HostConfig"]["ReadonlyRootfs"] and found["Config"]["User"] == "65534:65534"
    assert "is no mount" not in docker("logs", alone.name)
    docker("exec", alone.name, *found["Config"]["Healthcheck"]["Test"][1:])
    docker("stop", alone.name)
    assert inspect(alone.name)["State"]["ExitCode"] == 0
    docker("rm", alone.name)

    moved = run("-e", "PORT=9123", "-e", "DATA_AGENT_TENANT_NAME=Moved", inside=9123)
    docker("exec", moved.name, *found["Config"]["Healthcheck"]["Test"][1:])
    assert "Moved" in moved.client.get("/login").text
    moved.sign_in(PASSWORD)
    assert moved.ask("how many rows are in sales?") == [[3]]
    assert [f["name"] for f in moved.client.get("/api/v1/files").json()["files"]] == ["sales.csv"]


def test_kill_9_of_the_whole_container_loses_nothing(run: Run) -> None:
    alone = run()
    set_up(alone)
    docker("kill", "--signal", "KILL", alone.name)
    docker("start", alone.name)
    alone.wait()
    assert alone.ask("total amount") == [[10]], "the session and the table are there again"


def test_a_directory_of_the_host_under_a_user_of_ones_own(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "agent"
    data.mkdir(mode=0o700)
    tmp_path.chmod(0o711)
    os.chown(data, 100321, 100321)
    alone = run("--user", "100321:100321", data=str(data))
    set_up(alone)
    owners = {path.stat().st_uid for path in data.rglob("*")}
    assert owners == {100321}
    assert alone.ask("total amount") == [[10]]


def test_a_bad_setting_ends_the_start_with_one_sentence(run: Run) -> None:
    name = f"agent-alone-{secrets.token_hex(4)}"
    port = f"127.0.0.1:{free_port()}:8000"
    try:
        docker(*documented(name, port, f"{name}:/data", ("-e", "PORT=eighty")))
        assert docker("wait", name) == "78"
        told = subprocess.run(["docker", "logs", name], capture_output=True, text=True, timeout=60)
        assert told.stderr == "PORT is 'eighty', but must be a whole number from 1 to 65535.\n"
    finally:
        docker("rm", "--force", name, check=False)
        docker("volume", "rm", "--force", name, check=False)

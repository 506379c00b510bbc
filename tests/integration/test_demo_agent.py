"""The demo against a real agent process: the HTTP that it speaks is the one that agents answer."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from orchestrator.client.answers import Credentials
from orchestrator.demo.agent_api import AgentApi
from orchestrator.demo.cast import DEMO
from orchestrator.demo.passwords import Passwords
from orchestrator.demo.seed import Tools, seed

AGENT_IMAGE = Path(__file__).parents[2] / "agent_image"


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    data = tmp_path / "data"
    data.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "data_agent"],
        cwd=AGENT_IMAGE,
        env={**os.environ, "DATA_DIR": str(data), "HOST": "127.0.0.1", "PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(data / "initial-admin-password", port)
        yield data, port
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)


def wait_for(file: Path, port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            assert file.exists()
            return
    pytest.fail("the agent did not listen within 30 s")


@pytest.mark.parametrize("customer", DEMO, ids=lambda customer: customer.id)
def test_people_files_and_questions(customer, agent, tmp_path):
    data, port = agent
    browser = partial(AgentApi, f"http://{customer.id}.localhost:{port}", "127.0.0.1", port)
    first = (data / "initial-admin-password").read_text().strip()

    def run(credentials: Credentials) -> tuple[dict[str, str | None], list[str]]:
        told: list[str] = []
        passwords = Passwords(tmp_path / "demo-credentials.json")
        return seed(customer, Tools(browser, passwords, credentials, told.append)), told

    people, told = run(Credentials("admin", first, "unused"))
    sets = customer.data_sets()
    assert {f"{one.name}.csv uploaded, {len(one.rows):,} rows" for one in sets} <= set(told)
    assert not (data / "initial-admin-password").exists()
    again, told = run(Credentials("admin", None, "used"))
    assert again == people
    assert all(line.endswith("is there") for line in told)

    username, role = customer.people[0]
    visit = browser()
    assert visit.sign_in(username, str(people[username]))["role"] == role
    assert visit.files() == {f"{one.name}.csv" for one in sets}
    assert visit.tables() == {one.name: len(one.rows) for one in sets}
    for question in customer.questions:
        answer = visit.ask(question)
        assert answer["answered"], (question, answer)

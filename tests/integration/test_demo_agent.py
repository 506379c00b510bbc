"""The demo against a real agent process: the HTTP that it speaks is the one that agents answer."""

from __future__ import annotations

import json
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
CUSTOMER = DEMO[1]


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


def test_people_and_files_arrive_and_a_second_run_finds_them(agent, tmp_path):
    data, port = agent
    url = f"http://customer-b.localhost:{port}"
    browser = partial(AgentApi, url, "127.0.0.1", port)
    first = (data / "initial-admin-password").read_text().strip()

    def run(credentials: Credentials) -> tuple[dict[str, str | None], list[str]]:
        told: list[str] = []
        passwords = Passwords(tmp_path / "demo-credentials.json")
        return seed(CUSTOMER, Tools(browser, passwords, credentials, told.append)), told

    people, told = run(Credentials("admin", first, "unused"))
    assert "expenses.csv uploaded, 1,200 rows" in told
    assert not (data / "initial-admin-password").exists()
    again, told = run(Credentials("admin", None, "used"))
    assert again == people
    assert told == ["user carla is there", "expenses.csv is there", "inventory.csv is there"]

    carla = browser()
    assert carla.sign_in("carla", str(people["carla"]))["role"] == "user"
    assert carla.files() == {"expenses.csv", "inventory.csv"}
    tables = json.loads(carla._send("GET", "tables", None, "application/json"))["tables"]
    rows = {table["name"]: table["rows"] for table in tables}
    assert rows == {"expenses": 1200, "inventory": 320}
    types = {column["name"]: column["type"] for column in tables[0]["columns"]}
    assert types["spent_on"] == "DATE"
    assert types["gross_amount"].startswith("DECIMAL")

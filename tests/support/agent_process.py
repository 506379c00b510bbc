"""The real agent as a process of its own, on loopback, with a data directory of the test's."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

AGENT_IMAGE = Path(__file__).parents[2] / "agent_image"
START_S = 30.0
STOP_S = 40.0
PASSWORD = "a good long passphrase"


@dataclass
class AgentProcess:
    """A running agent. `url` is on loopback; `host_url` is what a browser would open."""

    process: subprocess.Popen[str]
    port: int
    data_dir: Path
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host_url(self) -> str:
        return f"http://customer-a.localhost:{self.port}"

    @property
    def first_password(self) -> str:
        return (self.data_dir / "initial-admin-password").read_text().strip()

    def admin(self) -> httpx.Client:
        """A script signed in as admin, whose password is PASSWORD."""
        client = httpx.Client(base_url=self.url, headers={"Origin": self.url}, timeout=60)
        self.clients.append(client)
        first = (self.data_dir / "initial-admin-password").exists()
        password = self.first_password if first else PASSWORD
        body = {"username": "admin", "password": password}
        client.post("/api/v1/session", json=body).raise_for_status()
        if first:
            change = {"current": password, "new": PASSWORD}
            client.post("/api/v1/me/password", json=change).raise_for_status()
        return client

    def stop(self, sig: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sig)
        return self.process.wait(STOP_S)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(self.url + "/readyz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def agent_process(data_dir: Path, **variables: str) -> Iterator[AgentProcess]:
    """Starts the agent, waits until it is ready, and ends it whatever the test did."""
    port = free_port()
    process = run_agent(data_dir, PORT=str(port), HOST="127.0.0.1", **variables)
    agent = AgentProcess(process, port, data_dir)
    try:
        deadline = time.monotonic() + START_S
        while not agent._is_ready():
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline, "the agent was not ready in time"
            time.sleep(0.05)
        yield agent
    finally:
        for client in agent.clients:
            client.close()
        if process.poll() is None:
            agent.stop()
        process.communicate(timeout=STOP_S)


def run_agent(data_dir: Path, **variables: str) -> subprocess.Popen[str]:
    """`python -m data_agent` with these settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "data_agent"],
        cwd=AGENT_IMAGE,
        env={**kept, "DATA_DIR": str(data_dir), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

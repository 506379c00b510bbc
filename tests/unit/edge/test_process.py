"""The edge as a process: how it ends, and what it says when it cannot start."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from orchestrator.edge.serve import Site, serve
from orchestrator.errors import OrchestratorError

ROOT = Path(__file__).parents[3]
EDGE = [sys.executable, "-m", "orchestrator.edge"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def environment(tmp_path: Path, gate: int, api: int) -> dict[str, str]:
    return {
        **os.environ,
        "ORCHESTRATOR_DATA_ROOT": str(tmp_path),
        "ORCHESTRATOR_GATE_PORT": str(gate),
        "ORCHESTRATOR_API_PORT": str(api),
        "ORCHESTRATOR_HOLD_S": "1",
    }


def test_it_serves_both_ports_and_ends_on_sigterm(tmp_path):
    gate, api = free_port(), free_port()
    process = subprocess.Popen(
        EDGE, cwd=ROOT, env=environment(tmp_path, gate, api), stderr=subprocess.PIPE
    )
    try:
        assert status_of(api, "/healthz", "localhost") == 200
        assert status_of(gate, "/", "customer-a.localhost") == 503
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.communicate(timeout=10)


def status_of(port: int, path: str, host: str) -> int:
    deadline = time.monotonic() + 20
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": host})
            return connection.getresponse().status
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        finally:
            connection.close()


def test_a_port_that_is_taken_is_one_sentence_and_a_mend():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OrchestratorError) as caught:
            asyncio.run(serve([Site("gate", None, port)]))
    assert (
        str(caught.value) == f"The gate cannot listen on 127.0.0.1:{port}: address already in use."
    )
    assert "GATE_PORT" in caught.value.mend

"""tenantctl as a process: signals, closed pipes, and what it imports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
TENANTCTL = [sys.executable, "-m", "orchestrator.cli"]


def test_a_reader_that_leaves_is_no_traceback(controller):
    controller.answers["GET /v1/events"] = {
        "events": [{"at": 1.0, "tenant": "a", "kind": "x", "text": "y" * 200}] * 2000
    }
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(
        [*TENANTCTL, "events"],
        cwd=ROOT,
        stdout=write,
        stderr=subprocess.PIPE,
        timeout=30,
        check=False,
    )
    os.close(write)
    assert (ended.returncode, ended.stderr) == (141, b"")


def listen_to_ctrl_c() -> None:
    """As a terminal starts a command; tests that run in a shell's background are started deaf."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_is_exit_code_130_and_silence(controller):
    controller.answers["GET /v1/events"] = {
        "events": [{"at": 1.0, "tenant": "a", "kind": "started", "text": "ready"}]
    }
    process = subprocess.Popen(
        [*TENANTCTL, "events", "-f"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=listen_to_ctrl_c,
    )
    assert process.stdout
    assert b"ready" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, b"")


def test_a_verb_imports_only_what_it_needs():
    code = (
        "import sys; from orchestrator.cli import main; main(['status'])\n"
        "heavy = {'httpx', 'pydantic', 'fastapi', 'starlette', 'docker', 'ruamel', 'yaml',"
        " 'asyncio', 'orchestrator.core.reconcile', 'orchestrator.adapters'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True,
        timeout=30, check=True,
        env={**os.environ, "ORCHESTRATOR_OPERATOR_SOCKET": "/nowhere/operator.sock"},
    )  # fmt: skip
    assert ended.stdout == "[]\n"

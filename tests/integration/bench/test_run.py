"""A small run of the benchmarks on the real engine, and one that is told to end in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.boxes import INSTANCE
from tests.support.docker_cli import docker, exists
from tests.support.shell import TOP

pytestmark = pytest.mark.docker

OURS = f"label=orchestrator.instance={INSTANCE}"
WITHIN_S = 240


@pytest.fixture(scope="module", autouse=True)
def images() -> None:
    subprocess.run([TOP / "bin/images"], capture_output=True, timeout=1800, check=True)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run of the agent's part over a file of a few rows, in a root of the test's own."""
    words = ["-m", "bench", "--only", "agent", "--rows", "2000", "--starts", "1"]
    process = subprocess.Popen(
        [sys.executable, *words, "--no-page", "--root", str(tmp_path / "bench")],
        cwd=TOP,
        env={**os.environ, "PYTHONPATH": f"{TOP}:{TOP / 'agent_image'}", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process
    process.kill()
    process.communicate(timeout=WITHIN_S)


def nothing_is_left() -> bool:
    containers = docker("ps", "--all", "--quiet", "--filter", OURS)
    networks = docker("network", "ls", "--quiet", "--filter", OURS)
    pinned = exists("image", "orchestrator-bench-agent:pinned")
    return not (
        containers or networks or pinned or exists("image", "orchestrator-bench-bare:local")
    )


def test_every_line_of_the_agents_table_is_measured(
    bench: subprocess.Popen[str], tmp_path: Path
) -> None:
    said, _ = bench.communicate(timeout=WITHIN_S)
    assert bench.returncode == 0, said
    assert "| `docker start` → first 200: seconds, against a bare Starlette | " in said
    assert "| questions that failed | 0 of 200 | " in said
    assert nothing_is_left()
    assert not any((tmp_path / "bench" / "boxes").iterdir())


def test_a_run_that_is_told_to_end_takes_down_what_it_made(bench: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not docker("ps", "--quiet", "--filter", OURS):
        assert bench.poll() is None, bench.communicate()[0]
        assert time.monotonic() < deadline, "no container came up"
        time.sleep(0.1)
    bench.send_signal(signal.SIGTERM)
    bench.send_signal(signal.SIGINT)  # somebody who does not want to wait
    said, _ = bench.communicate(timeout=WITHIN_S)
    assert bench.returncode in (128 + signal.SIGTERM, 128 + signal.SIGINT), said
    assert nothing_is_left()

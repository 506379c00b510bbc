"""bin/tenantctl at a terminal: how wide it is must reach the controller's container."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from tests.support.shell import TOP

DOCKER = """#!/bin/sh
case $1 in ps) echo c0ffee ;; exec) printf '%s\\n' "$@" ;; esac
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH where docker finds a controller and says what it was asked to run there."""
    docker = tmp_path / "docker"
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


def at_a_terminal(columns: int, path: str, **env: str) -> list[str]:
    """What docker was asked, by a person whose terminal has so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    try:
        subprocess.run(
            [TOP / "bin/tenantctl", "status"],
            env={"PATH": path, "HOME": os.environ.get("HOME", "/"), "TERM": "xterm", **env},
            stdin=theirs,
            stdout=theirs,
            stderr=subprocess.PIPE,
            timeout=60,
            check=True,
        )
        return os.read(ours, 65536).decode().split()
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize("columns", [80, 120, 200])
def test_the_terminals_width_is_told(path: str, columns: int) -> None:
    asked = at_a_terminal(columns, path)
    assert f"COLUMNS={columns}" in asked
    assert "--tty" in asked


def test_a_width_that_was_chosen_goes_first(path: str) -> None:
    assert "COLUMNS=60" in at_a_terminal(120, path, COLUMNS="60")


def test_without_a_terminal_there_is_none_in_the_container(path: str) -> None:
    done = subprocess.run(
        [TOP / "bin/tenantctl", "status"],
        env={"PATH": path, "HOME": "/"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "--tty" not in done.stdout.split()
    assert "status" in done.stdout.split()

"""Commands outside of any measurement: bounded, quiet, loud when they fail."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

TIMEOUT_S = 180


class CommandFailed(Exception):
    """What was run, and the end of what it said."""


def run(
    words: Sequence[str], env: Mapping[str, str] | None = None, timeout_s: float = TIMEOUT_S
) -> str:
    """Its standard output. CommandFailed."""
    try:
        done = subprocess.run(
            words,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandFailed(f"{' '.join(words)}: {error}") from error
    if done.returncode != 0:
        raise CommandFailed(f"{' '.join(words)}: {(done.stderr or done.stdout)[-2000:]}")
    return done.stdout


def as_root(mounted: Path, words: Sequence[str]) -> str:
    """Run it as root on what lies below `mounted`: directories of customers belong to other users,
    and whoever may ask the engine need not be root. CommandFailed."""
    volume = f"{mounted}:{mounted}"
    inside = ["docker", "run", "--rm", "--network", "none", "--user", "0:0", "--volume", volume]
    return run([*inside, "orchestrator:local", *words])


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port

"""Commands outside of any measurement: bounded, quiet, loud when they fail."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Mapping, Sequence

TIMEOUT_S = 180


class CommandFailed(Exception):
    """What was run, and the end of what it said."""


def run(words: Sequence[str], env: Mapping[str, str] | None = None) -> str:
    """Its standard output. CommandFailed."""
    try:
        done = subprocess.run(
            words,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandFailed(f"{' '.join(words)}: {error}") from error
    if done.returncode != 0:
        raise CommandFailed(f"{' '.join(words)}: {(done.stderr or done.stdout)[-2000:]}")
    return done.stdout


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port

"""The first process of a machine of its own (own_engine.py): starts, kills and stops its engine.

One order a line on standard input: "start", "kill" (SIGKILL) or "stop" (SIGTERM). Answers "ended"
once the engine has ended, however that came. All that runs in here ends with this process, which
ends with its standard input.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

TICK_S = 0.05


def main(home: Path) -> None:
    # Sockets, locks and process ids of the machine around it are not to be seen.
    _run("mount", "-t", "tmpfs", "tmpfs", "/run")
    _run("ip", "link", "set", "lo", "up")
    engine = 0
    while True:
        if engine in _ended():
            engine = 0
            print("ended", flush=True)
        if not select.select([sys.stdin], [], [], TICK_S)[0]:
            continue
        order = os.read(0, 100).decode().strip()
        if not order:
            break
        if order == "start":
            engine = _start(home)
        else:
            os.kill(engine, signal.SIGKILL if order == "kill" else signal.SIGTERM)


def _start(home: Path) -> int:
    with (home / "dockerd.log").open("ab") as log:
        return os.posix_spawnp(
            "dockerd",
            ["dockerd", "--config-file", str(home / "daemon.json")],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, log.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, log.fileno(), 2),
            ],
        )


def _ended() -> set[int]:
    """Children that ended since: the engine, and whatever lost its parent."""
    found = set()
    while True:
        try:
            process, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if not process:
            return found
        found.add(process)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, timeout=10)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""A Docker engine of the test's own, which may be killed and stopped as the machine's may not.

It has network, mounts and processes of its own: no bridge, no firewall rule and no process of it is
on the machine around it, and all ends with its first process. Its files are below `home`, which is
removed; the test sees its network as long as it is `entered`. Needs root.
"""

from __future__ import annotations

import ctypes
import json
import os
import queue
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from tests.support.docker_cli import docker

CLONE_NEWNET = 0x40000000
NAMESPACES = ("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
START_S = 60
STOP_S = 60


class OwnEngine:
    """`start`, then `kill` or `stop`, again and again; what becomes of containers is its doing."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="engine-"))  # not pytest's: short, for its sockets
        self.socket = self.home / "docker.sock"
        self._cgroup = f"engine-{secrets.token_hex(4)}"
        self._words: queue.Queue[str] = queue.Queue()
        self._machine: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._machine = subprocess.Popen(
            ["unshare", *NAMESPACES, sys.executable, "-m", "tests.support.own_machine", self.home],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._machine is not None
        assert self._machine.stdin is not None
        with suppress(OSError):
            self._machine.stdin.close()
        try:
            self._machine.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._machine.kill()
        _remove_cgroups(self._cgroup)
        shutil.rmtree(self.home, ignore_errors=True)

    # -- its life ---------------------------------------------------------------------------

    def start(self, *, live_restore: bool) -> None:
        """Returns when it answers."""
        options = {
            "hosts": [f"unix://{self.socket}"],
            "data-root": str(self.home / "data"),
            "bridge": "none",
            "cgroup-parent": f"/{self._cgroup}",
            "exec-opts": ["native.cgroupdriver=cgroupfs"],
            "live-restore": live_restore,
        }
        (self.home / "daemon.json").write_text(json.dumps(options))
        self._order("start")
        deadline = time.monotonic() + START_S
        while not self.answers():
            assert time.monotonic() < deadline, f"it does not start:\n{self.log()}"
            time.sleep(0.1)

    def kill(self) -> None:
        self._order("kill")
        self._wait_for_its_end()

    def stop(self) -> None:
        """As an operator stops it."""
        self._order("stop")
        self._wait_for_its_end()

    def answers(self) -> bool:
        return bool(docker("--host", f"unix://{self.socket}", "info", "-f", "{{.ID}}", check=False))

    def log(self) -> str:
        path = self.home / "dockerd.log"
        return "\n".join(path.read_text().splitlines()[-40:]) if path.exists() else "no log"

    # -- what is in it ----------------------------------------------------------------------

    def load(self, *images: str) -> None:
        """Images of the machine's engine, of these names."""
        with subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE) as save:
            into = ["docker", "--host", f"unix://{self.socket}", "load", "--quiet"]
            subprocess.run(into, stdin=save.stdout, capture_output=True, timeout=200, check=True)
        assert save.returncode == 0

    @contextmanager
    def entered(self) -> Iterator[None]:
        """The calling thread, and threads and processes that it starts, are in its network, and
        `docker` is this engine's."""
        assert self._machine is not None
        before = os.environ.get("DOCKER_HOST")
        os.environ["DOCKER_HOST"] = f"unix://{self.socket}"
        with Path("/proc/thread-self/ns/net").open() as outside:
            _set_network(Path(f"/proc/{self._machine.pid}/ns/net"))
            try:
                yield
            finally:
                _set_network(Path(f"/proc/self/fd/{outside.fileno()}"))
                del os.environ["DOCKER_HOST"]
                if before is not None:
                    os.environ["DOCKER_HOST"] = before

    def _order(self, word: str) -> None:
        assert self._machine is not None
        assert self._machine.stdin is not None
        self._machine.stdin.write(f"{word}\n")
        self._machine.stdin.flush()

    def _listen(self) -> None:
        assert self._machine is not None
        assert self._machine.stdout is not None
        for line in self._machine.stdout:
            self._words.put(line.strip())

    def _wait_for_its_end(self) -> None:
        try:
            assert self._words.get(timeout=STOP_S) == "ended"
        except queue.Empty:
            raise AssertionError(f"it does not end:\n{self.log()}") from None


def _set_network(namespace: Path) -> None:
    with namespace.open() as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def _remove_cgroups(name: str) -> None:
    """Of containers that ended with the machine; the kernel lets go of them in its own time."""
    groups = Path("/sys/fs/cgroup")
    for top in [one for one in (groups / name, *groups.glob(f"*/{name}")) if one.is_dir()]:
        for directory, _, _ in os.walk(top, topdown=False):
            with suppress(OSError):
                Path(directory).rmdir()

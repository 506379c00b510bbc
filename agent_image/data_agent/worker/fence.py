"""Which files a worker of each mode needs: its part of the data directory, and Python's own code.

It is put up right before the first request opens anything. A reader names the database file as it
is then: an import may put another in its place at any time (engine/beside.py).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from data_agent.worker.landlock import READ, REMOVE_DIR, WRITE, restrict
from data_agent.worker.orders import Orders

Rule = tuple[Path, int]
# Random numbers, and how much machine there is: duckdb 2.0.0 ends when it may not look at that.
OF_THE_SYSTEM = tuple(
    Path(path)
    for path in (
        "/dev/urandom",
        "/proc/self/cgroup",
        "/proc/stat",
        "/sys/devices/system/cpu",
        "/sys/fs/cgroup",
    )
)


class Fence:
    """Put up once; then it cannot be taken away."""

    def __init__(
        self, orders: Orders, restrict: Callable[[tuple[Rule, ...]], object] = restrict
    ) -> None:
        self._orders = orders
        self._restrict = restrict
        self._up = False
        self._inode = 0

    @property
    def outdated(self) -> bool:
        """Whether another file has the database's name since: this process may not open it."""
        return self._up and _inode(Path(self._orders.database)) != self._inode

    def put_up(self, *uploads: Path) -> None:
        """`uploads`: files of a customer that this process reads, wherever they are."""
        if not self._up:
            self._up = True
            self._inode = _inode(Path(self._orders.database))
            self._restrict(tuple(rules(self._orders, *uploads)))


def rules(orders: Orders, *uploads: Path) -> Iterator[Rule]:
    """Path and rights. Files that are not there yet can be made only in directories of WRITE."""
    database = Path(orders.database)
    yield from ((path, READ) for path in OF_THE_SYSTEM)
    yield from ((Path(folder), READ) for folder in sys.path if folder)
    yield from ((upload, READ) for upload in uploads)
    if orders.mode == "writer":
        scratch = Path(orders.scratch_dir)
        yield database.parent, WRITE
        yield scratch, WRITE
        yield scratch.parent, REMOVE_DIR
        return
    yield database, READ
    yield Path(f"{database}.wal"), READ
    if orders.mode == "exporter":
        yield Path(orders.target), WRITE


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0

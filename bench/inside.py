"""A large import inside a tenant's walls, as a customer does it: signed in, by HTTP, from one file.

The peer is bare DuckDB's `read_csv` of the same file in a container of the same image with the same
memory and processor.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import starts
from bench.boxes import Box, Boxes
from bench.fleets import SMALL
from bench.shell import run
from orchestrator.demo.agent_api import AgentApi

PASSWORD = "a good long passphrase"
WITHIN_S = 300.0
LOOK_S = 0.1
MIB = 2**20
# The answer's time is taken inside, so that the container's own start does not count.
BARE = (
    "import duckdb, time; began = time.perf_counter(); "
    "duckdb.connect('/bench/bare.duckdb')"
    ".execute(\"CREATE TABLE t AS SELECT * FROM read_csv('/bench/t.csv')\"); "
    "print(time.perf_counter() - began)"
)

Say = Callable[[str], None]


@dataclass
class Inside:
    """Seconds; bytes of memory by cgroup at most, and of the limit."""

    ours_s: list[float] = field(default_factory=list)
    bare_s: list[float] = field(default_factory=list)
    peak: int = 0
    limit: int = SMALL.memory


class Killed(Exception):
    """The kernel ended a process of the agent for memory."""


def measure(boxes: Boxes, box: Box, folder: Path, rounds: int, say: Say) -> Inside:
    """t.csv of `folder`, `rounds` times on each side; afterwards the customer has table t."""
    found = Inside()
    starts.start(box)
    admin = first_sign_in(boxes, box)
    content = (folder / "t.csv").read_bytes()
    for _ in range(rounds):
        found.bare_s.append(_bare(box, folder))
        with _watched(boxes, box, found):
            began = time.perf_counter()
            admin.upload("t.csv", content)
            found.ours_s.append(time.perf_counter() - began)
        if boxes.was_killed_for_memory(box):
            raise Killed(f"{box.name} was killed for memory during an import")
        say(
            f"  the same inside a small tenant's walls: bare {found.bare_s[-1]:.1f} s, upload and "
            f"import {found.ours_s[-1]:.1f} s, at most {found.peak / MIB:.0f} MiB by cgroup"
        )
    return found


def first_sign_in(boxes: Boxes, box: Box) -> AgentApi:
    """The admin, who has changed the first password to PASSWORD."""
    admin = AgentApi(box.url, *box.address, tries=1, timeout_s=WITHIN_S)
    first = boxes.read(box, "initial-admin-password").strip()
    admin.sign_in("admin", first)
    admin.change_password(first, PASSWORD)
    admin.sign_in("admin", PASSWORD)
    return admin


def _bare(box: Box, folder: Path) -> float:
    for left in folder.glob("bare.duckdb*"):
        left.unlink()
    limits = box.spec.limits
    memory = str(limits.memory_bytes)
    words = ["docker", "run", "--rm", "--network", "none", "--user", "0:0", "--memory", memory]
    words += ["--memory-swap", memory, "--cpus", str(limits.millicpus / 1000)]
    words += ["--volume", f"{folder}:/bench", "--entrypoint", "python", box.spec.image]
    return float(run([*words, "-c", BARE]).split()[-1])  # before it, DuckDB draws its progress


@contextmanager
def _watched(boxes: Boxes, box: Box, found: Inside) -> Iterator[None]:
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_S):
            found.peak = max(found.peak, boxes.use(box).memory)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()

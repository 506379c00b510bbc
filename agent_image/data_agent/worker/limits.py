"""Limits that a worker puts on itself before it opens anything.

Why RLIMIT_DATA: it counts what is really writable and private, so it can stand close to the
container's memory; address space (RLIMIT_AS) also counts DuckDB's code and reserved arenas,
about 700 MiB before the first query, and is only the second fence.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import resource
import signal
import time
from pathlib import Path

from data_agent.worker.orders import Orders

MIB = 1024 * 1024
# Measured with duckdb 2.0.0: a connected worker has 100 MiB of writable mappings (46 MiB resident),
# and a query that fills its memory_limit has about 1.4 times that limit mapped.
BASE_BYTES = 60 * MIB
MAPPED_BASE_BYTES = 110 * MIB
MAPPED_PER_BYTE = 1.5
# An import maps more than it ever touches: 350 MiB with 160 MiB resident. What it runs is ours.
WRITER_MAPPED_BYTES = 300 * MIB
ADDRESS_SPACE_SLACK_BYTES = 1024 * MIB
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38


def database_memory_bytes(orders: Orders) -> int:
    """DuckDB's memory_limit: the worker's share without what Python and the library take."""
    return max(orders.memory_bytes - BASE_BYTES, 32 * MIB)


def harden(orders: Orders) -> None:
    """Bound this process: memory, files, time, privileges; and die with the web process."""
    mapped = MAPPED_BASE_BYTES + int(MAPPED_PER_BYTE * database_memory_bytes(orders))
    if orders.mode == "writer":
        mapped += WRITER_MAPPED_BYTES
    _limit(resource.RLIMIT_DATA, mapped)
    _limit(resource.RLIMIT_AS, mapped + ADDRESS_SPACE_SLACK_BYTES)
    _limit(resource.RLIMIT_FSIZE, 0 if orders.mode == "reader" else orders.file_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit is an error, no death
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the web process, which ends us
    # If the container runs out of memory, this process goes first, not the web process.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    _prctl()


def allow_cpu(seconds: int) -> None:
    """From now on this process may use so much more processor time; beyond it, SIGXCPU ends it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = math.ceil(time.process_time()) + seconds
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def drop_environment() -> None:
    """Forget every variable, so that no query and no library can read one."""
    for name in list(os.environ):
        del os.environ[name]


def _limit(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (bounded, bounded))


def _prctl() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value in (
        (PR_SET_NO_NEW_PRIVS, 1),
        (PR_SET_DUMPABLE, 0),
        (PR_SET_PDEATHSIG, signal.SIGKILL),
    ):
        libc.prctl(option, value, 0, 0, 0)

"""How much processor this container has: an import is split for two threads only where two run."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
WORTH_TWO = 1.5  # cores


def cores(cgroups: Path = CGROUPS) -> float:
    """Of the machine, or what the container may use of them: cpu.max of cgroup v2, or v1's."""
    found = float(len(os.sched_getaffinity(0)))
    for place in (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        with contextlib.suppress(OSError, ValueError):
            quota, period = " ".join((cgroups / name).read_text() for name in place).split()
            if quota.isdigit() and int(period):  # "max" and -1: no limit
                found = min(found, int(quota) / int(period))
    return found


def writer_threads(cores: float) -> int:
    return 2 if cores >= WORTH_TWO else 1

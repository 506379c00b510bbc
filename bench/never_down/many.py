"""Many tenants of which few are awake: memory and idle CPU of the platform."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.clock import TooSlow
from bench.never_down.platforms import Platform
from bench.never_down.updates import finish
from bench.shell import run

OURS = ("controller", "edge", "traefik")
WATCHED_S = 60.0
SETTLE_S = 20.0
ASLEEP_WITHIN_S = 600.0
MIB = 2**20


@dataclass(frozen=True)
class Idle:
    """Resident bytes, and the share of one core over WATCHED_S."""

    name: str
    rss: int
    cpu: float


@dataclass(frozen=True)
class Crowd:
    """`tenants_bytes` is the resident memory of all awake ones together."""

    tenants: int
    awake: int
    services: list[Idle]
    tenants_bytes: int


def measure(
    side: Platform, tenants: Sequence[str], awake: int, say: Callable[[str], None]
) -> Crowd:
    """Starts all of them once; all but the first `awake` then fall asleep by themselves."""
    side.sleep_after, side.awake = "30s", tenants[:awake]
    for size in range(50, len(tenants) + 50, 50):
        side.write(tenants[:size])
        finish(side.command("apply"))
        say(f"  {min(size, len(tenants))} are there")
    _until_asleep(side, len(tenants) - awake)
    time.sleep(SETTLE_S)
    before = {name: _cpu_s(side, name) for name in OURS}
    time.sleep(WATCHED_S)
    services = [
        Idle(
            name, _rss(_pids(side.container(name))), (_cpu_s(side, name) - before[name]) / WATCHED_S
        )
        for name in OURS
    ]
    memory = sum(_rss(_pids(f"tenant-{one}")) for one in tenants[:awake])
    return Crowd(len(tenants), awake, services, memory)


def _until_asleep(side: Platform, number: int) -> None:
    deadline = time.monotonic() + ASLEEP_WITHIN_S
    while True:
        rows = json.loads(side.tenantctl("status", "--json"))["tenants"]
        if sum(row["state"] == "sleeping" for row in rows) >= number:
            return
        if time.monotonic() > deadline:
            raise TooSlow(f"not {number} fell asleep in {ASLEEP_WITHIN_S:.0f} s")
        time.sleep(2)


def _pids(container: str) -> list[int]:
    return [int(pid) for pid in run(["docker", "top", container, "-eo", "pid"]).split()[1:]]


def _rss(pids: Sequence[int]) -> int:
    page = os.sysconf("SC_PAGE_SIZE")
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page for pid in pids)


def _cpu_s(side: Platform, service: str) -> float:
    ticks = 0
    for pid in _pids(side.container(service)):
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, words[11:15]))  # its own, and of the programs that it ran
    return ticks / os.sysconf("SC_CLK_TCK")

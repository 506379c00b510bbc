"""The controller is killed at random moments while campaigns go to and fro under load."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.clock import TooSlow
from bench.never_down.platforms import Platform
from bench.never_down.visitors import Visitor, at_work
from bench.shell import CommandFailed, run

BACK_WITHIN_S = 60.0
LIFE_S = 2.5  # at most, of a controller
DONE_WITHIN_S = 300.0
CLIENTS = 4


@dataclass(frozen=True)
class Survived:
    """`broken`: sentences, one for each invariant that did not hold."""

    kills: int
    campaigns: int
    requests: int
    failures: dict[str, int]
    broken: list[str]


def measure(
    side: Platform,
    tenants: Sequence[str],
    visitors: Sequence[Visitor],
    *,
    images: Sequence[str],
    kills: int,
    say: Callable[[str], None],
) -> Survived:
    """Campaigns between these images, until so many kills were survived."""
    chance, begun = random.Random(kills), 0
    numbers = _numbers(side)
    with at_work(visitors, CLIENTS) as met:
        for number in range(kills):
            if _last_state(side) not in ("beginning", "running", "stopping"):
                begun += 1
                image = images[begun % len(images)]
                side.tenantctl_detached("update", "--image", image, "--batch", "4", "--soak", "1")
            time.sleep(chance.random() * LIFE_S)
            _kill(side)
            _wait_until(lambda: bool(_last_state(side)), BACK_WITHIN_S, "the controller is back")
            if number % 10 == 9:
                say(f"  killed {number + 1} times, {met.total} requests, {met.failures} failed")
        ended = lambda: _last_state(side) in ("done", "failed", "stopped")  # noqa: E731
        _wait_until(ended, DONE_WITHIN_S, "the last campaign ends")
    broken = _broken(side, tenants, numbers)
    return Survived(kills, begun, met.total, dict(met.failed), broken)


def _broken(side: Platform, tenants: Sequence[str], numbers: Mapping[str, int]) -> list[str]:
    found = []
    report = json.loads(side.tenantctl("update", "--show", "--json"))["update"]
    if report["state"] != "done":
        found.append(f"the last campaign is {report['state']}: {report['text']}")
    found += [
        f"{row['tenant']} runs {row['running']}, wanted {row['wanted']}"
        for row in report["tenants"]
        if row["running"] != row["wanted"]
    ]
    if _numbers(side) != numbers:
        found.append("the numbers of tenants changed")
    rows = json.loads(side.tenantctl("status", "--json"))["tenants"]
    found += [f"{row['id']} is {row['state']}" for row in rows if row["state"] != "running"]
    if json.loads(side.tenantctl("plan", "--json"))["tenants"]:
        found.append("an apply would still have something to do")
    for tenant in tenants:
        there = run(["docker", "ps", "-aq", "--filter", f"label=orchestrator.tenant={tenant}"])
        if len(there.split()) != 1:
            found.append(f"{tenant} has {len(there.split())} containers")
    return found


def _numbers(side: Platform) -> dict[str, int]:
    with sqlite3.connect(side.ledger, timeout=10) as db:
        return dict(db.execute("SELECT id, idx FROM tenants").fetchall())


def _last_state(side: Platform) -> str:
    """Of the last campaign; "none" without one, "" without a controller."""
    try:
        shown = side.tenantctl_any("update", "--show", "--json")
    except CommandFailed:
        return ""
    try:
        document = json.loads(shown)
    except ValueError:
        return ""
    if "update" in document:
        return str(document["update"]["state"])
    return "none" if "no update yet" in document.get("error", {}).get("detail", "") else ""


def _kill(side: Platform) -> None:
    """SIGKILL, and started again. Not by the engine's restart policy: that waits twice as long
    after each end, up to a minute, while the life before was shorter than ten seconds."""
    run(["docker", "kill", "--signal", "KILL", side.container("controller")])
    run(["docker", "start", side.container("controller")])


def _wait_until(probe: Callable[[], bool], within_s: float, what: str) -> None:
    deadline = time.monotonic() + within_s
    while not probe():
        if time.monotonic() > deadline:
            raise TooSlow(f"not within {within_s:.0f} s: {what}")
        time.sleep(0.2)

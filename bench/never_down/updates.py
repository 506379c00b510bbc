"""All tenants brought to another image while people work: ours, compose, and one by one."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.clock import Command, TooSlow
from bench.never_down.platforms import ComposePeer, Platform
from bench.never_down.visitors import Visitor, at_work, signed_in

CLIENTS = 16
BEFORE_S = 3.0  # of load before the command, and after it
HELD = re.compile(r"held \d+, longest (\d+\.\d+) s")
FAILED = re.compile(r"^\S+ +failed  ", re.MULTILINE)  # rows of the table at the end
COMMAND_WITHIN_S = 900.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Updated:
    """One update of all: seconds of the command, and what the visitors met meanwhile."""

    way: str
    tenants: int
    command_s: float
    requests: int
    failures: dict[str, int]
    longest_s: float
    went_back: int = 0  # customers who were not brought to it
    held: tuple[float, ...] = ()  # seconds of each customer's longest hold, as the gate told it
    said: Mapping[str, str] = field(default_factory=dict)  # an answer of each kind of failure

    def __str__(self) -> str:
        each = self.command_s / self.tenants
        return (
            f"{self.way}: {self.requests} requests, {sum(self.failures.values())} failed "
            f"{self.failures or ''}, longest answer {self.longest_s:.2f} s, longest hold "
            f"{max(self.held, default=0.0):.1f} s, {each:.2f} s a tenant"
        )


def peopled(side: Platform, tenants: Sequence[str]) -> list[Visitor]:
    """All of these running, with somebody signed in."""
    side.write(tenants)
    finish(side.command("apply"))
    return signed_in(side, tenants)


def ours(
    side: Platform, visitors: Sequence[Visitor], images: Sequence[str], batch: int, say: Say
) -> list[Updated]:
    """To each of these images in turn."""
    found = []
    for image in images:
        found.append(_measured("tenantctl update", visitors, side.update(image, batch)))
        say(f"  {found[-1]}")
        for how, said in found[-1].said.items():
            say(f"    {how}: {said}")
    return found


def compose(
    side: ComposePeer, tenants: Sequence[str], images: Sequence[str], say: Say
) -> list[Updated]:
    """`up -d` and one by one, in turn, to each of these images in turn."""
    side.write(tenants)
    finish(side.up())
    visitors = signed_in(side, tenants)
    found = []
    for number, image in enumerate(images):
        side.change_image(image)
        all_at_once = number % 2 == 0
        way = "compose up -d" if all_at_once else "recreate one by one"
        command = side.up() if all_at_once else side.one_by_one()
        found.append(_measured(way, visitors, command))
        say(f"  {found[-1]}")
        time.sleep(BEFORE_S)
    return found


def _measured(way: str, visitors: Sequence[Visitor], command: Command) -> Updated:
    with at_work(visitors, CLIENTS) as met:
        time.sleep(BEFORE_S)
        began = time.monotonic()
        said = finish(command, must=False)  # what the visitors met is told all the same
        took = time.monotonic() - began
        time.sleep(BEFORE_S)
    held = tuple(float(one) for one in HELD.findall(said))
    failed, bad = dict(met.failed), len(FAILED.findall(said))
    return Updated(way, len(visitors), took, met.total, failed, met.longest_s, bad, held, met.said)


def finish(command: Command, *, must: bool = True) -> str:
    """What it said. TooSlow with that when it fails, if it `must` not, or does not end."""
    try:
        done = subprocess.run(
            command.words,
            env={**os.environ, **command.env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TooSlow(f"{' '.join(command.words)} did not end") from None
    if done.returncode != 0 and must:
        said = (done.stdout + done.stderr)[-2000:]
        raise TooSlow(f"{' '.join(command.words)} failed: {said}")
    return done.stdout

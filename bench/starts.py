"""How long an agent takes to its first answer after `docker start`, and what it needs at rest.

The peer is the smallest Starlette application (bench/bare) on the same base, inside the same walls.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.boxes import Box, Boxes
from bench.shell import run
from orchestrator.adapters.http_get import get

BARE = "orchestrator-bench-bare:local"
CONTEXT = Path(__file__).parent / "bare"
READY, SIGN_IN = "/readyz", "/login"
PAIRS = 9
RESTS = 3  # of the pairs are left alone for REST_S, and looked at then
REST_S = 5.0
POLL_S = 0.005
ANSWER_S = 2.0
DEADLINE_S = 60.0

Say = Callable[[str], None]


class NoAnswer(Exception):
    """The container did not answer in time."""


@dataclass
class Side:
    """Seconds from the command to the first 200, to the first page for a person (the agent's
    sign-in), and of processor time in the container until the first 200; bytes at rest. The n-th
    of one side and the n-th of the other are a pair."""

    first_s: list[float] = field(default_factory=list)
    page_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    rest: list[float] = field(default_factory=list)


@dataclass
class Starts:
    agent: Side = field(default_factory=Side)
    bare: Side = field(default_factory=Side)


def measure(boxes: Boxes, image: str, pairs: int, say: Say) -> Starts:
    """`pairs` starts of each, in turn. NoAnswer, CommandFailed."""
    agent_image = f"AGENT={image}"
    run(["docker", "build", "--quiet", "--tag", BARE, "--build-arg", agent_image, str(CONTEXT)])
    try:
        agent, bare = boxes.make("agent", image), boxes.make("bare", BARE)
        found = Starts()
        sides = ((agent, found.agent), (bare, found.bare))
        for box, _ in sides:  # an agent's very first start makes its first admin: not counted
            start(box)
            boxes.stop(box)
        for number in range(pairs):
            for box, side in sides if number % 2 == 0 else reversed(sides):
                _one(boxes, box, side, page=box is agent, rest=number < RESTS)
            say(f"  docker start → first 200: agent {_last(found.agent)}; bare {_last(found.bare)}")
        return found
    finally:
        for name in ("agent", "bare"):
            boxes.remove(name)
        run(["docker", "rmi", "--no-prune", BARE])


def start(box: Box) -> float:
    """Seconds until its first 200. NoAnswer."""
    began = time.monotonic()
    run(["docker", "start", box.name])
    return asyncio.run(_first_200(box, READY)) - began


def _one(boxes: Boxes, box: Box, side: Side, *, page: bool, rest: bool) -> None:
    began = time.monotonic()
    side.first_s.append(start(box))
    side.cpu_s.append(boxes.use(box).cpu_s)
    if page:
        side.page_s.append(asyncio.run(_first_200(box, SIGN_IN)) - began)
    if rest:
        time.sleep(REST_S)
        side.rest.append(boxes.use(box).memory)
    boxes.stop(box)


async def _first_200(box: Box, path: str) -> float:
    address, port = box.address
    until = time.monotonic() + DEADLINE_S
    while time.monotonic() < until:
        answer = await get(address, port, path, {"Host": "bench.localhost"}, ANSWER_S)
        if answer is not None and answer.status == 200:
            return time.monotonic()
        await asyncio.sleep(POLL_S)
    raise NoAnswer(f"{box.name} did not answer in {DEADLINE_S:.0f} s")


def _last(side: Side) -> str:
    return f"{side.first_s[-1]:.2f} s ({side.cpu_s[-1]:.2f} s of CPU)"

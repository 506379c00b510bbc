"""The parts, one after another on the same platform where that can be; one that fails costs itself.

Each gives the Markdown of its section of the page.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.clock import TooSlow
from bench.fleets import ids
from bench.never_down import kills, many, noise, page, updates, wake
from bench.never_down.platforms import ComposePeer, Platform
from bench.never_down.visitors import Visitor
from bench.shell import CommandFailed, run
from orchestrator.errors import OrchestratorError

TAG = "orchestrator-bench-nd"
PARTS = ("update", "wake", "kill", "many", "noise")
# What says enough without a traceback.
PROBLEMS = (CommandFailed, TooSlow, OrchestratorError, OSError)
NOISY_AND_OTHERS = 7

Side = TypeVar("Side", bound=Platform)
Say = Callable[[str], None]
Sections = dict[str, list[str]]


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    tenants: int = 20
    rounds: int = 8  # updates of all, to and fro
    batch: int = 4
    wakes: int = 30
    kills: int = 100
    many: int = 200
    awake: int = 20
    noises: int = 1  # rounds of each kind


FULL = Size()  # 25 minutes on two quiet cores
SMALL = Size(rounds=2, wakes=10, kills=15, many=60)  # ten


def measure(parts: Sequence[str], size: Size, image: str, root: Path, say: Say) -> Sections:
    """The sections of the parts that went well; the others said why."""
    with _images(image) as images:
        work = _Run(size, images, root, say)
        found: Sections = {}
        if wanted := [one for one in ("update", "wake", "kill") if one in parts]:
            found |= work.on_one_platform(wanted)
        if "many" in parts:
            found |= tried("many", work.many)
        if "noise" in parts:
            found |= tried("noise", work.noise)
    return found


def tried(name: str, part: Callable[[], list[str]]) -> Sections:
    """What it gives, by its name; nothing when it fails."""
    print(f"-- {name}", flush=True)
    try:
        return {name: part()}
    except PROBLEMS as error:
        print(f"\nerror: {name}: {error}", file=sys.stderr, flush=True)
        return {}


class _Run:
    """With two images, between which updates go to and fro."""

    def __init__(self, size: Size, images: Sequence[str], root: Path, say: Say) -> None:
        self._size, self._images, self._root, self._say = size, images, root, say
        self._tenants = ids(size.tenants, "nd")

    def on_one_platform(self, wanted: Sequence[str]) -> Sections:
        try:
            with _running(Platform(self._images[0], self._root / "ours")) as side:
                visitors = updates.peopled(side, self._tenants)
                parts: Mapping[str, Callable[[], list[str]]] = {
                    "update": lambda: self._updates(side, visitors),
                    "wake": lambda: self._wake(side),
                    "kill": lambda: self._kills(side, visitors),
                }
                found: Sections = {}
                for name in wanted:
                    found |= tried(name, parts[name])
                return found
        except PROBLEMS as error:
            print(f"\nerror: {error}", file=sys.stderr, flush=True)
            return {}

    def many(self) -> list[str]:
        size = self._size
        with _running(Platform(self._images[0], self._root / "ours")) as side:
            return page.crowd(many.measure(side, ids(size.many, "crowd"), size.awake, self._say))

    def noise(self) -> list[str]:
        with _running(noise.Limited(self._images[0], self._root / "ours")) as side:
            tenants = ids(NOISY_AND_OTHERS, "nd")
            found = noise.measure(side, tenants, self._size.noises, self._say)
        return noise.section(found).splitlines()

    def _updates(self, side: Platform, visitors: Sequence[Visitor]) -> list[str]:
        old, new = self._images
        to_and_fro = [new if number % 2 == 0 else old for number in range(self._size.rounds)]
        found = updates.ours(side, visitors, to_and_fro, self._size.batch, self._say)
        return page.updates([*found, *self._compose()])

    def _compose(self) -> list[updates.Updated]:
        old, new = self._images
        peer = ComposePeer(old, self._root / "peer")
        try:
            peer.start()
            return updates.compose(peer, self._tenants, [new, old], self._say)
        finally:
            peer.stop()

    def _wake(self, side: Platform) -> list[str]:
        return page.woken(wake.measure(side, self._tenants[0], self._size.wakes, self._say))

    def _kills(self, side: Platform, visitors: Sequence[Visitor]) -> list[str]:
        found = kills.measure(
            side,
            self._tenants,
            visitors,
            images=self._images,
            kills=self._size.kills,
            say=self._say,
        )
        return page.survived(found)


@contextmanager
def _images(base: str) -> Iterator[list[str]]:
    """Two images that differ in a label, so in their id; of a name that nobody rebuilds."""
    names = [f"{TAG}:old", f"{TAG}:new"]
    for name in names:
        text = f"FROM {base}\nLABEL bench={name}\n"
        run(["sh", "-c", f"printf %s '{text}' | docker build --quiet --tag {name} -"])
    try:
        yield names
    finally:
        run(["docker", "rmi", "--no-prune", *names])


@contextmanager
def _running(side: Side) -> Iterator[Side]:
    try:
        side.start()
        yield side
    finally:
        side.stop()

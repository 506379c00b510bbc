"""`python -m bench.never_down`: measures, and writes docs/benchmarks-never-down.md."""

from __future__ import annotations

import argparse
import fcntl
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from bench import machine
from bench.clock import TooSlow
from bench.fleets import ids
from bench.never_down import kills, many, noise, page, updates, wake
from bench.never_down.platforms import ComposePeer, Platform
from bench.ours import TOP
from bench.shell import CommandFailed, run

PAGE = TOP / "docs" / "benchmarks-never-down.md"
TAG = "orchestrator-bench-nd"
Side = TypeVar("Side", bound=Platform)
PARTS = ("update", "wake", "many", "kill", "noise")


def main() -> int:
    """0 done, 1 with a reason."""
    given = _arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    described = machine.describe(given.image)
    found = page.Found(described)
    given.root.mkdir(parents=True, exist_ok=True)
    with (given.root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            with _images(given.image) as images:
                _measure(given, images, found)
        except (CommandFailed, TooSlow, TimeoutError) as error:
            print(f"\nerror: {error}", file=sys.stderr, flush=True)
            return 1
        finally:
            print(page.render(found))
            if not given.no_page:
                PAGE.write_text(page.render(found))
    return 0


def _measure(given: argparse.Namespace, images: list[str], found: page.Found) -> None:
    old, new = images
    tenants = ids(given.tenants, "nd")
    to_and_fro = [new if number % 2 == 0 else old for number in range(given.rounds)]
    if {"update", "wake", "kill"} & set(given.parts):
        with _running(Platform(old, given.root / "ours")) as side:
            visitors = updates.peopled(side, tenants)
            if "update" in given.parts:
                _say("ours: updates")
                found.updates += updates.ours(side, visitors, to_and_fro, given.batch, _say)
            if "wake" in given.parts:
                _say("wake")
                found.woken = wake.measure(side, tenants[0], given.wakes, _say)
            if "kill" in given.parts:
                _say("kills")
                found.survived = kills.measure(
                    side, tenants, visitors, images=images, kills=given.kills, say=_say
                )
    if "update" in given.parts:
        peer = ComposePeer(old, given.root / "peer")
        try:
            peer.start()
            _say("compose: updates")
            found.updates += updates.compose(peer, tenants, [new, old], _say)
        finally:
            peer.stop()
    if "many" in given.parts:
        with _running(Platform(old, given.root / "ours")) as side:
            _say("many")
            found.crowd = many.measure(side, ids(given.many, "crowd"), given.awake, _say)
    if "noise" in given.parts:
        with _running(noise.Limited(old, given.root / "ours")) as quiet:
            _say("noise")
            found.disturbed = noise.measure(quiet, ids(7, "nd"), given.noises, _say)


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


def _say(text: str) -> None:
    print(text, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.never_down", description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--tenants", type=int, default=20, help="to update")
    parser.add_argument("--rounds", type=int, default=4, help="updates of all, to and fro")
    parser.add_argument("--batch", type=int, default=4, help="updated at a time")
    parser.add_argument("--wakes", type=int, default=30)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--noises", type=int, default=2, help="rounds of each kind of noise")
    parser.add_argument("--many", type=int, default=200, help="tenants of which most sleep")
    parser.add_argument("--awake", type=int, default=20)
    parser.add_argument("--image", default="data-agent:latest")
    parser.add_argument("--root", type=Path, default=Path("/var/tmp/orchestrator-bench-nd"))
    parser.add_argument("--no-page", action="store_true", help="leave the page in docs alone")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())

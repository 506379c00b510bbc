"""`make bench`: measures, prints the tables and writes them into docs/benchmarks.md."""

from __future__ import annotations

import argparse
import fcntl
import signal
import sys
from pathlib import Path

from bench import core, machine, page
from bench.clock import TooSlow
from bench.ours import TOP, Ours
from bench.peer import Peer
from bench.rounds import Results, Size, run_rounds
from bench.shell import CommandFailed, run

PAGE = TOP / "docs" / "benchmarks.md"
PINNED = "orchestrator-bench-agent:pinned"


def main() -> int:
    """0 done, 1 with a reason."""
    given = _arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))  # so that all is cleaned up
    figures = core.measure()
    for one in figures:
        print(f"reconcile of {one.tenants} with nothing to do: {one.later.median * 1000:.2f} ms")
    if given.core_only:
        return 0
    described = machine.describe(given.image)
    try:
        results = _rounds(given)
    except (CommandFailed, TooSlow, TimeoutError) as error:
        print(f"\nerror: {error}", file=sys.stderr, flush=True)
        return 1
    tables = page.render(described, figures, results[Ours.name], results[Peer.name])
    print(tables)
    if not given.no_page:
        page.write(PAGE, tables)
        print(f"written to {PAGE.relative_to(TOP)}")
    return 0


def _rounds(given: argparse.Namespace) -> dict[str, Results]:
    root: Path = given.root
    root.mkdir(parents=True, exist_ok=True)
    # Names are fixed, so that what a killed run left behind is found and removed: one at a time.
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # A name of its own: a rebuilt image must not change what is measured in the middle.
        run(["docker", "tag", given.image, PINNED])
        sides = (Ours(PINNED, root / "ours"), Peer(PINNED, root / "peer"))
        try:
            return run_rounds(sides, Size(given.rounds, given.more, given.tenants), _say)
        finally:
            run(["docker", "rmi", "--no-prune", PINNED])


def _say(text: str) -> None:
    print(text, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    default = Size()
    parser.add_argument("--rounds", type=int, default=default.rounds, help="pairs of 20 from zero")
    parser.add_argument("--more", type=int, default=default.more, help="additions in each round")
    parser.add_argument("--tenants", type=int, default=default.tenants, help="tenants from zero")
    parser.add_argument("--image", default="data-agent:latest", help="what both sides run")
    parser.add_argument("--root", type=Path, default=Path("/var/tmp/orchestrator-bench"))
    parser.add_argument("--core-only", action="store_true", help="only the pure core; no Docker")
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md alone")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())

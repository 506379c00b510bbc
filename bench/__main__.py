"""`make bench`: measures, prints the tables and writes them into docs/benchmarks.md."""

from __future__ import annotations

import argparse
import fcntl
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from bench import agent, core, machine, page
from bench.agent_import import ROWS
from bench.agent_page import agent_table
from bench.clock import TooSlow
from bench.fleet_page import core_table, fleet_tables
from bench.inside import Killed
from bench.never_down import parts
from bench.never_down.__main__ import run_parts
from bench.ours import TOP, Ours
from bench.peer import Peer
from bench.rounds import Size, run_rounds
from bench.shell import CommandFailed, run
from bench.starts import PAIRS, NoAnswer
from orchestrator.errors import OrchestratorError

PAGE = TOP / "docs" / "benchmarks.md"
PINNED = "orchestrator-bench-agent:pinned"
LOCK = Path("/var/tmp/orchestrator-bench.lock")
QUESTIONS_WITHIN_S = 600
# What says enough without a traceback.
PROBLEMS = (CommandFailed, TooSlow, NoAnswer, Killed, OrchestratorError, TimeoutError)

Part = Callable[[], list[str]]  # measures, and gives its tables


def main() -> int:
    """0 done, 1 when a part failed, with the reason."""
    given = _arguments()
    _clean_up_on_signals()
    began = time.monotonic()
    described = machine.describe(given.image)
    every: Mapping[str, Part] = {
        "fleet": lambda: _fleet(given),
        "agent": lambda: _agent(given),
        "core": _core,
        "questions": lambda: _questions(given),
        "never-down": lambda: _never_down(given),
    }
    wanted = [given.only] if given.only else [*every]
    given.root.mkdir(parents=True, exist_ok=True)
    with _alone(), _pinned(given.image, wanted):
        found = {name: _tried(name, every[name]) for name in wanted}
    for name, lines in found.items():
        if lines:
            tables = page.render(described, lines)
            _say(f"\n{tables}")
            if not given.no_page:
                page.write(PAGE, name, tables)
                _say(f"written to {PAGE.relative_to(TOP)}")
    _say(f"all of it took {time.monotonic() - began:.0f} s")
    failed = [name for name, lines in found.items() if lines is None]
    if failed:
        _say(f"failed, see above, and left on the page as it was: {', '.join(failed)}")
    return 1 if failed else 0


def _tried(name: str, part: Part) -> list[str] | None:
    _say(f"== {name}")
    try:
        return part()
    except PROBLEMS as error:
        print(f"\nerror: {error}", file=sys.stderr, flush=True)
    except Exception:  # of the agent's own engine, for instance: the other parts are still worth it
        traceback.print_exc()
    return None


def _fleet(given: argparse.Namespace) -> list[str]:
    root: Path = given.root
    sides = (Ours(PINNED, root / "ours"), Peer(PINNED, root / "peer"))
    found = run_rounds(sides, Size(given.rounds, given.more, given.tenants), _say)
    return fleet_tables(found[Ours.name], found[Peer.name])


def _agent(given: argparse.Namespace) -> list[str]:
    found = agent.measure(given.root, PINNED, _say, pairs=given.starts, rows=given.rows)
    return agent_table(found)


def _core() -> list[str]:
    return core_table(core.measure())


def _questions(given: argparse.Namespace) -> list[str]:
    """Writes a table of its own, where the page has a place for it."""
    words = [sys.executable, "-m", "bench.questions"]
    options = ["--no-page"] if given.no_page else []
    _say(run([*words, *options], timeout_s=QUESTIONS_WITHIN_S))
    return []


def _never_down(given: argparse.Namespace) -> list[str]:
    """Writes a page of its own."""
    failed = run_parts(
        list(parts.PARTS), parts.SMALL, given.image, given.root / "nd", write=not given.no_page
    )
    if failed:
        raise TooSlow("not all of its parts could be measured")
    return []


@contextmanager
def _alone() -> Iterator[None]:
    """One run at a time: names are fixed, so that what a killed run left is found and removed."""
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("waiting for another run of the benchmarks")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _pinned(image: str, wanted: list[str]) -> Iterator[None]:
    """A name of its own: a rebuilt image must not change what is measured in the middle."""
    if not {"fleet", "agent"} & {*wanted}:  # the others need no Docker
        yield
        return
    run(["docker", "tag", image, PINNED])
    try:
        yield
    finally:
        run(["docker", "rmi", "--no-prune", PINNED])


def _clean_up_on_signals() -> None:
    """Leave by way of every `finally`; once, however often somebody presses Ctrl-C."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def end(number: int, _: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        _say("ending; removing what was made")
        sys.exit(128 + number)

    for number in numbers:
        signal.signal(number, end)


def _say(text: str) -> None:
    print(text, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    default = Size()
    choices = ("fleet", "agent", "core", "questions", "never-down")
    parser.add_argument("--only", choices=choices)
    parser.add_argument("--rounds", type=int, default=default.rounds, help="pairs of 20 from zero")
    parser.add_argument("--more", type=int, default=default.more, help="additions in each round")
    parser.add_argument("--tenants", type=int, default=default.tenants, help="tenants from zero")
    parser.add_argument("--starts", type=int, default=PAIRS, help="pairs of an agent's starts")
    parser.add_argument("--rows", type=int, default=ROWS, help="of the imported file")
    parser.add_argument("--image", default="data-agent:latest", help="what both sides run")
    parser.add_argument("--root", type=Path, default=Path("/var/tmp/orchestrator-bench"))
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md alone")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())

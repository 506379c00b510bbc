"""`python -m bench.never_down`: measures, and writes docs/benchmarks-never-down.md."""

from __future__ import annotations

import argparse
import fcntl
import signal
import sys
import time
from dataclasses import asdict, fields
from pathlib import Path

from bench import machine
from bench.never_down import page
from bench.never_down.parts import FULL, PARTS, SMALL, Size, measure
from bench.ours import TOP

PAGE = TOP / "docs" / "benchmarks-never-down.md"


def main() -> int:
    """0 done, 1 when a part failed, with the reason."""
    given = _arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    size = Size(**{name: getattr(given, name) for name in asdict(FULL)})
    return run_parts(given.parts, size, given.image, given.root, write=not given.no_page)


def run_parts(parts: list[str], size: Size, image: str, root: Path, *, write: bool) -> int:
    """Measure, print and write what was found; one run at a time."""
    began, described = time.monotonic(), machine.describe(image)
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = measure(parts, size, image, root, _say)
    for name, lines in found.items():
        _say(f"\n{page.written(PAGE if write else None, name, described, lines)}")
    _say(f"it took {time.monotonic() - began:.0f} s")
    failed = [name for name in parts if name not in found]
    if failed:
        _say(f"failed, see above, and left on the page as it was: {', '.join(failed)}")
    return 1 if failed else 0


def _say(text: str) -> None:
    print(text, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.never_down", description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    small = "--small" in sys.argv
    parser.add_argument("--small", action="store_true", help="ten minutes instead of 25")
    for one in fields(Size):
        default = getattr(SMALL if small else FULL, one.name)
        parser.add_argument(f"--{one.name}", type=int, default=default, help=f"({default})")
    parser.add_argument("--image", default="data-agent:latest")
    parser.add_argument("--root", type=Path, default=Path("/var/tmp/orchestrator-bench-nd"))
    parser.add_argument("--no-page", action="store_true", help="leave the page in docs alone")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())

"""`python -m bench.questions`: asks the question suite and writes its table into the page."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).parents[1]
PAGE = TOP / "docs" / "benchmarks.md"
BEGIN = "<!-- questions: written by python -m bench.questions -->"
END = "<!-- end of the questions -->"


def main() -> int:
    """0 done."""
    sys.path.insert(0, str(TOP / "agent_image"))
    from tests.unit.agent.asking.suite.report import table
    from tests.unit.agent.asking.suite.run import ask_all

    with tempfile.TemporaryDirectory() as directory:
        lines = table(asyncio.run(ask_all(Path(directory))))
    print("\n".join(lines))
    write(PAGE, "\n".join(lines))
    return 0


def write(path: Path, lines: str) -> None:
    """Put the table between its marks; ValueError where the page has none."""
    text = path.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} must hold the lines {BEGIN!r} and {END!r}")
    path.write_text(f"{before}{BEGIN}\n\n{lines}\n\n{END}{after}")


if __name__ == "__main__":
    raise SystemExit(main())

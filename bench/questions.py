"""`python -m bench.questions [-v] [--no-page]`: asks the question suite and the held-out sets.

The tables go into the page; with -v all that went wrong in the held-out sets is told as well.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).parents[1]
PAGE = TOP / "docs" / "benchmarks.md"
BEGIN = "<!-- questions: written by python -m bench.questions -->"
END = "<!-- end of the questions -->"


def main(arguments: tuple[str, ...] = ()) -> int:
    """0 done."""
    sys.path.insert(0, str(TOP / "agent_image"))
    with tempfile.TemporaryDirectory() as directory:
        lines, wrong = asyncio.run(_ask(Path(directory)))
    if "-v" in arguments:
        print("\n".join(wrong))
    print("\n".join(lines))
    if "--no-page" not in arguments:
        write(PAGE, "\n".join(lines))
    return 0


async def _ask(directory: Path) -> tuple[list[str], list[str]]:
    """The suite's table with a line for each held-out set, and what went wrong in those."""
    from tests.questions_blind.asking import ask_set
    from tests.questions_blind.questions import sets
    from tests.questions_blind.reporting import details, line
    from tests.unit.agent.asking.suite.report import table
    from tests.unit.agent.asking.suite.run import ask_all

    (directory / "suite").mkdir()
    lines, wrong = table(await ask_all(directory / "suite")), []
    for name in sets():
        (directory / name).mkdir()
        asked = await ask_set(name, directory / name)
        lines.append(line(f"**held out: {name} set**", asked))
        wrong += details(asked)
    return lines, wrong


def write(path: Path, lines: str) -> None:
    """Put the table between its marks; ValueError where the page has none."""
    text = path.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} must hold the lines {BEGIN!r} and {END!r}")
    path.write_text(f"{before}{BEGIN}\n\n{lines}\n\n{END}{after}")


if __name__ == "__main__":
    raise SystemExit(main(tuple(sys.argv[1:])))

"""docs/benchmarks.md: the tables between its two marks are written anew, the words stay."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from bench.tables import table

BEGIN = "<!-- tables: written by make bench -->"
END = "<!-- end of the tables -->"


class PageDamaged(Exception):
    """The page lacks its marks, so that nobody knows what may be replaced."""


def write(path: Path, tables: str) -> None:
    """Replace what stands between the marks. PageDamaged."""
    text = path.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise PageDamaged(f"{path} must hold the lines {BEGIN!r} and {END!r}")
    path.write_text(f"{before}{BEGIN}\n\n{tables}\n{END}{after}")


def render(machine: Sequence[tuple[str, str]], sections: Sequence[Sequence[str]]) -> str:
    """The page's tables, as Markdown."""
    return "\n".join([*table(("measured on", ""), machine), *chain(*sections)])

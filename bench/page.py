"""docs/benchmarks.md: a part's tables between its two marks are written anew, all else stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.tables import table

BEGIN = "<!-- {part}: written by make bench -->"
END = "<!-- end of {part} -->"


class PageDamaged(Exception):
    """The page lacks a part's marks, so that nobody knows what may be replaced."""


def write(path: Path, part: str, tables: str) -> None:
    """Replace what stands between the marks of this part. PageDamaged."""
    begins, ends = BEGIN.format(part=part), END.format(part=part)
    text = path.read_text()
    before, begin, rest = text.partition(begins)
    _, end, after = rest.partition(ends)
    if not begin or not end:
        raise PageDamaged(f"{path} must hold the lines {begins!r} and {ends!r}")
    path.write_text(f"{before}{begins}\n\n{tables}\n{ends}{after}")


def render(machine: Sequence[tuple[str, str]], lines: Sequence[str]) -> str:
    """A part's tables with what they were measured on, as Markdown."""
    return "\n".join([*lines, *table(("measured on", ""), machine)])

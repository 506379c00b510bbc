"""Rows from all parts of a file that is ordinary CSV in UTF-8, for a guess at its columns."""

from __future__ import annotations

from collections.abc import Iterator
from io import SEEK_END
from pathlib import Path

from data_agent.importing.lines import Lines
from data_agent.importing.records import Broken, Dialect, Records

PLACES = 16
BLOCK_BYTES = 16 * 1024


def spread_rows(path: Path, dialect: Dialect, width: int) -> list[list[str]]:
    """Rows of `width` cells from the places. Where a place begins within a cell of several lines,
    some may be none: they may only make a guess more careful."""
    records = (record for lines in _blocks(path) for record in Records(lines, dialect))
    return [r[1] for r in records if not isinstance(r, Broken) and len(r[1]) == width]


def _blocks(path: Path) -> Iterator[list[str]]:
    """The whole lines of each place; the first and the last line of a block may be cut."""
    with path.open("rb") as file:
        size = file.seek(0, SEEK_END)
        for place in range(1, PLACES + 1):
            start = max(0, (size - BLOCK_BYTES) * place // PLACES)
            file.seek(start)
            block = file.read(BLOCK_BYTES).decode("utf-8", "replace")
            yield list(Lines([block]))[1 : None if start + BLOCK_BYTES >= size else -1]

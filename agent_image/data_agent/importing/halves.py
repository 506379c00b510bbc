"""A file in two halves, so that two threads can read it and its rows still have their order.

The place between them is where lines look like whole records; whether it is none within quotes is
only sure when all bytes before it were looked at (marks.py).
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from data_agent.importing.lines import Lines
from data_agent.importing.records import Broken, Dialect, Records

WINDOW_BYTES = 256 * 1024
TRIED = 50  # line ends behind the middle
AGREEING = 20  # records that have as many cells as there are columns


def middle_of(path: Path, dialect: Dialect, width: int) -> int:
    """Where a record most likely begins, near the middle of the file; 0: nowhere."""
    with path.open("rb") as file:
        start = file.seek(path.stat().st_size // 2)
        window = file.read(WINDOW_BYTES)
    place = 0
    for _ in range(TRIED):
        place = window.find(b"\n", place) + 1
        if not place:
            break
        lines = Lines([window[place:].decode("utf-8", "replace")])
        records = list(islice(Records(lines, dialect), AGREEING))
        if len(records) == AGREEING and all(
            not isinstance(record, Broken) and len(record[1]) == width for record in records
        ):
            return start + place
    return 0

"""A file in two halves, so that two threads can read it and its rows still have their order.

The place between them is where lines look like whole records; whether it is none within quotes is
only sure when all bytes before it were looked at (marks.py).
"""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

from data_agent.importing.lines import Lines
from data_agent.importing.records import Broken, Dialect, Records

WINDOW_BYTES = 256 * 1024
TRIED = 50  # line ends behind the middle
AGREEING = 20  # records that have as many cells as there are columns
COPY_BYTES = 16 * 1024 * 1024


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


def split(path: Path, skip: int, middle: int, first: Path, second: Path) -> None:
    """Copy what stands below the first `skip` lines up to `middle`, and the rest. OSError."""
    with path.open("rb") as file:
        begin = sum(len(line) for line in islice(file, skip))
        _copy(file.fileno(), begin, middle, first)
        _copy(file.fileno(), middle, path.stat().st_size, second)


def _copy(source: int, begin: int, end: int, target: Path) -> None:
    with target.open("wb") as file:
        while begin < end:
            sent = os.sendfile(file.fileno(), source, begin, min(COPY_BYTES, end - begin))
            if not sent:
                raise OSError("the file became shorter while it was copied")
            begin += sent

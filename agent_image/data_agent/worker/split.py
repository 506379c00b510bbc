"""A file copied in two, each half for a thread of its own."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

COPY_BYTES = 16 * 1024 * 1024


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

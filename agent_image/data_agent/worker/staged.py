"""A file that DuckDB can read as it is, and how many records must arrive of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from data_agent.importing.marks import blank_lines
from data_agent.importing.records import Dialect
from data_agent.importing.source import Cleaned, Upload
from data_agent.importing.spread import spread_rows
from data_agent.worker.database import quote_text

IN_ORDER = ", parallel=false"
BUFFER_BYTES = 8 * 1024 * 1024  # per thread; DuckDB's own default is 32 MB


@dataclass(frozen=True)
class Halves:
    """Of the data of a file. `copies`: gives the paths of both. `torn`: whether there is a quote
    open between them, so that they are none."""

    copies: Callable[[], tuple[Path, Path]]
    torn: Callable[[], bool]


@dataclass(frozen=True)
class Staged:
    """`skip`: lines above the data. `records`: gives the number of those of the data, as they were
    counted in the bytes, blank lines among them; NotAsCounted when the file proved to be another.
    `cleaned`: what a rewrite left out; None: every record stands. `halves`: for two threads to
    read. `begin`: starts what finds `records`, for which nobody has to wait before that."""

    path: Path
    upload: Upload
    records: Callable[[], int]
    skip: int = 0
    delimiter: str = ""
    line_end: str = "\n"
    cleaned: Cleaned | None = None
    halves: Halves | None = None
    begin: Callable[[], object] = lambda: None

    @property
    def sql(self) -> str:
        """A FROM item of text columns c0, c1 … in no order. Strict: a fault is an error, never a
        guess."""
        return self._sql(self.path, self.skip)

    @cached_property
    def lanes(self) -> tuple[str, ...]:
        """The same as one or two items that give the rows in order, each to one thread."""
        self.begin()
        if self.halves is not None:
            with contextlib.suppress(OSError):
                return tuple(self._sql(half, 0, IN_ORDER) for half in self.halves.copies())
        return (self._sql(self.path, self.skip, IN_ORDER),)

    def _sql(self, path: Path, skip: int, more: str = "") -> str:
        columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(self.upload.layout.width))
        # duckdb 2.0.0 finds no row at all when it is told of CR LF; untold, it reads both, and
        # a file that mixes them is an error.
        line_end = "new_line='\\n', " if self.line_end == "\n" else ""
        return (
            f"read_csv({quote_text(str(path))}, auto_detect=false, header=false, "
            f"skip={skip}, delim={quote_text(self._delimiter)}, "
            "quote='\"', escape='\"', "
            f"comment='', {line_end}nullstr='', strict_mode=true, buffer_size={BUFFER_BYTES}, "
            f"columns={{{columns}}}{more})"
        )

    def is_whole(self, rows: int) -> bool:
        """Whether so many rows are all that the file has; DuckDB leaves blank lines out."""
        if self.halves is not None and self.halves.torn():
            return False
        records = self.records()
        if rows == records or self.cleaned is not None:
            return rows == records
        return rows < records and rows == records - blank_lines(self.path, self.skip)

    def spread(self) -> list[list[str]]:
        """Rows from all of its parts."""
        return spread_rows(self.path, Dialect(self._delimiter), self.upload.layout.width)

    @property
    def _delimiter(self) -> str:
        return self.delimiter or self.upload.layout.dialect.delimiter

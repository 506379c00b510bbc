"""Records out of lines: strict CSV, and a line that breaks its rules costs that line only.

A quote that is never closed would swallow the rest of the file into one cell. So the reader is
strict, and after an error it goes on at the line after the one where the broken record began.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_CELL_LENGTH = 1_000_000  # characters
SHOWN = 200


@dataclass(frozen=True)
class Dialect:
    """How cells are separated. A backslash before a quote is how MySQL and others escape it."""

    delimiter: str
    backslash: bool = False
    space_after: bool = False  # `a, "b, c"`: a space stands between delimiter and quote

    @property
    def standard(self) -> bool:
        return not self.backslash and not self.space_after


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that is no record. `text`: its beginning; `literal`: cells if quotes mean nothing."""

    line: int
    reason: str
    text: str
    literal: tuple[str, ...]


class Records:
    """Iterates (first line number, cells) and Broken; blank lines are counted, not yielded."""

    def __init__(self, lines: Iterable[str], dialect: Dialect) -> None:
        self._source = _Rewindable(lines)
        self._dialect = dialect
        self.blank_lines = 0

    def __iter__(self) -> Iterator[tuple[int, list[str]] | Broken]:
        source = self._source
        csv.field_size_limit(MAX_CELL_LENGTH)
        finished = False
        while not finished:
            try:
                for cells in self._reader(source):
                    line = source.take_record()
                    if cells:
                        yield line, cells
                    else:
                        self.blank_lines += 1
                finished = True
            except csv.Error as error:
                line, text = source.give_back_all_but_first()
                yield Broken(line, _reason(str(error)), text[:SHOWN].rstrip(), self._literal(text))

    def _reader(self, source: Iterable[str]) -> Iterator[list[str]]:
        return csv.reader(
            source,
            delimiter=self._dialect.delimiter,
            doublequote=not self._dialect.backslash,
            escapechar="\\" if self._dialect.backslash else None,
            skipinitialspace=self._dialect.space_after,
            strict=True,
        )

    def _literal(self, text: str) -> tuple[str, ...]:
        return tuple(text.rstrip("\r\n").split(self._dialect.delimiter))


class _Rewindable:
    """Lines, remembered from the beginning of the current record on."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._given: list[str] = []
        self._back: list[str] = []
        self._next_line = 1  # number of the first line in _given

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.pop() if self._back else next(self._lines)
        self._given.append(line)
        return line

    def take_record(self) -> int:
        """Forget the lines of the record just read; the number of its first line."""
        first = self._next_line
        self._next_line += len(self._given)
        self._given.clear()
        return first

    def give_back_all_but_first(self) -> tuple[int, str]:
        """The number and text of the broken record's first line; the others are read again."""
        first, *others = self._given
        self._back.extend(reversed(others))
        self._given.clear()
        self._next_line += 1
        return self._next_line - 1, first


def _reason(message: str) -> str:
    if "field limit" in message:
        return f"a cell has more than {MAX_CELL_LENGTH:,} characters, or a quote is never closed"
    if "unexpected end" in message:
        return "a quote is opened and never closed"
    if "expected after" in message:
        return "there is text after a closing quote"
    return "it is not valid CSV"

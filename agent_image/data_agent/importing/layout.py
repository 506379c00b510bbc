"""Find out from the beginning of a file how it is laid out: delimiter, preamble, header, width."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from data_agent.importing.header import (
    Row,
    header_row,
    is_header,
    names_first_columns,
    names_typed_columns,
)
from data_agent.importing.records import Broken, Dialect, Records

DELIMITERS = ",;\t|"  # at a tie the one with more columns wins, then the first here
NONE = "\x1f"  # "unit separator": stands in no text, so every line is one cell
SAMPLE_RECORDS = 400
SHORT_PREAMBLE = 6  # so few rows above a wider table are no table of their own
# So much of the file, from the first full record on, must agree on a number of cells; less will do
# when the first line of all, most likely the header, agrees on three or more.
AGREEMENT, AGREEMENT_WITH_HEADER = 0.5, 0.3
IN_A_NUMBER = re.compile(r"(?<=[0-9]),(?=[0-9])")
DECIMAL_COMMAS = (
    0.9  # so many of the commas stand between digits: they are no delimiters, if need be
)


@dataclass(frozen=True)
class Layout:
    """`header_line`: where the names stand (1 = first line), 0 when the file has none.

    `first_line`: where the data begins. `preamble`: the lines above, which belong to no table.
    """

    dialect: Dialect
    width: int
    header: tuple[str, ...]
    header_line: int
    first_line: int
    preamble: tuple[str, ...] = ()

    @property
    def named(self) -> int:
        """So many columns have a name or stand before one that has."""
        return max((n for n, name in enumerate(self.header, start=1) if name.strip()), default=0)


def find_layout(lines: Sequence[str], *, complete: bool) -> Layout | None:
    """The layout of a file that begins with these lines; None when there is no record in them.

    `complete`: these are all lines of the file; otherwise the last record may be cut off.
    """
    forced, lines_skipped = _separator_line(lines)
    candidates = [forced] if forced else list(DELIMITERS)
    best: tuple[tuple[bool, float, int, int], Dialect, list[Row], int] | None = None
    for place, delimiter in enumerate(candidates):
        dialect = _quoting(lines, delimiter)
        rows = _rows(lines, dialect, lines_skipped, complete)
        width, agreement = _width(rows)
        above = sum(1 for _, cells in rows if len(cells) == width) / max(len(rows), 1)
        separates = delimiter != "," or not _commas_are_decimal(lines)
        score = (separates, agreement + above, width, -place)
        enough = agreement >= _needed(rows, width) or bool(forced)
        if width > 1 and enough and (best is None or score > best[0]):
            best = (score, dialect, rows, width)
    if best is None:
        dialect = Dialect(forced or _single_column_delimiter(lines))
        rows = _rows(lines, dialect, lines_skipped, complete)
        return _layout(lines, dialect, rows, 1) if rows else None
    return _layout(lines, *best[1:])


def _commas_are_decimal(lines: Sequence[str]) -> bool:
    """12,50 in each line of a file is as regular as a delimiter; another one is believed first."""
    sample = lines[:SAMPLE_RECORDS]
    commas = sum(line.count(",") for line in sample)
    inside = sum(len(IN_A_NUMBER.findall(line)) for line in sample)
    return inside >= DECIMAL_COMMAS * commas


def _needed(rows: Sequence[Row], width: int) -> float:
    header_agrees = width > 2 and len(rows[0][1]) == width
    return AGREEMENT_WITH_HEADER if header_agrees else AGREEMENT


def _separator_line(lines: Sequence[str]) -> tuple[str, int]:
    """Excel's own first line `sep=;` names the delimiter."""
    first = lines[0].strip().strip('"') if lines else ""
    if first.lower().startswith("sep=") and len(first) <= 5:
        return first[4:] or "\t", 1
    return "", 0


def _quoting(lines: Sequence[str], delimiter: str) -> Dialect:
    """Doubled quotes unless the file breaks with them and does not with backslashes."""
    sample = lines[:SAMPLE_RECORDS]
    spaced = any(f'{delimiter} "' in line for line in sample) and delimiter != " "
    doubled = Dialect(delimiter, space_after=spaced)
    if not any('\\"' in line for line in sample):
        return doubled
    escaped = Dialect(delimiter, backslash=True, space_after=spaced)
    return escaped if _broken(sample, escaped) < _broken(sample, doubled) else doubled


def _broken(lines: Sequence[str], dialect: Dialect) -> int:
    return sum(isinstance(record, Broken) for record in Records(lines, dialect))


def _rows(lines: Sequence[str], dialect: Dialect, skip: int, complete: bool) -> list[Row]:
    rows: list[Row] = []
    for record in Records(lines, dialect):
        line, cells = (record.line, list(record.literal)) if isinstance(record, Broken) else record
        if line > skip and any(cell.strip() for cell in cells):
            rows.append((line, cells))
        if len(rows) > SAMPLE_RECORDS:
            break
    return rows if complete or len(rows) < 2 else rows[:-1]


def _width(rows: Sequence[Row]) -> tuple[int, float]:
    """The most common number of cells above one, and how many agree from the first such row on."""
    counts = Counter(len(cells) for _, cells in rows if len(cells) > 1)
    if not counts:
        return 1, 0.0
    width = max(counts, key=lambda count: (counts[count], count))
    width = max([width, *(w for w in counts if w > width and _stands_below(rows, w, width))])
    return width, counts[width] / len(rows[_first(rows, width) :])


def _first(rows: Sequence[Row], width: int) -> int:
    return next(i for i, (_, cells) in enumerate(rows) if len(cells) == width)


def _stands_below(rows: Sequence[Row], wider: int, width: int) -> bool:
    """Whether the wider rows are a small table, below a few lines that are no rows of it."""
    first = _first(rows, wider)
    table = [cells for _, cells in rows[first:]]
    whole = len(table) > 2 and all(len(cells) == wider for cells in table)
    few = first <= SHORT_PREAMBLE and any(len(cells) == width for _, cells in rows[:first])
    return whole and few and names_typed_columns(table[0], table[1:])


def _single_column_delimiter(lines: Sequence[str]) -> str:
    """Quoted single cells are CSV with commas; anything else is one cell a line as it stands."""
    filled = [line for line in lines if line.strip()]
    quoted = [line for line in filled if line.lstrip().startswith('"')]
    if quoted and not any(isinstance(r, Broken) for r in Records(lines, Dialect(","))):
        return ","
    return NONE


def _layout(lines: Sequence[str], dialect: Dialect, rows: Sequence[Row], width: int) -> Layout:
    top = header_row(rows, width, lines)
    named = is_header(rows[top][1], [cells for _, cells in rows[top + 1 :]])
    if not named and names_first_columns(rows, top, width):
        named, top = True, top - 1
    preamble = tuple(lines[line - 1].rstrip("\r\n") for line, _ in rows[:top])
    header_line, cells = rows[top]
    if named:
        names = _trimmed(cells, width)
        first = rows[top + 1][0] if len(rows) > top + 1 else header_line + 1
        return Layout(dialect, max(width, len(names)), names, header_line, first, preamble)
    return Layout(dialect, width, (), 0, header_line, preamble)


def _trimmed(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """Header cells; empty ones beyond the data's width are the trace of trailing delimiters."""
    names = list(cells)
    while len(names) > width and not names[-1].strip():
        names.pop()
    return tuple(names + [""] * (width - len(names)))

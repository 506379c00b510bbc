"""Find the row that names the columns, below whatever a bank or a program wrote above it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data_agent.importing.form import MISSING
from data_agent.importing.forms import looks_typed

MAX_PREAMBLE = 50
JUDGED_ROWS = 50  # below a possible header; more would only take longer
NO_VALUES = frozenset(MISSING)

Cells = Sequence[str]
Row = tuple[int, list[str]]  # line number and cells


def header_row(rows: Sequence[Row], width: int, lines: Sequence[str]) -> int:
    """Index of the first row of the table: its names, or data when it has none.

    `rows`: without empty ones; `lines`: all lines, to see empty ones between rows. A row that is
    one cell short may be the header or the last line above it: the rows below decide.
    """
    used = max((_length(cells) for _, cells in rows if len(cells) == width), default=0)
    if 1 < used < width:  # a delimiter at the end of each row makes no column
        return header_row([(line, cells[:used]) for line, cells in rows], used, lines)
    candidates = [index for index, row in enumerate(rows[:MAX_PREAMBLE]) if _wide(row[1], width)]
    first = candidates[0] if candidates else 0
    full = next((i for i in candidates if _length(rows[i][1]) >= width), first)
    if full == first or _names_a_table(rows, first, full, lines):
        return full
    if any(len(cells) >= width for _, cells in rows[first + 1 : full]):
        return first  # data with an empty last cell
    below = _full_rows(rows[full:], width)
    typed = typed_columns(below, width)
    named = [i for i in candidates if i < full and _names(rows[i][1], typed, below)]
    return named[-1] if named else first


def names_first_columns(rows: Sequence[Row], top: int, width: int) -> bool:
    """Whether the line right above the data (`top`) names its first columns and is several cells
    short: most of the columns, by words that differ, above numbers or dates. Another line of so
    many cells above it makes both of them a preamble."""
    line, cells = rows[top - 1] if top else (0, [])
    names = cells[: _length(cells)]
    if line + 1 != rows[top][0] or len(names) * 2 <= width:
        return False
    if any(_length(above) == len(names) for _, above in rows[: top - 1]):
        return False
    different = len({name.strip().casefold() for name in names}) == len(names)
    below = _full_rows(rows[top:], width)
    typed = typed_columns(below, width)
    return different and all(map(_is_word, names)) and _names(names, typed, below)


def names_typed_columns(cells: Cells, below: Sequence[Cells]) -> bool:
    """Whether the cells are words above columns of which some hold numbers or dates."""
    typed = typed_columns(below, len(cells))
    return bool(typed) and all(cell.strip() for cell in cells) and _names(cells, typed, below)


def is_header(cells: Cells, below: Sequence[Cells]) -> bool:
    """Names, unless a cell is a number or a date like those below it. Years in a row are names."""
    typed = [index for index, cell in enumerate(cells) if looks_typed(cell)]
    if not typed:
        return any(cell.strip() for cell in cells)
    if len(typed) < len(cells) and all(_is_year(cells[index]) for index in typed):
        return len({cells[index] for index in typed}) == len(typed)
    return not any(_column_typed(below, index) for index in typed)


def typed_columns(below: Sequence[Cells], width: int) -> list[int]:
    """The columns most of whose values are numbers or dates."""
    return [i for i in range(width) if _values(below, i) and _column_typed(below, i)]


def _wide(cells: Cells, width: int) -> bool:
    """Nearly as wide as the data, and mostly filled."""
    enough = max(2, width - 1) if width > 1 else 1
    return len(cells) >= enough and sum(1 for cell in cells if cell.strip()) * 2 > len(cells)


def _length(cells: Cells) -> int:
    """Cells up to the last one that is filled: spreadsheets pad all rows to the same width."""
    empty = next((n for n, cell in enumerate(reversed(cells)) if cell.strip()), len(cells))
    return len(cells) - empty


def _names_a_table(rows: Sequence[Row], first: int, full: int, lines: Sequence[str]) -> bool:
    """Whether the first row of full width is the header, and the narrower ones are above it."""
    cells, above = rows[full][1], [row for _, row in rows[first:full]]
    below = _full_rows(rows[full + 1 :], len(cells))
    apart = _stands_apart(rows, full, lines)
    typed, words = typed_columns(below, len(cells)), all(map(_is_word, cells))
    if not typed:
        # Words only: nothing in the cells tells names from data, what is around them must.
        regular = bool(below) and len(below) == len(rows[full + 1 :][:JUDGED_ROWS])
        odd = any(looks_typed(cell) for cell in above[0])
        short = all(len(row) < len(cells) for row in above)
        return words and regular and short and (apart or odd or len(above) > 1)
    padded = [row for row in above[1:] if len(row) == len(cells)]
    if any(looks_typed(row[index]) for row in padded for index in typed):
        return False  # data with an empty last cell
    if apart and all(cell.strip() for cell in cells):
        return is_header(cells, below)
    return words and len(below) > 1 and names_typed_columns(cells, below)


def _full_rows(rows: Sequence[Row], width: int) -> list[list[str]]:
    return [cells for _, cells in rows[:JUDGED_ROWS] if len(cells) == width]


def _stands_apart(rows: Sequence[Row], index: int, lines: Sequence[str]) -> bool:
    """Whether an empty line is above the row, and none below: then it is no habit of the file."""
    after = rows[index + 1][0] if index + 1 < len(rows) else 0
    return _empty_above(rows[index][0], lines) and not (after and _empty_above(after, lines))


def _empty_above(line: int, lines: Sequence[str]) -> bool:
    return line > 1 and not lines[line - 2].strip(' ,;|"\t\r\n')


def _names(cells: Cells, typed: Sequence[int], below: Sequence[Cells]) -> bool:
    """Words where the columns hold numbers or dates, and not words for "no value" or that the
    rows below use in the same place."""
    within = [index for index in typed if index < len(cells)]
    if not within or not all(_is_word(cells[index]) for index in within):
        return False
    others = [row for row in below if list(row) != list(cells)]
    return not any(
        cell.strip() and cell in _values(others, index) for index, cell in enumerate(cells)
    )


def _is_word(cell: str) -> bool:
    text = cell.strip()
    return bool(text) and text not in NO_VALUES and not looks_typed(text)


def _column_typed(below: Sequence[Cells], index: int) -> bool:
    values = _values(below, index)
    return not values or sum(looks_typed(value) for value in values) * 2 > len(values)


def _values(below: Sequence[Cells], index: int) -> list[str]:
    return [cells[index] for cells in below if index < len(cells) and cells[index].strip()]


def _is_year(cell: str) -> bool:
    return cell.strip().isdigit() and 1900 <= int(cell) <= 2100 if len(cell.strip()) == 4 else False

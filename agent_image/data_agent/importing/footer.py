"""Rows below the table: totals and remarks that people and programs put under their data. Pure.

Only the end of the file is looked at, and only what no other row looks like: a table in which
"Total" is an ordinary value keeps all of its rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from data_agent.importing.forms import looks_typed

HELD_ROWS = 20  # a longer footer is no footer
ROWS_TO_JUDGE = 5  # fewer do not show whether a row with one filled cell is odd
LONGEST_WORD = 24
TOTALS = frozenset(
    """
    total|totals|grand total|sub total|subtotal|sum|sums|overall|average|mean|summe|gesamt
    gesamtsumme|insgesamt|zwischensumme|endsumme|durchschnitt|somme|suma|totale|totaal|totalt
    """.replace("\n", "|")
    .replace("    ", "")
    .strip("|")
    .split("|")
)
TOTAL = "a total below the table, no row of it"
REMARK = "a remark below the table, no row of it"
EMPTY = "an empty row between the table and what stands below it"

Cells = Sequence[str]


def footer(last: Sequence[Cells], above: Sequence[Cells]) -> tuple[str, ...]:
    """The reasons to leave out the last rows, one per row, in their order; none: all are data.

    `last`: the last rows of the file (up to HELD_ROWS); `above`: other rows of the same table,
    which show what is ordinary in it.
    """
    ordinary = _Ordinary(above, last)
    reasons: list[str] = []
    for cells in reversed(last):
        reason = EMPTY if not _filled(cells) else ordinary.oddity(cells)
        if not reason:
            break
        reasons.append(reason)
    while reasons and reasons[-1] == EMPTY and len(reasons) == len(last):
        reasons.pop()
    if set(reasons) <= {EMPTY}:
        return ()  # empty rows without anything odd below them are rows like others
    return tuple(reversed(reasons)) if len(reasons) < len(last) or above else ()


class _Ordinary:
    """What the rows of the table themselves look like."""

    def __init__(self, above: Sequence[Cells], last: Sequence[Cells]) -> None:
        odd = {tuple(cells) for cells in last if _is_total(cells) or _is_remark(cells)}
        rows = [cells for cells in (*above, *last) if tuple(cells) not in odd]
        words = {_word(cell) for cells in rows for cell in cells if len(cell) < LONGEST_WORD}
        self._has_totals = not TOTALS.isdisjoint(words)
        lone = any(len(_filled(cells)) == 1 for cells in rows)
        self._has_lone_cells = lone or len(rows) < ROWS_TO_JUDGE

    def oddity(self, cells: Cells) -> str:
        if _is_total(cells) and not self._has_totals:
            return TOTAL
        if _is_remark(cells) and not self._has_lone_cells:
            return REMARK
        return ""


def _is_total(cells: Cells) -> bool:
    """A word for a total, then nothing but figures."""
    filled = _filled(cells)
    if len(cells) < 2 or len(filled) < 2 or _word(filled[0]) not in TOTALS:
        return False
    return all(looks_typed(cell) for cell in filled[1:])


def _is_remark(cells: Cells) -> bool:
    """Words in the first cell of a row that has room for three or more."""
    filled = _filled(cells)
    if len(cells) < 3 or len(filled) != 1 or not cells[0].strip():
        return False
    text = filled[0].strip()
    return not looks_typed(text) and (" " in text or text.startswith("*") or _word(text) in TOTALS)


def _filled(cells: Cells) -> list[str]:
    return [cell for cell in cells if cell.strip()]


def _word(cell: str) -> str:
    return cell.strip().rstrip(":").strip().casefold()

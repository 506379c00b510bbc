"""A table that fits its terminal: the least important columns go first, then long cells are cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.cli.screen import Screen
from orchestrator.cli.text import fit, pad, width, wrap

GAP = "  "
NARROWEST = 8  # no cell is cut shorter than this


@dataclass(frozen=True)
class Column:
    """`drop`: the higher, the earlier it is left out on a narrow terminal; 0 stays.

    `whole`: never cut, because half of it is of no use.
    """

    title: str
    right: bool = False
    drop: int = 0
    whole: bool = False


@dataclass(frozen=True)
class Row:
    """Cells (already clean), a style for each column's title, and a remark to go below."""

    cells: tuple[str, ...]
    styles: dict[str, str]
    note: str = ""
    note_style: str = "dim"


def lines(columns: Sequence[Column], rows: Sequence[Row], screen: Screen) -> list[str]:
    """The table, ready to print."""
    shown = _chosen(columns, rows, screen.columns)
    widths = _widths(columns, rows, shown, screen.columns)
    titles = [pad(columns[at].title, widths[at], right=columns[at].right) for at in shown]
    text = [screen.paint(GAP.join(titles).rstrip(), "bold")]
    for row in rows:
        cells = [_cell(columns[at], row, at, widths[at], screen) for at in shown]
        text.append(GAP.join(cells).rstrip())
        text += [
            screen.paint(line, row.note_style)
            for line in wrap(row.note, min(screen.columns, 120), "  ")
        ]
    return text


def _cell(column: Column, row: Row, at: int, columns: int, screen: Screen) -> str:
    text = fit(row.cells[at], columns)
    padded = pad(text, columns, right=column.right)
    return padded.replace(text, screen.paint(text, row.styles.get(column.title, "")), 1)


def _chosen(columns: Sequence[Column], rows: Sequence[Row], room: int) -> list[int]:
    """Indexes of the columns that fit."""
    shown = list(range(len(columns)))
    for at in sorted(shown, key=lambda one: -columns[one].drop):
        if columns[at].drop == 0 or _total(_natural(columns, rows), shown) <= room:
            break
        shown.remove(at)
    return shown


def _widths(
    columns: Sequence[Column], rows: Sequence[Row], shown: list[int], room: int
) -> list[int]:
    widths = _natural(columns, rows)
    may_shrink = [at for at in shown if not columns[at].whole]
    while may_shrink and _total(widths, shown) > room:
        widest = max(may_shrink, key=lambda at: widths[at])
        if widths[widest] <= NARROWEST:
            break
        widths[widest] -= 1
    return widths


def _natural(columns: Sequence[Column], rows: Sequence[Row]) -> list[int]:
    return [
        max([width(column.title), *(width(row.cells[at]) for row in rows)])
        for at, column in enumerate(columns)
    ]


def _total(widths: list[int], shown: list[int]) -> int:
    return sum(widths[at] for at in shown) + len(GAP) * (len(shown) - 1)

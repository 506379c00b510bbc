"""One page of a result's rows, in the order that the reader chose. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from data_agent.values import Cell, Column, QueryResult
from data_agent.web.render import is_numeric

ROWS = 50


@dataclass(frozen=True)
class Choice:
    """What the reader chose: `sort` is a column's place from 1 on, 0 as they came."""

    page: int = 1
    sort: int = 0
    down: bool = False


@dataclass(frozen=True)
class Head:
    """A column's head. `order` is what aria-sort says; `url` turns or makes the order."""

    name: str
    type: str
    order: str
    url: str


@dataclass(frozen=True)
class GridPage:
    """Rows `first` to `last` (from 1 on) of `total`; `before` and `after` are pages' addresses."""

    heads: tuple[Head, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    first: int
    last: int
    total: int
    truncated: bool
    before: str = ""
    after: str = ""


def grid_page(result: QueryResult, choice: Choice, url: Callable[[Choice], str]) -> GridPage:
    """The page that was chosen; beyond the last one it is the last."""
    total = len(result.rows)
    pages = max(1, -(-total // ROWS))
    page = min(choice.page, pages)
    start = (page - 1) * ROWS
    rows = _sorted(result, choice)[start : start + ROWS]
    return GridPage(
        heads=tuple(_head(place, column, choice, url) for place, column in _places(result)),
        columns=result.columns,
        rows=tuple(rows),
        first=start + 1,
        last=start + len(rows),
        total=total,
        truncated=result.truncated,
        before=url(Choice(page - 1, choice.sort, choice.down)) if page > 1 else "",
        after=url(Choice(page + 1, choice.sort, choice.down)) if page < pages else "",
    )


def _places(result: QueryResult) -> enumerate[Column]:
    return enumerate(result.columns, start=1)


def _head(place: int, column: Column, choice: Choice, url: Callable[[Choice], str]) -> Head:
    here = choice.sort == place
    order = ("descending" if choice.down else "ascending") if here else ""
    # Numbers are mostly wanted largest first, names from A on.
    down = not choice.down if here else is_numeric(column.type)
    return Head(column.name, column.type, order, url(Choice(1, place, down)))


def _sorted(result: QueryResult, choice: Choice) -> Sequence[tuple[Cell, ...]]:
    """Empty cells last, in both directions."""
    if not 1 <= choice.sort <= len(result.columns):
        return result.rows
    at = choice.sort - 1
    numeric = is_numeric(result.columns[at].type)
    filled = [row for row in result.rows if row[at] is not None]
    empty = [row for row in result.rows if row[at] is None]
    return sorted(filled, key=lambda row: _key(row[at], numeric), reverse=choice.down) + empty


def _key(cell: Cell, numeric: bool) -> tuple[int, float, str]:
    """Numbers by size, also those that come as text because they are long; other text by A to Z."""
    if isinstance(cell, str) and not numeric:
        return (1, 0.0, cell.casefold())
    try:
        number = float(cell or 0)
    except ValueError:
        return (1, 0.0, str(cell))
    return (2, 0.0, "") if math.isnan(number) else (0, number, "")

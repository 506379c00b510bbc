"""What plain Python makes of the rows: the answers that DuckDB has to give."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from tests.unit.agent.asking.tables import Row


def where(rows: Iterable[Row], **wanted: Any) -> list[Row]:
    def holds(value: Any, test: Any) -> bool:
        return bool(test(value) if callable(test) else value == test)

    return [
        row
        for row in rows
        if all(holds(row[k.replace("_", " ") if k not in row else k], t) for k, t in wanted.items())
    ]


def values(rows: Iterable[Row], column: str) -> list[Any]:
    return [row[column] for row in rows if row[column] is not None]


def total(rows: Iterable[Row], column: str) -> Any:
    found = values(rows, column)
    return sum(found) if found else None


def mean(rows: Iterable[Row], column: str) -> float:
    return statistics.fmean(float(v) for v in values(rows, column))


def per(
    rows: Iterable[Row], key: str | Callable[[Row], Any], compute: Callable[..., Any]
) -> list[Any]:
    """(key, value) pairs, largest value first, then by key, as answers are ordered."""
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row) if callable(key) else row[key]].append(row)
    pairs = [(k, compute(group)) for k, group in groups.items()]
    return sorted(pairs, key=lambda pair: (-float(pair[1]), str(pair[0])))


def in_time(pairs: list[Any]) -> list[Any]:
    return sorted(pairs)


def month(column: str) -> Callable[[Row], dt.date]:
    return lambda row: row[column].replace(day=1)


def year(column: str) -> Callable[[Row], dt.date]:
    return lambda row: row[column].replace(month=1, day=1)


def quarter(column: str) -> Callable[[Row], dt.date]:
    return lambda row: row[column].replace(month=(row[column].month - 1) // 3 * 3 + 1, day=1)


def week(column: str) -> Callable[[Row], dt.date]:
    return lambda row: row[column] - dt.timedelta(days=row[column].weekday())


def revenue(rows: Iterable[Row]) -> Any:
    return total(rows, "revenue")

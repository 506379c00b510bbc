"""What the suite's expected answers are made with: plain Python over rows, no SQL and no plan."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.unit.agent.asking.plain import (
    mean,
    month,
    per,
    quarter,
    total,
    values,
    week,
    where,
    year,
)
from tests.unit.agent.asking.tables import Row

__all__ = [
    "DECLINED",
    "Listed",
    "Question",
    "about",
    "both",
    "changes",
    "correlation",
    "count",
    "day",
    "distinct",
    "during",
    "joined",
    "largest",
    "mean",
    "median",
    "month",
    "outliers",
    "over",
    "per",
    "quarter",
    "repeated",
    "shares",
    "smallest",
    "total",
    "values",
    "week",
    "where",
    "year",
]  # fmt: skip
DECLINED = object()  # the only right answer is to say that there is none
Pairs = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Listed:
    """Rows are asked for: the first cell of each."""

    keys: frozenset[str]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Listed:
        return cls(frozenset(str(next(iter(row.values()))) for row in rows))


@dataclass(frozen=True)
class Question:
    tables: tuple[str, ...]
    text: str
    expected: Any


def about(tables: str, pairs: Iterable[tuple[str, Any]]) -> list[Question]:
    return [Question(tuple(tables.split()), text, expected) for text, expected in pairs]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def count(rows: Sequence[Row]) -> int:
    return len(rows)


def distinct(rows: Iterable[Row], column: str) -> int:
    return len(set(values(rows, column)))


def median(rows: Iterable[Row], column: str) -> float:
    return statistics.median(float(value) for value in values(rows, column))


def over(compute: Callable[..., Any], column: str) -> Callable[[Sequence[Row]], Any]:
    """A number per group: over(total, "revenue")."""
    return lambda rows: compute(rows, column)


def during(rows: Iterable[Row], column: str, first: str, last: str) -> list[Row]:
    """Rows of the days from first to last, both included."""
    return [row for row in rows if first <= row[column].isoformat()[:10] <= last]


def largest(pairs: Pairs, number: int = 1) -> Pairs:
    return sorted(pairs, key=lambda pair: -pair[1])[:number]


def smallest(pairs: Pairs, number: int = 1) -> Pairs:
    return sorted(pairs, key=lambda pair: pair[1])[:number]


def shares(pairs: Pairs) -> Pairs:
    """Per cent of the whole."""
    whole = float(sum(value for _, value in pairs))
    return [(key, float(value) / whole * 100) for key, value in pairs]


def changes(pairs: Pairs) -> Pairs:
    """Key, value, its change in per cent of the size of the one before; none for the first."""
    ordered = sorted(pairs)
    before = [None, *(value for _, value in ordered)]
    return [
        (key, value, None if old is None else (float(value) - float(old)) / abs(float(old)) * 100)
        for (key, value), old in zip(ordered, before, strict=False)
    ]


def both(rows: Iterable[Row], keys: Sequence[Any], compute: Callable[..., Any]) -> Pairs:
    """Groups of two keys: (one, other, value)."""
    found = per(
        rows,
        lambda row: tuple(key(row) if callable(key) else row[key] for key in keys),
        compute,
    )
    return [(*key, value) for key, value in found]


def joined(rows: Iterable[Row], key: str, others: Iterable[Row], other: str = "id") -> list[Row]:
    """Each row with the fields of the other row that its key names; the row's own win."""
    known = {row[other]: row for row in others}
    return [{**known[row[key]], **row} for row in rows if row[key] in known]


def correlation(rows: Iterable[Row], one: str, other: str) -> float:
    pairs = [(float(r[one]), float(r[other])) for r in rows if None not in (r[one], r[other])]
    return statistics.correlation(*zip(*pairs, strict=True))


def repeated(rows: Iterable[Row], column: str) -> Pairs:
    return [(k, n) for k, n in Counter(values(rows, column)).items() if n > 1]


def outliers(rows: Sequence[Row], column: str) -> list[Row]:
    """Outside of 1.5 times the middle half's width around it (Tukey), quartiles interpolated."""
    found = sorted(float(value) for value in values(rows, column))

    def quartile(part: float) -> float:
        place = part * (len(found) - 1)
        low, high = found[math.floor(place)], found[math.ceil(place)]
        return low + (high - low) * (place - math.floor(place))

    low, high = quartile(0.25), quartile(0.75)
    width = 1.5 * (high - low)
    return [
        row
        for row in rows
        if row[column] is not None and not low - width <= float(row[column]) <= high + width
    ]

"""The periods before and after a period: last month for this month. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from data_agent.asking.plan import Scalar

Period = tuple[str, str]


def neighbours(values: Sequence[Scalar]) -> tuple[Period, ...]:
    """The half-open periods of the same length right before and right after; none where the
    calendar ends or the values are no dates."""
    try:
        first, after = (dt.date.fromisoformat(str(value)[:10]) for value in values)
        months = (after.year - first.year) * 12 + after.month - first.month
        if first.day == after.day == 1 and months > 0:
            return (
                (_months(first, -months).isoformat(), first.isoformat()),
                (after.isoformat(), _months(after, months).isoformat()),
            )
        length = after - first
        return (
            ((first - length).isoformat(), first.isoformat()),
            (after.isoformat(), (after + length).isoformat()),
        )
    except (ValueError, OverflowError):
        return ()


def _months(day: dt.date, count: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + count
    return dt.date(index // 12, index % 12 + 1, 1)

"""Periods in the words of a question: 2024, March 2024, Q2 2024, 2024-03-05, March."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from data_agent.asking.tags import Tag

FIRST_YEAR, LAST_YEAR = 1900, 2100


@dataclass(frozen=True)
class Period:
    """From `start` to before `end`, ISO dates. `month`: that month of any year, and no dates."""

    start: str = ""
    end: str = ""
    month: int = 0


def period_at(tags: Sequence[Tag], index: int) -> tuple[Period, int] | None:
    """The period that begins at this tag and the index after it."""
    tag, after = tags[index], tags[index + 1] if index + 1 < len(tags) else None
    if tag.kind == "date":
        day = _day(tag.value)
        return (_days(day, day + dt.timedelta(days=1)), index + 1) if day else None
    if tag.kind == "month":
        year = _year(after)
        if year:
            return months(year, int(tag.value), 1), index + 2
        return Period(month=int(tag.value)), index + 1
    if tag.kind == "quarter" and (year := _year(after)):
        return months(year, int(tag.value) * 3 - 2, 3), index + 2
    if year := _year(tag):
        if after is not None and after.kind == "quarter":
            return months(year, int(after.value) * 3 - 2, 3), index + 2
        return months(year, 1, 12), index + 1
    return None


def months(year: int, month: int, count: int) -> Period:
    """The period of `count` months from the first of this month on."""
    last = month - 1 + count
    return _days(dt.date(year, month, 1), dt.date(year + last // 12, last % 12 + 1, 1))


def is_year(tag: Tag | None) -> bool:
    return _year(tag) is not None


def _year(tag: Tag | None) -> int | None:
    if tag is None or tag.kind != "number" or not re.fullmatch(r"\d{4}", tag.text):
        return None
    return int(tag.text) if FIRST_YEAR <= int(tag.text) <= LAST_YEAR else None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date(*(int(part) for part in text.split("-")))
    except ValueError:
        return None


def _days(start: dt.date, end: dt.date) -> Period:
    return Period(start.isoformat(), end.isoformat())

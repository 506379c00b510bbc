"""Periods in the words of a question: 2024, March 2024, Q2 2024, 5 March 2024, last month.

"Today" is handed in. Weeks begin on Monday. "The last 30 days" end yesterday, "last month" is the
calendar month before this one; the sentence of the answer names the days.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from data_agent.asking.draft import Cursor
from data_agent.asking.tags import Tag

FIRST_YEAR, LAST_YEAR = 1900, 2100
MOST_UNITS = 1000  # "the last 5000 weeks" begin before the calendar does
UNITS = {"day", "week", "month", "quarter", "year"}  # hours and weekdays are no periods here
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_LAST_PART = re.compile(r"(\d{4})-(\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Period:
    """From `start` to before `end`, ISO dates. `month`: that month of any year, and no dates.

    `quarter`: this one of the latest year, for none was said.
    """

    start: str = ""
    end: str = ""
    month: int = 0
    quarter: int = 0

    def of_year(self, year: int) -> Period:
        """The same month or quarter of this year, where none was said."""
        if self.month:
            return months(year, self.month, 1)
        return months(year, self.quarter * 3 - 2, 3) if self.quarter else self


Found = tuple[Period, int] | None


def period_at(cursor: Cursor, index: int) -> Found:
    """The period that begins at this tag and the index after it."""
    for rule in (_date, _day_and_month, _month_and_day, _month, _quarter, _year_first, _relative):
        found = rule(cursor, index)
        if found is not None:
            return found
    return None


def months(year: int, month: int, count: int) -> Period:
    """The period of `count` months from the first of this month on."""
    last = month - 1 + count
    return _days(dt.date(year, month, 1), dt.date(year + last // 12, last % 12 + 1, 1))


def latest_month(month: int, today: dt.date | None) -> Period:
    """The latest month so called that has begun; of any year where today is not known."""
    if today is None:
        return Period(month=month)
    return months(today.year - (month > today.month), month, 1)


def decade_of(text: str) -> Period | None:
    """The ten years that `2010` begins; None where it begins none."""
    return months(int(text), 1, 120) if re.fullmatch(r"(19|20)\d0", text) else None


def current(unit: str, today: dt.date, back: int = 0) -> Period:
    """The day, week, month, quarter or year that today is in, or one so many before it."""
    if unit in _MONTHS:
        size = _MONTHS[unit]
        index = (today.year * 12 + today.month - 1) // size * size - back * size
        return months(index // 12, index % 12 + 1, size)
    length = 7 if unit == "week" else 1
    first = today - dt.timedelta(days=today.weekday() if unit == "week" else 0)
    first -= dt.timedelta(days=length * back)
    return _days(first, first + dt.timedelta(days=length))


def _date(cursor: Cursor, index: int) -> Found:
    """2024-03-05, 2024-03, 5.3.2024."""
    tag = cursor.at(index)
    if tag is None or tag.kind not in {"date", "number"}:
        return None
    if tag.kind == "date" and (part := _LAST_PART.fullmatch(tag.text)):
        year, month = int(part[1]), int(part[2])
        return (months(year, month, 1), index + 1) if 1 <= month <= 12 and year else None
    if dotted := _DOTTED.fullmatch(tag.text):
        return _one_day(int(dotted[3]), int(dotted[2]), int(dotted[1]), index + 1)
    if slashed := _SLASHED.fullmatch(tag.text):
        return _slashed(int(slashed[1]), int(slashed[2]), int(slashed[3]), index + 1)
    if tag.kind == "date":
        year, month, day = (int(part) for part in tag.text.split("-"))
        return _one_day(year, month, day, index + 1)
    return None


def _slashed(first: int, second: int, year: int, after: int) -> Found:
    """3/25/2024 can be one day only; 3/4/2024 can be two, and is not guessed."""
    if first > 12 or first == second:
        return _one_day(year, second, first, after)
    return _one_day(year, first, second, after) if second > 12 else None


def _day_and_month(cursor: Cursor, index: int) -> Found:
    """5 March 2024, 5th of March 2024."""
    day = _small(cursor.at(index), 31)
    place = cursor.after_noise(index + 1)
    if day is None or not cursor.is_at(place, "month"):
        return None
    return _with_year(cursor, place, place + 1, day)


def _month_and_day(cursor: Cursor, index: int) -> Found:
    """March 5, 2024."""
    day = _small(cursor.at(index + 1), 31) if cursor.is_at(index, "month") else None
    return None if day is None else _with_year(cursor, index, index + 2, day)


def _with_year(cursor: Cursor, month: int, after: int, day: int) -> Found:
    tag = cursor.at(month)
    place = cursor.after_noise(after)
    year = _year(cursor.at(place))
    if tag is None:
        return None
    if year is not None:
        return _one_day(year, int(tag.value), day, place + 1)
    if cursor.today is None:
        return None
    latest = latest_month(int(tag.value), cursor.today)
    return _one_day(int(latest.start[:4]), int(tag.value), day, after)


def _month(cursor: Cursor, index: int) -> Found:
    tag = cursor.at(index)
    if tag is None or tag.kind != "month":
        return None
    place = cursor.after_noise(index + 1)
    if year := _year(cursor.at(place)):
        return months(year, int(tag.value), 1), place + 1
    if cursor.is_at(place, "relative") and cursor.today and cursor.is_at(place + 1, "bucket"):
        back = _back(cursor, place, "year")
        if back is not None:
            return months(cursor.today.year - back, int(tag.value), 1), place + 2
    return Period(month=int(tag.value)), index + 1


def _quarter(cursor: Cursor, index: int) -> Found:
    tag = cursor.at(index)
    if tag is None or tag.kind != "quarter":
        return None
    first = int(tag.value) * 3 - 2
    place = cursor.after_noise(index + 1)
    if year := _year(cursor.at(place)):
        return months(year, first, 3), place + 1
    if cursor.today is None:
        return None
    back = _back(cursor, place, "year")
    if back is not None:
        return months(cursor.today.year - back, first, 3), place + 2
    latest = months(cursor.today.year - (first > cursor.today.month), first, 3)
    return replace(latest, quarter=int(tag.value)), index + 1


def _year_first(cursor: Cursor, index: int) -> Found:
    """2024, 2024 Q1, the 2010s."""
    year = _year(cursor.at(index))
    after = cursor.at(index + 1)
    decade = decade_of(cursor.tags[index].text) if year is not None else None
    if decade and after is not None and after.kind == "noise" and after.text.lower() == "s":
        return decade, index + 2
    if year is None:
        return None
    if after is not None and after.kind == "quarter" and not _year(cursor.at(index + 2)):
        return months(year, int(after.value) * 3 - 2, 3), index + 2
    return months(year, 1, 12), index + 1


def _relative(cursor: Cursor, index: int) -> Found:
    """Yesterday, this month, last year, the last 30 days, 3 months ago, year to date."""
    tag, today = cursor.at(index), cursor.today
    if tag is None or today is None:
        return None
    if tag.kind == "near_day":
        day = today + dt.timedelta(days=int(tag.value))
        return _days(day, day + dt.timedelta(days=1)), index + 1
    if tag.kind == "bucket" and tag.value in UNITS and cursor.is_at(index + 1, "to_date"):
        begun = current(tag.value, today)
        tomorrow = today + dt.timedelta(days=1)
        return Period(begun.start, tomorrow.isoformat()), index + 2
    if tag.kind == "number" and cursor.is_at(index + 2, "ago"):
        unit, count = cursor.at(index + 1), _small(tag, MOST_UNITS)
        if unit is not None and unit.kind == "bucket" and unit.value in UNITS and count:
            return current(unit.value, today, count), index + 3
    if tag.kind != "relative":
        return None
    return _counted(cursor, index, tag, today) or _named(cursor, index, tag, today)


def _named(cursor: Cursor, index: int, tag: Tag, today: dt.date) -> Found:
    unit = cursor.at(index + 1)
    if unit is None or unit.kind != "bucket" or unit.value not in UNITS:
        return None
    return current(unit.value, today, 1 if tag.value == "last" else 0), index + 2


def _counted(cursor: Cursor, index: int, tag: Tag, today: dt.date) -> Found:
    """The last 3 months: up to yesterday, from the same day on three months before."""
    count, unit = _small(cursor.at(index + 1), MOST_UNITS), cursor.at(index + 2)
    if tag.value != "last" or not count or unit is None or unit.kind != "bucket":
        return None
    if unit.value not in UNITS:
        return None
    if unit.value in _MONTHS:
        place = today.year * 12 + today.month - 1 - count * _MONTHS[unit.value]
        day = min(today.day, _length(place // 12, place % 12 + 1))
        return _days(dt.date(place // 12, place % 12 + 1, day), today), index + 3
    days = count * (7 if unit.value == "week" else 1)
    return _days(today - dt.timedelta(days=days), today), index + 3


def _back(cursor: Cursor, place: int, unit: str) -> int | None:
    """How many years before this one `last year` or `this year` is."""
    tag, after = cursor.at(place), cursor.at(place + 1)
    if tag is None or tag.kind != "relative" or after is None or after.value != unit:
        return None
    return 1 if tag.value == "last" else 0


def is_year(tag: Tag | None) -> bool:
    return _year(tag) is not None


def _year(tag: Tag | None) -> int | None:
    if tag is None or tag.kind != "number" or not re.fullmatch(r"\d{4}", tag.text):
        return None
    return int(tag.text) if FIRST_YEAR <= int(tag.text) <= LAST_YEAR else None


def _small(tag: Tag | None, most: int) -> int | None:
    """A whole number from 1 to `most`: 5, 5th, five."""
    if tag is None or tag.kind != "number":
        return None
    digits = re.fullmatch(r"(\d{1,4})(st|nd|rd|th)?", tag.value)
    return int(digits[1]) if digits and 0 < int(digits[1]) <= most else None


def _one_day(year: int, month: int, day: int, after: int) -> Found:
    try:
        start = dt.date(year, month, day)
        return _days(start, start + dt.timedelta(days=1)), after
    except (ValueError, OverflowError):
        return None


def _length(year: int, month: int) -> int:
    return (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day


def _days(start: dt.date, end: dt.date) -> Period:
    return Period(start.isoformat(), end.isoformat())

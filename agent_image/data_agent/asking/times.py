"""Rules that find conditions on time: `in 2024`, `before March 2024`, `from May to July`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from data_agent.asking.dates import Period, latest_month, months, period_at
from data_agent.asking.draft import Cursor, Draft
from data_agent.asking.plan import Bucket, Filter, Operator
from data_agent.asking.schema import Field
from data_agent.asking.text import stems

COMPARES: dict[str, Operator] = {
    "gt": "gt", "ge": "ge", "lt": "lt", "le": "le", "eq": "eq", "ne": "ne",
    "after": "gt", "since": "ge", "before": "lt", "until": "le",
}  # fmt: skip
OF_TIME = {"after", "since", "before", "until"}  # said of dates, and of columns of years
YEARS = {"year", "jahr"}


def time_condition(cursor: Cursor, draft: Draft) -> bool:
    """A period, maybe after a word such as `since`: `in 2024`, `before March 2024`."""
    start, operator = cursor.place, "in"
    tag = cursor.here
    if tag is not None and tag.kind == "operator":
        if tag.value not in {*COMPARES, "between"}:
            return False
        operator, start = tag.value, cursor.after_noise(start + 1)
    field = time_field(draft)
    named_year = _year_field(draft) if field is None else None
    if field is None and named_year is None:
        return False
    found = periods(cursor, start, operator)
    if found is None:
        return False
    spans, operator, cursor.place = found
    if field is None and named_year is not None:
        return _by_year(draft, named_year, operator, spans)
    if field is not None:
        one_date(draft, field)
        draft.filters.append(time_filter(field, operator, spans))
    return True


def weekday_condition(cursor: Cursor, draft: Draft) -> bool:
    """`on Mondays`, `on Saturday and Sunday`, `at weekends`."""
    days, end = weekdays_at(cursor, cursor.place)
    field = time_field(draft)
    if not days or field is None:
        return False
    one_date(draft, field)
    draft.filters.append(Filter(field.name, "weekday", days))
    cursor.place = end
    return True


def weekdays_at(cursor: Cursor, place: int) -> tuple[tuple[int, ...], int]:
    """The days of the week named from here on, 1 for Monday, and the place behind them."""
    days: list[int] = []
    end = place
    while (tag := cursor.at(place)) is not None and tag.kind == "weekday":
        days += [int(day) for day in tag.value.split()]
        end = place + 1
        place = cursor.after_noise(end, "and", "or")
    return tuple(dict.fromkeys(days)), end


def periods(cursor: Cursor, place: int, operator: str) -> tuple[list[Period], str, int] | None:
    """The period or the two of them from here on, the operator, and the place behind.

    `from May to July 2024` is `between` though it does not say so.
    """
    place = cursor.after_noise(place)
    first = period_at(cursor, place) if cursor.at(place) else None
    if first is None:
        return None
    period, after = first
    joined = _joined(cursor, after)
    if operator in {"in", "eq"} and not joined:
        spans, after = _several(cursor, period, after)
        return spans, operator, after
    if operator not in {"between", "in", "since", "eq"} or (operator != "between" and not joined):
        return [_dated(period, operator, cursor.today)], operator, after
    second = period_at(cursor, cursor.after_noise(after, "and", "operator"))
    if second is None:
        wrong = operator == "between"
        return None if wrong else ([_dated(period, operator, cursor.today)], operator, after)
    return [*_both(period, second[0], cursor.today)], "between", second[1]


def time_filter(field: Field, operator: str, spans: Sequence[Period]) -> Filter:
    first, last = spans[0], spans[-1]
    if first.month:
        return Filter(field.name, "month", tuple(dict.fromkeys(span.month for span in spans)))
    if len(spans) > 1 and operator != "between":
        days = [day for span in spans for day in (span.start, span.end)]
        return Filter(field.name, "periods", tuple(days))
    if operator in {"in", "eq", "between"}:
        return Filter(field.name, "between", (first.start, last.end))
    if operator in {"after", "gt"}:
        return Filter(field.name, "ge", (first.end,))
    if operator in {"since", "ge"}:
        return Filter(field.name, "ge", (first.start,))
    if operator in {"until", "le"}:
        return Filter(field.name, "lt", (first.end,))
    return Filter(field.name, "lt", (first.start,))


def time_field(draft: Draft) -> Field | None:
    times = draft.table.of_kind("time")
    mentioned = [field for field in draft.mentions if field.kind == "time"]
    mentioned += [field for field in draft.groups if field.kind == "time"]
    return mentioned[-1] if mentioned else (draft.table.main_time or next(iter(times), None))


def one_date(draft: Draft, field: Field) -> None:
    times = draft.table.of_kind("time")
    if field in {*draft.mentions, *draft.groups}:
        return
    if field.birth and len(times) < 2:
        never_births(draft, field)
    if len(times) < 2:
        return
    if field == draft.table.main_time:
        say_date(draft, field)
    else:
        names = ", ".join(item.name for item in times)
        draft.problem(f"There are several dates: {names}. Which one do you mean?")


def never_births(draft: Draft, field: Field) -> None:
    """The one date says when somebody was born: whether that is meant has to be said."""
    draft.problem(
        f"The only date of {draft.table.name} is {field.name}. Name it if it is meant.",
        f"number of rows by year of {field.name}",
    )


def say_date(draft: Draft, field: Field) -> None:
    """The answer names the date that was taken, and the others."""
    others = " or ".join(f.name for f in draft.table.of_kind("time") if f != field)
    note = f"Dates are those of {field.name}; name {others} to have others."
    if note not in draft.notes:
        draft.notes.append(note)


def is_year(field: Field) -> bool:
    return bool(set(stems(field.name)[-1:]) & YEARS)


def bucket_of(start: str, end: str) -> Bucket | None:
    """The unit of the calendar that this period is one of."""
    first, after = dt.date.fromisoformat(start[:10]), dt.date.fromisoformat(end[:10])
    count = (after.year - first.year) * 12 + after.month - first.month
    sizes: dict[int, Bucket] = {1: "month", 3: "quarter", 12: "year"}
    if first.day == after.day == 1 and count in sizes and (first.month - 1) % count == 0:
        return sizes[count]
    days: dict[int, Bucket] = {1: "day", 7: "week"}
    length = (after - first).days
    return days.get(length) if length != 7 or first.weekday() == 0 else None


def _several(cursor: Cursor, period: Period, after: int) -> tuple[list[Period], int]:
    """`2024 and 2025`, `Q1 or Q3 2024`: units of one size; a year that is said once is that of
    all of them."""
    spans = [period]
    while True:
        place = cursor.after_noise(after, "and", "or")
        joined = any(cursor.is_at(index, "and", "or") for index in range(after, place))
        found = period_at(cursor, place) if joined and cursor.at(place) else None
        if found is None or _size(found[0]) != _size(period):
            break
        spans.append(found[0])
        after = found[1]
    years = [int(span.start[:4]) for span in spans if span.start and not span.quarter]
    return ([span.of_year(years[0]) for span in spans] if years else spans), after


def _size(period: Period) -> str | None:
    return "month" if period.month else bucket_of(period.start, period.end)


def _joined(cursor: Cursor, after: int) -> bool:
    """`to` or `until` and another period: `from May to July`."""
    tag = cursor.at(after)
    return tag is not None and (
        tag.kind == "to" or (tag.kind == "operator" and tag.value == "until")
    )


def _dated(period: Period, operator: str, today: dt.date | None) -> Period:
    """`since March` means the latest March; `in March` may be of any year."""
    if period.month and operator not in {"in", "eq"}:
        return latest_month(period.month, today)
    return period


def _both(first: Period, second: Period, today: dt.date | None) -> tuple[Period, Period]:
    """A month without a year takes that of the other: `between January and March 2025`."""
    if second.month:
        second = latest_month(second.month, today)
    if first.month and second.start:
        year, month = int(second.start[:4]), int(second.start[5:7])
        first = months(year - (first.month > month), first.month, 1)
    return (first, second) if first.start <= second.start else (second, first)


def _year_field(draft: Draft) -> Field | None:
    years = [field for field in draft.table.of_kind("number") if is_year(field)]
    return years[0] if len(years) == 1 else None


def _by_year(draft: Draft, field: Field, operator: str, spans: Sequence[Period]) -> bool:
    """A table without dates but with a column of years."""
    first, last = int(spans[0].start[:4] or 0), int(spans[-1].start[:4] or 0)
    if not all(bucket_of(span.start, span.end) == "year" for span in spans if span.start):
        draft.problem(f"{draft.table.name} has no dates, only years in {field.name}.")
    if operator == "between":
        draft.filters.append(Filter(field.name, "between", (first, last)))
    else:
        draft.filters.append(Filter(field.name, COMPARES.get(operator, "eq"), (first,)))
    return True

"""A plan's parts in plain words, for sentences, headings and notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from data_agent.asking.plan import Filter, Group, Having, Measure, Members, Operator, Plan, Scalar
from data_agent.asking.schema import Table, rows_of

_FUNCTIONS = {
    "sum": "total {}",
    "avg": "average {}",
    "min": "lowest {}",
    "max": "highest {}",
    "median": "median {}",
    "distinct": "number of different {}",
}
_OPERATORS = {
    "eq": "is {0}",
    "ne": "is not {0}",
    "gt": "is more than {0}",
    "ge": "is at least {0}",
    "lt": "is less than {0}",
    "le": "is at most {0}",
    "between": "is between {0} and {1}",
    "in": "is {list}",
    "not_in": "is none of {list}",
    "contains": 'contains "{0}"',
    "not_contains": 'does not contain "{0}"',
    "starts": 'starts with "{0}"',
    "empty": "is empty",
    "not_empty": "is not empty",
    "no_row": "is in no row of {0}",
    "has_row": "is in a row of {0}",
}
_BETWEEN_DATES = {"gt": "after", "ge": "not before", "lt": "before", "le": "not after"}
_SPANS = {"days_to": "days from {} to {}", "hours_to": "hours from {} to {}"}
_ON_TIME = {
    "ge": "from {0} on",
    "lt": "before {0}",
    "gt": "after {0}",
    "le": "until {0}",
    "eq": "on {0}",
}
_NEGATED: dict[str, Operator] = {
    "not_month": "month",
    "not_weekday": "weekday",
    "not_periods": "periods",
}
MONTHS = (
    "January February March April May June July August September October November December".split()
)
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MAX_DECIMALS = 2


def measure_words(measure: Measure) -> str:
    """What is computed: "total amount", "number of rows", "total price times quantity"."""
    return _measured(measure, str)


def measure_label(measure: Measure, table: Table) -> str:
    """The same as the name of a result's column: without the table that it comes from."""
    return _measured(measure, lambda name: table.field(name).label)


def _measured(measure: Measure, named: Callable[[str], str]) -> str:
    """Written so that the same words, asked as a question, mean the same."""
    calc = measure.calc
    what = named(measure.column) if measure.column is not None else ""
    if calc is not None and calc.column is not None and calc.operator in _SPANS:
        what = _SPANS[calc.operator].format(what, named(calc.column))
    elif measure.by_row and calc is not None and calc.column is not None:
        what += f" {calc.operator} {named(calc.column)}"
    words = _FUNCTIONS[measure.function].format(what) if what else "number of rows"
    if calc is None or measure.by_row:
        return words
    if calc.column is None:
        return f"{words} per row"
    if calc.function == "sum":
        return f"{words} divided by total {named(calc.column)}"
    return f"{words} per different {calc.bucket or named(calc.column)}"


def group_label(group: Group, plan: Plan, table: Table) -> str:
    """The name of a key in a result; the column's where two keys have one bucket."""
    label = table.field(group.column).label
    same = [item for item in plan.groups if (item.bucket or item.column) == group.bucket]
    if group.bucket is not None and len(same) < 2:
        return group.bucket
    clash = [item for item in plan.groups if table.field(item.column).label == label]
    return label if len(clash) < 2 else group.column


def having_words(item: Having) -> str:
    """`number of rows is more than 5`."""
    shown = [value_words(value) for value in item.values]
    return f"{measure_words(item.measure)} {_OPERATORS[item.operator].format(*shown, list='')}"


def filters_words(plan: Plan, table: Table) -> str:
    """All conditions in a row, with ` where ` before them; empty when there are none."""
    found = [filter_words(item, table) for item in plan.filters]
    if plan.either:
        words = either_words(plan, table)
        found.append(f"({words})" if found or plan.members else words)
    found += [members_words(item, table) for item in plan.members]
    return f" where {' and '.join(found)}" if found else ""


def either_words(plan: Plan, table: Table) -> str:
    """`priority is high or status is open`."""
    return " or ".join(filter_words(item, table) for item in plan.either)


def members_words(item: Members, table: Table) -> str:
    """`branch has no row where item is Pen`, `id is in no row of orders where date is in 2024`."""
    inner = table if item.table is None else rows_of(item.table, table)
    found = " and ".join(filter_words(one, inner) for one in item.filters)
    where = f" where {found}" if found else ""
    if item.table is None:
        return f"{item.column} has {'a' if item.has else 'no'} row{where}"
    return f"{item.column} is in {'a' if item.has else 'no'} row of {item.table}{where}"


def filter_words(item: Filter, table: Table) -> str:
    if item.other is not None:
        timely = table.field(item.column).kind == "time"
        if timely and item.operator in _BETWEEN_DATES:
            return f"{item.column} is {_BETWEEN_DATES[item.operator]} {item.other}"
        return f"{item.column} {_OPERATORS[item.operator].format(item.other, list='')}"
    if table.field(item.column).kind == "time" and item.values:
        return f"{item.column} is {_time_words(item)}"
    shown = [_with_spaces(value_words(value)) for value in item.values]
    pattern = _OPERATORS[item.operator]
    return f"{item.column} {pattern.format(*shown, list=_or(shown))}"


def _with_spaces(value: str) -> str:
    """`"Bath "`: outer spaces are seen only between marks."""
    return value if value == value.strip(" ") else f'"{value}"'


def value_words(value: object) -> str:
    """A cell for people: 1234567.5 is 1,234,567.50; nothing is (empty)."""
    if value is None:
        return "(empty)"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or value == int(value):
        return f"{int(value):,}"
    return _decimals(value)


def period_words(start: str, end: str) -> str:
    """A half-open period in the words of the calendar: 2024, March 2024, Q2 2024, 5 May 2024."""
    first, after = dt.date.fromisoformat(start[:10]), dt.date.fromisoformat(end[:10])
    months = (after.year - first.year) * 12 + after.month - first.month
    if first.day == 1 and after.day == 1:
        if months == 12 and first.month == 1:
            return str(first.year)
        if months == 1:
            return f"{MONTHS[first.month - 1]} {first.year}"
        if months == 3 and first.month % 3 == 1:
            return f"Q{first.month // 3 + 1} {first.year}"
    last = after - dt.timedelta(days=1)
    return first.isoformat() if last == first else f"{first.isoformat()} to {last.isoformat()}"


def key_of(bucket: str | None, value: object) -> str:
    """A group's key for people: the month of a month's first day, (empty) for nothing."""
    if bucket == "hour" and isinstance(value, int):
        return f"{value:02d}:00"
    if bucket in {None, "weekday"} or not isinstance(value, str):
        return value_words(value) if not isinstance(value, int) else str(value)
    if bucket == "week":
        return f"the week of {value[:10]}"
    if bucket == "day":
        return value[:10]
    year, month = int(value[:4]), int(value[5:7])
    last = month - 1 + {"month": 1, "quarter": 3, "year": 12}[str(bucket)]
    return period_words(value, f"{year + last // 12:04d}-{last % 12 + 1:02d}-01")


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _decimals(value: float) -> str:
    """Two decimals; more for numbers below one, which would lose their first digits."""
    if abs(value) >= 1:
        return f"{value:,.{MAX_DECIMALS}f}"
    return f"{value:.{MAX_DECIMALS + 2}g}"


def _time_words(item: Filter) -> str:
    if item.operator in _NEGATED:
        return f"not {_time_words(replace(item, operator=_NEGATED[item.operator]))}"
    if item.operator == "month":
        return f"in {_or([MONTHS[int(month) - 1] for month in item.values])} of any year"
    if item.operator == "weekday":
        return f"on {_or([WEEKDAYS[int(day) - 1] for day in item.values])}"
    if item.operator == "periods":
        pairs = zip(item.values[::2], item.values[1::2], strict=False)
        return f"in {_or([period_words(str(one), str(two)) for one, two in pairs])}"
    if item.operator == "between":
        return f"in {period_words(str(item.values[0]), str(item.values[1]))}"
    return _ON_TIME.get(item.operator, "{0}").format(*item.values)


def _or(shown: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(shown[:-1]), shown[-1]])) if shown else ""


def scalar(text: str) -> Scalar:
    """The number that a word of the question is; ValueError when it is none."""
    plain = text.replace("%", "").strip()
    if plain.count(",") and "." not in plain and not _thousands(plain):
        plain = plain.replace(",", ".")
    plain = plain.replace(",", "")
    return float(plain) if "." in plain else int(plain)


def _thousands(text: str) -> bool:
    head, *groups = text.split(",")
    return 0 < len(head) <= 3 and all(len(group) == 3 for group in groups)


def scalar_date(value: object) -> dt.date | None:
    """The day of a cell such as 2024-03-05 12:00:00, None when it is none."""
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None

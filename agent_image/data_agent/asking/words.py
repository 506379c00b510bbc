"""A plan's parts in plain words, for sentences, headings and notes."""

from __future__ import annotations

import datetime as dt

from data_agent.asking.plan import Filter, Measure, Plan, Scalar
from data_agent.asking.schema import Table

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
}
_ON_TIME = {
    "ge": "from {0} on",
    "lt": "before {0}",
    "gt": "after {0}",
    "le": "until {0}",
    "eq": "on {0}",
}
MONTHS = (
    "January February March April May June July August September October November December".split()
)
MAX_DECIMALS = 2


def measure_words(measure: Measure) -> str:
    """What is computed: "total amount", "number of rows"."""
    if measure.column is None:
        return "number of rows"
    return _FUNCTIONS[measure.function].format(measure.column)


def filters_words(plan: Plan, table: Table) -> str:
    """All conditions in a row, with ` where ` before them; empty when there are none."""
    if not plan.filters:
        return ""
    return " where " + " and ".join(filter_words(item, table) for item in plan.filters)


def filter_words(item: Filter, table: Table) -> str:
    if table.field(item.column).kind == "time" and item.values:
        return f"{item.column} is {_time_words(item)}"
    shown = [value_words(value) for value in item.values]
    pattern = _OPERATORS[item.operator]
    return f"{item.column} {pattern.format(*shown, list=_or(shown))}"


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


def _decimals(value: float) -> str:
    """Two decimals; more for numbers below one, which would lose their first digits."""
    if abs(value) >= 1:
        return f"{value:,.{MAX_DECIMALS}f}"
    return f"{value:.{MAX_DECIMALS + 2}g}"


def _time_words(item: Filter) -> str:
    if item.operator == "month":
        return f"in {MONTHS[int(item.values[0]) - 1]} of any year"
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

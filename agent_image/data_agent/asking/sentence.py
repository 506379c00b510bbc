"""The answer in a sentence, from the plan and the rows that came back."""

from __future__ import annotations

from data_agent.asking.plan import Plan
from data_agent.asking.schema import Table
from data_agent.asking.words import filters_words, measure_words, period_words, value_words
from data_agent.values import Cell, QueryResult


def sentence(plan: Plan, table: Table, result: QueryResult) -> str:
    """One or two plain sentences with the numbers formatted."""
    where = filters_words(plan, table)
    if plan.measure is None:
        return _rows(plan, where, result)
    if plan.group is None:
        return _number(plan, where, result)
    return _groups(plan, where, result)


def key_words(plan: Plan, value: Cell) -> str:
    """A group's key for people: the month of a month's first day, (empty) for nothing."""
    bucket = plan.group.bucket if plan.group else None
    if bucket is None or not isinstance(value, str):
        return value_words(value) if not isinstance(value, int) else str(value)
    if bucket == "week":
        return f"the week of {value[:10]}"
    if bucket == "day":
        return value[:10]
    year, month = int(value[:4]), int(value[5:7])
    last = month - 1 + {"month": 1, "quarter": 3, "year": 12}[bucket]
    return period_words(value, f"{year + last // 12:04d}-{last % 12 + 1:02d}-01")


def _rows(plan: Plan, where: str, result: QueryResult) -> str:
    count = len(result.rows)
    if not count:
        return f"No rows of {plan.table}{where}."
    shown = f"the first {count:,} rows" if result.truncated else _counted(count, "row")
    if plan.order is not None and plan.order.column is not None:
        end = "highest" if plan.order.direction == "desc" else "lowest"
        return f"{_capital(shown)} of {plan.table}{where} with the {end} {plan.order.column}."
    return f"{_capital(shown)} of {plan.table}{where}."


def _number(plan: Plan, where: str, result: QueryResult) -> str:
    value = result.rows[0][0] if result.rows else None
    if plan.measure is not None and plan.measure.function == "count":
        counted = _counted(value, "row") if isinstance(value, int) else f"{value} rows"
        verb = "is" if value == 1 else "are"
        return f"There {verb} {counted} in {plan.table}{where}."
    if value is None:
        return f"There is no value to answer with: no rows of {plan.table}{where} have one."
    words = measure_words(plan.measure) if plan.measure else ""
    return f"The {words}{where} is {value_words(value)}."


def _groups(plan: Plan, where: str, result: QueryResult) -> str:
    if plan.measure is None or plan.group is None:
        return ""
    words = measure_words(plan.measure)
    group = plan.group.bucket or plan.group.column
    if not result.rows:
        return f"No rows of {plan.table}{where}, so there is no {words} by {group}."
    best = _top(plan, result)
    if len(result.rows) == 1 and plan.limit == 1:
        end = "lowest" if plan.order and plan.order.direction == "asc" else "highest"
        lead = _capital(key_words(plan, best[0]))
        return f"{lead} has the {end} {words}{where}: {value_words(best[1])}."
    head = f"{_capital(words)} by {group}{where}"
    count = len(result.rows)
    listed = f"the first {count:,} groups" if result.truncated else _counted(count, "group")
    if plan.limit is not None:
        direction = "lowest" if plan.order and plan.order.direction == "asc" else "highest"
        return f"{head}, the {count} {direction}: {_listing(plan, result)}."
    lead = f"{key_words(plan, best[0])} has the most with {value_words(best[1])}"
    return f"{head}: {listed}; {lead}."


def _top(plan: Plan, result: QueryResult) -> tuple[Cell, ...]:
    if plan.limit == 1:
        return result.rows[0]
    valued = [row for row in result.rows if isinstance(row[1], int | float)]
    return max(valued, key=lambda row: float(row[1] or 0)) if valued else result.rows[0]


def _listing(plan: Plan, result: QueryResult) -> str:
    parts = [f"{key_words(plan, row[0])} ({value_words(row[1])})" for row in result.rows[:5]]
    return ", ".join(parts) + (" …" if len(result.rows) > len(parts) else "")


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

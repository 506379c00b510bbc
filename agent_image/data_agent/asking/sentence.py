"""The answer in a sentence, from the plan and the rows that came back."""

from __future__ import annotations

from data_agent.asking.beside import sides
from data_agent.asking.plan import Group, Measure, Plan
from data_agent.asking.schema import Table
from data_agent.asking.telling import (
    told_alternatives,
    told_difference,
    told_growth,
    told_study,
)
from data_agent.asking.words import (
    capital,
    counted,
    filter_words,
    filters_words,
    having_words,
    key_of,
    measure_words,
    value_words,
)
from data_agent.values import Cell, QueryResult


def sentence(plan: Plan, table: Table, result: QueryResult) -> str:
    """One or two plain sentences with the numbers formatted."""
    where = filters_words(plan, table)
    if plan.study is not None:
        return told_study(plan, where, result)
    if plan.measure is None:
        return _rows(plan, where, result)
    if plan.group is None:
        return _share(plan, table, result) if plan.show else _number(plan, where, result)
    where += f" with {' and '.join(map(having_words, plan.having))}" if plan.having else ""
    if plan.show == "growth":
        return told_growth(plan, where, result)
    if plan.show == "difference":
        return told_difference(plan, where, result)
    named = sides(plan, table)
    if len(named) > 1 and plan.limit == len(named) and result.rows and plan.show is None:
        return told_alternatives(plan, named, where, result)
    return _groups(plan, where, result)


def key_words(plan: Plan, value: Cell) -> str:
    """A group's key for people: the month of a month's first day, (empty) for nothing."""
    return key_of(plan.group.bucket if plan.group else None, value)


def _rows(plan: Plan, where: str, result: QueryResult) -> str:
    count = len(result.rows)
    if not count:
        return f"No rows of {plan.table}{where}."
    shown = f"the first {count:,} rows" if result.truncated else counted(count, "row")
    if plan.order is not None and plan.order.column is not None:
        end = "highest" if plan.order.direction == "desc" else "lowest"
        return f"{capital(shown)} of {plan.table}{where} with the {end} {plan.order.column}."
    return f"{capital(shown)} of {plan.table}{where}."


def _number(plan: Plan, where: str, result: QueryResult) -> str:
    row = result.rows[0] if result.rows else ()
    value = row[0] if row else None
    if plan.further:
        pairs = zip(plan.measures, row, strict=False)
        told = [f"the {measure_words(m)} is {value_words(v)}" for m, v in pairs]
        return f"{capital(', '.join(told[:-1]))} and {told[-1]}{where}."
    if plan.measure == Measure("count"):
        count = counted(value, "row") if isinstance(value, int) else f"{value} rows"
        verb = "is" if value == 1 else "are"
        return f"There {verb} {count} in {plan.table}{where}."
    if value is None:
        return f"There is no value to answer with: no rows of {plan.table}{where} have one."
    words = measure_words(plan.measure) if plan.measure else ""
    return f"The {words}{where} is {value_words(value)}."


def _share(plan: Plan, table: Table, result: QueryResult) -> str:
    value = result.rows[0][0] if result.rows else None
    words = measure_words(plan.measure) if plan.measure else ""
    part = [filter_words(f, table) for f in plan.filters if f.column in plan.part]
    whole = [filter_words(f, table) for f in plan.filters if f.column not in plan.part]
    among = f" where {' and '.join(whole)}" if whole else ""
    of = f"the {words} in {plan.table}{among}"
    if value is None:
        return f"There is nothing to take a share of: {of} is nothing."
    return f"{value_words(value)} % of {of} are where {' and '.join(part)}."


def _groups(plan: Plan, where: str, result: QueryResult) -> str:
    if plan.measure is None or plan.group is None:
        return ""
    words = " and ".join(measure_words(measure) for measure in plan.measures)
    by = " and ".join(group.bucket or group.column for group in plan.groups)
    if not result.rows:
        return f"No rows of {plan.table}{where}, so there is no {words} by {by}."
    best = _top(plan, result)
    value = value_words(best[len(plan.groups)])
    if plan.show == "share":
        value += f" ({value_words(best[len(plan.groups) + 1])} %)"
    if len(result.rows) == 1 and plan.limit == 1:
        end = "lowest" if plan.order and plan.order.direction == "asc" else "highest"
        lead, words = capital(_keys(plan, best)), measure_words(plan.measure)
        end = "" if words.startswith(end) else f"{end} "
        return f"{lead} has the {end}{words}{where}: {value}."
    share = " and its share" if plan.show == "share" else ""
    head = f"{capital(words)}{share} by {by}{where}"
    count = len(result.rows)
    listed = f"the first {count:,} groups" if result.truncated else counted(count, "group")
    if plan.within:
        return f"{head}, {_best_of_each(plan)}: {listed}."
    if plan.limit is not None:
        direction = "lowest" if plan.order and plan.order.direction == "asc" else "highest"
        return f"{head}, the {count} {direction}: {_listing(plan, result)}."
    if plan.measure.function in {"min", "max"}:
        end = "lowest" if plan.measure.function == "min" else "highest"
        end = measure_words(plan.measure) if plan.further else end
        return f"{head}: {listed}; the {end} is {_keys(plan, best)} with {value}."
    most = f" {measure_words(plan.measure)}" if plan.further else ""
    return f"{head}: {listed}; {_keys(plan, best)} has the most{most} with {value}."


def _best_of_each(plan: Plan) -> str:
    end = "lowest" if plan.order and plan.order.direction == "asc" else "highest"
    each = plan.second.bucket or plan.second.column if plan.second else ""
    count = "" if plan.limit == 1 else f"{plan.limit} "
    return f"the {count}{end} of each {each}"


def _keys(plan: Plan, row: tuple[Cell, ...]) -> str:
    named: list[tuple[Group, Cell]] = list(zip(plan.groups, row, strict=False))
    return ", ".join(key_of(group.bucket, value) for group, value in named)


def _top(plan: Plan, result: QueryResult) -> tuple[Cell, ...]:
    if plan.limit == 1:
        return result.rows[0]
    place = len(plan.groups)
    ends = plan.measure is not None and plan.measure.function in {"min", "max"}
    dates = [row for row in result.rows if isinstance(row[place], str)] if ends else []
    valued = [row for row in result.rows if isinstance(row[place], int | float)]
    least = plan.measure is not None and plan.measure.function == "min"
    best = min if least else max
    if dates:
        return best(dates, key=lambda row: str(row[place]))
    return best(valued, key=lambda row: float(row[place] or 0)) if valued else result.rows[0]


def _listing(plan: Plan, result: QueryResult) -> str:
    place = len(plan.groups)
    parts = [f"{_keys(plan, row)} ({value_words(row[place])})" for row in result.rows[:5]]
    return ", ".join(parts) + (" …" if len(result.rows) > len(parts) else "")

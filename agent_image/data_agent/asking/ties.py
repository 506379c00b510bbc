"""Whether a ranking cuts between equals: one row more is asked for, and a tie is said."""

from __future__ import annotations

from dataclasses import replace

from data_agent.asking.plan import Plan
from data_agent.asking.schema import Table
from data_agent.asking.words import measure_words, value_words
from data_agent.values import QueryResult


def probe(plan: Plan) -> Plan:
    """The plan with one row more than it shows, where it is a ranking."""
    if plan.limit is None or plan.order is None or plan.study is not None:
        return plan
    return replace(plan, limit=plan.limit + 1)


def settle(plan: Plan, table: Table, result: QueryResult) -> tuple[QueryResult, tuple[str, ...]]:
    """The rows of the plan itself, and a note when the next one is as good as the last."""
    limit = plan.limit
    if limit is None or probe(plan) == plan or len(result.rows) <= limit:
        return result, ()
    shown = replace(result, rows=result.rows[:limit])
    place = _ranked_column(plan, table, result)
    if place is None or result.rows[limit][place] != result.rows[limit - 1][place]:
        return shown, ()
    value = value_words(result.rows[limit][place])
    what = measure_words(plan.measure) if plan.measure else result.columns[place].name
    name = value_words(result.rows[limit][0]) if plan.group else "at least one more row"
    return shown, (f"There is a tie: {name} has the same {what} ({value}) and is not shown.",)


def _ranked_column(plan: Plan, table: Table, result: QueryResult) -> int | None:
    if plan.order is None:
        return None
    if plan.measure is not None:
        return len(plan.groups) if plan.order.column is None else None
    names = [column.name for column in result.columns]
    label = table.field(plan.order.column).label if plan.order.column else ""
    return names.index(label) if label in names else None

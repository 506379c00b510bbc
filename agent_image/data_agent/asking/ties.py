"""Whether a ranking cuts between equals: some rows more are asked for, and a tie is said."""

from __future__ import annotations

from dataclasses import replace

from data_agent.asking.plan import Plan
from data_agent.asking.schema import Table
from data_agent.asking.words import key_of, measure_words, value_words
from data_agent.values import Cell, QueryResult

PROBED = 20  # rows that are looked at behind the last one shown
MOST_NAMED = 3


def probe(plan: Plan) -> Plan:
    """The plan with some rows more than it shows, where it is a ranking."""
    if plan.limit is None or plan.order is None or plan.study is not None or plan.within:
        return plan
    return replace(plan, limit=plan.limit + PROBED)


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
    tied = [row for row in result.rows[limit:] if row[place] == result.rows[limit][place]]
    whole = len(tied) < PROBED and not result.truncated
    return shown, (f"There is a tie: {_named(plan, tied, whole)} the same {what} ({value}).",)


def _named(plan: Plan, tied: list[tuple[Cell, ...]], whole: bool) -> str:
    """Those that are as good as the last one shown, by name where they have one."""
    if plan.group is None:
        count = f"{len(tied):,}" if whole else f"at least {len(tied):,}"
        return f"{count} more {'row has' if count == '1' else 'rows have'}"
    keys = [
        ", ".join(key_of(g.bucket, value) for g, value in zip(plan.groups, row, strict=False))
        for row in tied[:MOST_NAMED]
    ]
    more = len(tied) - len(keys)
    others = f" and {'' if whole else 'at least '}{more:,} more" if more or not whole else ""
    return f"{', '.join(keys)}{others} {'has' if len(tied) == 1 else 'have'}"


def _ranked_column(plan: Plan, table: Table, result: QueryResult) -> int | None:
    if plan.order is None:
        return None
    if plan.measure is not None:
        return len(plan.groups) if plan.order.column is None else None
    names = [column.name for column in result.columns]
    label = table.field(plan.order.column).label if plan.order.column else ""
    return names.index(label) if label in names else None

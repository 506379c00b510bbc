"""Which picture an answer gets, by rule from its plan and rows. A chart names result columns."""

from __future__ import annotations

from data_agent.asking.plan import Plan
from data_agent.values import QueryResult

MAX_BARS = 40
Chart = dict[str, object]


def chart(plan: Plan, result: QueryResult) -> Chart | None:
    """`number` for one value, `line` over time, `bar` by category; None for a list of rows."""
    if plan.measure is None or not result.rows:
        return None
    if plan.group is None:
        return {"type": "number", "y": result.columns[0].name}
    x, y = result.columns[0].name, result.columns[1].name
    if not any(isinstance(row[1], int | float) for row in result.rows):
        return None
    if plan.group.bucket is not None and plan.limit is None:
        return {"type": "line", "x": x, "y": y} if len(result.rows) > 1 else None
    return {"type": "bar", "x": x, "y": y} if 1 < len(result.rows) <= MAX_BARS else None

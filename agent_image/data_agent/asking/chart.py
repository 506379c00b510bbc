"""Which picture an answer gets, by rule from its plan and rows. A chart names result columns."""

from __future__ import annotations

from data_agent.asking.plan import Group, Plan
from data_agent.values import QueryResult

MAX_BARS = 40
NO_PERIODS = {None, "weekday", "hour"}
Chart = dict[str, object]


def chart(plan: Plan, result: QueryResult) -> Chart | None:
    """`number` for one value, `line` over time (with a `series`: several lines), `bar` by category;
    None for a list of rows."""
    if not result.rows:
        return None
    if plan.study is not None:
        return _of_study(plan, result)
    if plan.measure is None:
        return None
    if plan.group is None:
        return None if plan.further else {"type": "number", "y": result.columns[0].name}
    return _of_two_groups(plan, result) if plan.second else _of_one_group(plan.group, plan, result)


def _of_one_group(group: Group, plan: Plan, result: QueryResult) -> Chart | None:
    x, y = result.columns[0].name, result.columns[1].name
    if not any(isinstance(row[1], int | float) for row in result.rows):
        return None
    if group.bucket not in NO_PERIODS and plan.limit is None:
        return {"type": "line", "x": x, "y": y} if len(result.rows) > 1 else None
    return {"type": "bar", "x": x, "y": y} if 1 < len(result.rows) <= MAX_BARS else None


def _of_two_groups(plan: Plan, result: QueryResult) -> Chart | None:
    """One line for each category over time; None where neither or both are times."""
    timely = [group.bucket not in NO_PERIODS for group in plan.groups]
    if sum(timely) != 1 or plan.limit is not None:
        return None
    names = [column.name for column in result.columns]
    time = timely.index(True)
    return {"type": "line", "x": names[time], "y": names[2], "series": names[1 - time]}


def _of_study(plan: Plan, result: QueryResult) -> Chart | None:
    """Ranges and missing cells as bars; a correlation as its number."""
    names = [column.name for column in result.columns]
    kind = plan.study.kind if plan.study else ""
    if kind == "correlation":
        return {"type": "number", "y": names[0]}
    if kind == "distribution" and 1 < len(result.rows) <= MAX_BARS:
        return {"type": "bar", "x": names[0], "y": names[2]}
    if kind == "missing" and 1 < len(result.rows) <= MAX_BARS:
        return {"type": "bar", "x": names[0], "y": names[1]}
    return None

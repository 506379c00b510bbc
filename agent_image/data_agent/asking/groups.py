"""By what a draft groups, and its conditions put together."""

from __future__ import annotations

from data_agent.asking.draft import Draft
from data_agent.asking.plan import Filter, Group, Operator
from data_agent.asking.schema import Field


def group_of(draft: Draft) -> Group | None:
    """The group that the draft asks for; several are a problem of the draft."""
    fields = list(dict.fromkeys([*draft.groups, *draft.which]))
    if draft.bucket is not None:
        times = [field for field in fields if field.kind == "time"]
        times = times or [field for field in draft.mentions if field.kind == "time"]
        times = times or list(draft.table.of_kind("time"))
        others = [field for field in fields if field.kind != "time"]
        if others:
            draft.problem("Only one grouping at a time: either by time or by a column.")
            return None
        return _time_group(draft, times)
    if len(fields) > 1:
        names = " and ".join(field.name for field in fields)
        draft.problem(f"Only one grouping at a time, not {names}.")
        return None
    if not fields:
        return None
    return Group(fields[0].name, "day" if fields[0].kind == "time" else None)


def merged_filters(filters: list[Filter]) -> tuple[Filter, ...]:
    """Values of one column that stand apart mean any of them: `Cologne … and also Bonn`."""
    merged: dict[tuple[str, str], Filter] = {}
    for item in filters:
        operator = {"eq": "in", "ne": "not_in"}.get(item.operator, item.operator)
        key = (item.column, operator)
        if key not in merged:
            merged[key] = item
        elif operator in {"in", "not_in"}:
            values = tuple(dict.fromkeys([*merged[key].values, *item.values]))
            both: Operator = "in" if operator == "in" else "not_in"
            merged[key] = Filter(item.column, both, values) if len(values) > 1 else merged[key]
        elif item != merged[key]:
            merged[(item.column, f"{operator} {len(merged)}")] = item
    return tuple(merged.values())


def _time_group(draft: Draft, times: list[Field]) -> Group | None:
    if not times:
        draft.problem(f"The table {draft.table.name} has no column of dates.")
        return None
    if len(times) > 1:
        names = ", ".join(field.name for field in times)
        draft.problem(
            f"There are several dates: {names}. Which one do you mean?",
            *(f"by {draft.bucket} of {field.name}" for field in times),
        )
        return None
    return Group(times[0].name, draft.bucket)

"""By what a draft groups, and its conditions put together."""

from __future__ import annotations

from dataclasses import replace

from data_agent.asking.draft import Draft
from data_agent.asking.plan import Filter, Group, Operator, Plan
from data_agent.asking.schema import Field
from data_agent.asking.times import never_births, say_date

MOST_GROUPS = 2


def groups_of(draft: Draft) -> tuple[Group | None, Group | None]:
    """The groups that the draft asks for, time first; more than two are a problem of the draft."""
    fields = list(dict.fromkeys([*draft.groups, *draft.which]))
    found: list[Group] = []
    if draft.bucket is not None:
        timely = _time_group(draft, _times(draft, fields))
        fields = [field for field in fields if field.kind != "time"]
        if timely is None:
            return None, None
        found = [timely]
    found += [Group(field.name, "day" if field.kind == "time" else None) for field in fields]
    if len(found) > MOST_GROUPS:
        names = ", ".join(group.bucket or group.column for group in found)
        draft.problem(f"At most two groupings at a time, not {names}.")
    return (found[0] if found else None, found[1] if len(found) > 1 else None)


def within(draft: Draft, plan: Plan) -> Plan:
    """`top 3 cities per channel`: the ranked thing first, and its number for each of the others."""
    ranked = draft.extreme_group or (draft.which[0] if len(draft.which) == 1 else None)
    if plan.second is None or ranked is None:
        return plan
    first, second = plan.groups
    if ranked.name == second.column:
        first, second = second, first
    if ranked.name != first.column or (second.column in {f.name for f in draft.which}):
        return plan
    if draft.show or plan.further or plan.having:
        draft.problem("The best in each group is of one number, with no share and no condition.")
    limit = plan.limit or 1
    return replace(plan, group=first, second=second, limit=limit, within=True)


def merged_filters(filters: list[Filter]) -> tuple[Filter, ...]:
    """Values of one column that stand apart mean any of them: `Cologne … and also Bonn`."""
    merged: dict[tuple[str, str], Filter] = {}
    for item in filters:
        operator = {"eq": "in", "ne": "not_in"}.get(item.operator, item.operator)
        key = (item.column, f"{operator} {item.other}" if item.other else operator)
        if key not in merged:
            merged[key] = item
        elif operator in {"in", "not_in"}:
            values = tuple(dict.fromkeys([*merged[key].values, *item.values]))
            both: Operator = "in" if operator == "in" else "not_in"
            merged[key] = Filter(item.column, both, values) if len(values) > 1 else merged[key]
        elif item != merged[key]:
            merged[(item.column, f"{operator} {len(merged)}")] = item
    return tuple(merged.values())


def _times(draft: Draft, fields: list[Field]) -> list[Field]:
    """The dates that a unit of time can be about: named ones, else all of the table."""
    times = [field for field in fields if field.kind == "time"]
    times = times or [field for field in draft.mentions if field.kind == "time"]
    filtered = {item.column for item in draft.filters}
    dates = draft.table.of_kind("time")
    every = [field for field in dates if not field.birth] or list(dates)
    return times or [field for field in every if field.name in filtered] or every


def _time_group(draft: Draft, times: list[Field]) -> Group | None:
    if draft.bucket == "hour" and times:
        times = [field for field in times if field.type != "DATE"]
        if not times:
            draft.problem(f"The dates of {draft.table.name} have no time of day.")
            return None
    if not times:
        draft.problem(f"The table {draft.table.name} has no column of dates.")
        return None
    main = draft.table.main_time
    named = {*draft.groups, *draft.which, *draft.mentions}
    said = named | {draft.table.field(item.column) for item in draft.filters}
    births = [field for field in draft.table.of_kind("time") if field.birth]
    if main is not None and main in times and (len(times) > 1 or (births and main not in said)):
        say_date(draft, main)
        times = [main]
    if len(times) > 1:
        names = ", ".join(field.name for field in times)
        draft.problem(
            f"There are several dates: {names}. Which one do you mean?",
            *(f"by {draft.bucket} of {field.name}" for field in times),
        )
        return None
    if times[0].birth and times[0] not in named and not draft.filters:
        never_births(draft, times[0])
    return Group(times[0].name, draft.bucket)

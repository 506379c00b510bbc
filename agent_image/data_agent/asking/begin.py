"""Conditions and groups of a draft, before it is known what is computed."""

from __future__ import annotations

from data_agent.asking.draft import Draft
from data_agent.asking.grouping import is_amount
from data_agent.asking.groups import groups_of, merged_filters
from data_agent.asking.plan import Group, Plan
from data_agent.asking.special import compared, step_of


def begin(draft: Draft) -> Plan:
    """A plan with filters and groups. What does not fit becomes a problem of the draft."""
    if draft.show == "growth":
        step_of(draft)
    filters = merged_filters(draft.filters)
    beside: Group | None = None
    if draft.compares:
        filters, beside = compared(draft, filters)
    _implied_groups(draft)
    group, second = groups_of(draft)
    if beside is not None and beside not in (group, second):
        if second is not None:
            draft.problem("A comparison has one further grouping at most.")
        group, second = (beside, None) if group is None else (group, beside)
        if group.column == beside.column:
            second = None  # `by month, this month with last month`
    return Plan(draft.table.name, None, filters, group, second=second)


def _implied_groups(draft: Draft) -> None:
    """`destination with the most flights`, `cities with more than 5 orders`."""
    if draft.extreme is not None and draft.extreme.count is None and draft.count:
        draft.extreme.count = draft.count
    if draft.groups or draft.which or draft.bucket:
        return
    things = [f for f in draft.mentions if not is_amount(f, draft) and f.kind != "time"]
    ranked = draft.extreme is not None and (draft.extreme_rows or draft.extreme_field)
    if ranked and len(things) == 1:
        draft.which.append(things[0])
    elif draft.aggregates:
        draft.groups += things[:1]

"""Conditions and groups of a draft, before it is known what is computed."""

from __future__ import annotations

from itertools import combinations

from data_agent.asking.draft import Draft
from data_agent.asking.grouping import is_amount
from data_agent.asking.groups import groups_of, merged_filters
from data_agent.asking.plan import Filter, Group, Plan
from data_agent.asking.special import compared, step_of
from data_agent.asking.words import filter_words


def begin(draft: Draft) -> Plan:
    """A plan with filters and groups. What does not fit becomes a problem of the draft."""
    if draft.show == "growth":
        step_of(draft)
    filters = (*merged_filters(draft.filters), *_happened(draft))
    _never_both(draft, filters)
    _never_neither(draft, filters)
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
    _both_for_all(draft)
    return Plan(
        draft.table.name,
        None,
        filters,
        group,
        second=second,
        either=tuple(draft.either),
        members=tuple(draft.members),
    )


def _both_for_all(draft: Draft) -> None:
    """`Berlin with priority high or status open`: nobody knows whether Berlin counts for both."""
    if not draft.either:
        return
    unclear = [
        item
        for place, item in enumerate(draft.filters)
        if place >= draft.either_after or draft.table.field(item.column).kind != "time"
    ]
    if unclear:
        words = filter_words(unclear[0], draft.table)
        either = " or ".join(filter_words(item, draft.table) for item in draft.either)
        draft.problem(f"Does {words} count for both of {either}? Ask for each of them alone.")


def _never_neither(draft: Draft, filters: tuple[Filter, ...]) -> None:
    """Yes and no of one column is every row, and nobody asks for that."""
    for item in filters:
        field = draft.table.field(item.column)
        both = len(item.values) > 1 and set(item.values) >= set(field.values)
        if field.role == "flag" and both and not draft.compares:
            draft.problem(f"{field.name}: yes or no? Both are every row.")


def _happened(draft: Draft) -> list[Filter]:
    """`cancelled orders`, with no day said: those where the date is filled."""
    timely = {item.column for item in draft.filters} | {field.name for field in draft.groups}
    said = [field for field in dict.fromkeys(draft.mentions) if field.kind == "time"]
    counts = draft.rows or draft.function == "count"
    events = draft.bucket is not None and draft.function is None and not draft.rows
    other = draft.study or draft.measure or draft.order or draft.lists
    if other or not (events or (counts and draft.bucket is None)):
        return []  # neither `cancelled orders` nor `cancellations per month`
    found = [field for field in said if field.empty and field.name not in timely]
    for field in found:
        draft.notes.append(f"Only those with a {field.name} were taken.")
    return [Filter(field.name, "not_empty") for field in found]


def _never_both(draft: Draft, filters: tuple[Filter, ...]) -> None:
    """Two periods that do not meet: no row is in both, and nobody asks for that."""
    spans = [item for item in filters if item.operator == "between" and not draft.compares]
    spans = [item for item in spans if draft.table.field(item.column).kind == "time"]
    for one, other in combinations(spans, 2):
        apart = str(one.values[1]) <= str(other.values[0]) or (
            str(other.values[1]) <= str(one.values[0])
        )
        if one.column == other.column and apart:
            words = " and ".join(filter_words(item, draft.table) for item in (one, other))
            draft.problem(f'No row is both: {words}. Say "or" to mean any of them.')


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

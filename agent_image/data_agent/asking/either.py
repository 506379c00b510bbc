"""A rule for conditions of which one must hold: `priority high or status open`."""

from __future__ import annotations

from collections.abc import Callable

from data_agent.asking.checks import NEGATIVE
from data_agent.asking.draft import Cursor, Draft
from data_agent.asking.filters import bare_comparison, field_condition, value_condition
from data_agent.asking.flags import flag_condition
from data_agent.asking.numbers import number_before
from data_agent.asking.plan import Filter
from data_agent.asking.times import time_condition

ANY = {"eq", "in"}
CONDITIONS: tuple[Callable[[Cursor, Draft], bool], ...] = (
    field_condition,
    value_condition,
    flag_condition,
    time_condition,
    number_before,
    bare_comparison,
)


def either(cursor: Cursor, draft: Draft) -> bool:
    """Right behind a condition, and another one follows: one column's values are put together."""
    start, count = cursor.place, len(draft.filters)
    chained = bool(draft.either) and draft.either_end == start
    if not cursor.is_at(start, "or") or not (chained or draft.condition_end == start):
        return False
    cursor.place = cursor.after_noise(start + 1)
    if not any(rule(cursor, draft) for rule in CONDITIONS) or len(draft.filters) != count + 1:
        cursor.place = max(cursor.place, start) if draft.problems else start
        return cursor.place > start
    right = draft.filters.pop()
    if chained:
        draft.either.append(right)
    else:
        _with_last(draft, draft.filters.pop(), right)
    if any(item.operator in NEGATIVE for item in draft.either):
        draft.problem('"Or" beside a "not" can be meant in two ways: ask for each of them alone.')
    draft.either_end = cursor.place if draft.either else -1
    draft.condition_end = cursor.place if not draft.either else -1
    return True


def _with_last(draft: Draft, left: Filter, right: Filter) -> None:
    """Values of one column are any of them; anything else are alternatives."""
    if left.column == right.column and {left.operator, right.operator} <= ANY:
        values = tuple(dict.fromkeys([*left.values, *right.values]))
        if not left.other and not right.other:
            draft.filters.append(Filter(left.column, "in", values))
            return
    if draft.either:
        draft.problem('Two times "or" with other conditions between: ask for each alone.')
    draft.either_after = len(draft.filters)
    draft.either = [left, right]

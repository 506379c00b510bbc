"""A follow-up changes the plan before it: `only Germany`, `by month instead`, `top 5`."""

from __future__ import annotations

from dataclasses import replace

from data_agent.asking.complete import Completed
from data_agent.asking.draft import Draft
from data_agent.asking.groups import groups_of, merged_filters
from data_agent.asking.plan import Filter, Measure, Order, Plan
from data_agent.asking.special import grown, shared


def is_fragment(draft: Draft) -> bool:
    """Whether the words are too few to be a question of their own, or say that they edit one."""
    if draft.fragment:
        return True
    if draft.show is not None and not draft.mentions and draft.measure is None:
        return not draft.rows and not draft.filters
    asks = (
        draft.measure is not None
        or draft.study is not None
        or draft.compares
        or draft.function == "count"
        or draft.lists
        or draft.rows
    )
    measures = any(field.kind == "number" for field in draft.mentions)
    ranks = draft.extreme_field is not None or draft.ranked_by is not None or draft.counts_rows
    return not (asks or measures or ranks or draft.which)


def edit(draft: Draft, previous: Plan) -> Completed:
    """The earlier plan with what the draft says put in its place."""
    plan = _measured(draft, previous)
    group, second = groups_of(draft)
    if group is not None:
        plan = replace(plan, second=second, study=None, part=(), within=False)
        plan = replace(plan, show="share" if plan.show == "share" else None)
        keeps = plan.order is not None and plan.order.column is None
        plan = replace(plan, group=group, order=plan.order if keeps else None)
        if plan.measure is None:
            plan = replace(plan, measure=Measure("count"), order=None)
        if not (draft.extreme or keeps):
            plan = replace(plan, limit=None)
    plan = replace(plan, filters=_filters(draft, plan))
    plan = _ranked(draft, plan)
    if draft.show is not None:
        plan = _shown(draft, plan)
    if plan == previous and not draft.problems:
        draft.problem("This changes nothing in the question before.")
    problems = tuple(draft.problems)
    return Completed(None if problems else plan, problems, tuple(draft.notes))


def _shown(draft: Draft, plan: Plan) -> Plan:
    """`in percent`, `as growth`: the same numbers, seen otherwise."""
    return shared(draft, plan) if draft.show == "share" else grown(draft, plan)


def _measured(draft: Draft, plan: Plan) -> Plan:
    """`and the average?`: another function of the same column; a named column is taken."""
    column = plan.measure.column if plan.measure else None
    numbers = [field.name for field in draft.mentions if field.kind == "number"]
    if draft.measure is not None:
        numbers = [draft.measure.name]
    if draft.function == "count":
        return replace(plan, measure=Measure("count"), further=(), study=None)
    if draft.function is not None:
        target = numbers[0] if numbers else column
        if target is None:
            draft.problem(f"The {draft.function} of what? Name a column.")
            return plan
        same = plan.measure is not None and plan.measure.by_row and target == column
        calc = plan.measure.calc if plan.measure is not None and same else None
        measure = Measure(draft.function, target, calc)
        return replace(plan, measure=measure, further=(), study=None)
    if numbers and plan.measure is not None and plan.measure.column is not None:
        return replace(plan, measure=Measure(plan.measure.function, numbers[0]))
    if numbers:
        draft.problem(f"The total or the average of {numbers[0]}?", f"total {numbers[0]}")
    return plan


def _filters(draft: Draft, plan: Plan) -> tuple[Filter, ...]:
    """A condition on a column replaces the earlier ones on it."""
    new = merged_filters(draft.filters)
    columns = {item.column for item in new}
    return (*(item for item in plan.filters if item.column not in columns), *new)


def _ranked(draft: Draft, plan: Plan) -> Plan:
    if draft.extreme is not None:
        if plan.measure is not None and plan.group is None:
            draft.problem("There is one number only. Group it first, for example by a column.")
            return plan
        column = None if plan.measure is not None else (plan.order.column if plan.order else None)
        if plan.measure is None and column is None:
            draft.problem(f"{draft.extreme.word} by what? Name a column of numbers.")
            return plan
        limit = draft.extreme.count or plan.limit or 1
        plan = replace(plan, order=Order(column, draft.extreme.direction), limit=limit)
    if draft.order is not None:
        field, direction = draft.order
        plan = replace(plan, order=Order(field.name if field else None, direction))
    return plan

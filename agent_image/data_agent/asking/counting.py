"""What is counted: rows, or the things that the rows are parts of."""

from __future__ import annotations

from dataclasses import replace

from data_agent.asking.draft import Draft
from data_agent.asking.plan import Filter, Group, Having, Measure, Plan
from data_agent.asking.schema import Field
from data_agent.asking.text import stems

REPEATED = 0.9  # a table with so few keys for its rows holds parts of its things (about, +-5 %)
ALONE = 0.7  # share of different values from which on nearly every row has its own
UNIQUE = 0.98  # share of different names from which on they are taken for all different
ROWS = Measure("count")


def things_counted(draft: Draft, plan: Plan) -> Plan:
    """`how many orders` in a table with several rows for each: the different order numbers."""
    key = own_key(draft) if draft.things and not draft.lines else None
    measures = [*plan.measures, *(item.measure for item in plan.having)]
    if key is None or ROWS not in measures:
        return plan
    if draft.show == "share":
        draft.problem(
            f"Several rows share one {key.name}. A share of the rows, or of the {key.name}?",
            "number of rows", f"number of different {key.name}",
        )  # fmt: skip
    draft.notes.append(
        f'Each {key.name} was counted once; several rows share one. Say "rows" to count these.'
    )
    distinct = Measure("distinct", key.name)
    return replace(
        plan,
        measure=distinct if plan.measure == ROWS else plan.measure,
        further=tuple(distinct if item == ROWS else item for item in plan.further),
        having=tuple(
            Having(distinct, item.operator, item.values) if item.measure == ROWS else item
            for item in plan.having
        ),
    )


def apart(draft: Draft, plan: Plan) -> Plan:
    """Two customers of one name are two: their key stands beside it."""
    group = plan.group
    if group is None or plan.second is not None or plan.measure is None:
        return plan
    field = draft.table.field(group.column)
    if not field.source or not {"name", "title"} & set(stems(field.label)):
        return plan
    join = draft.table.join(field.source)
    alike = field.distinct is not None and field.distinct < UNIQUE * join.rows
    return replace(plan, second=Group(join.column)) if alike and not join.via else plan


def named_only(draft: Draft, plan: Plan) -> Plan:
    """`which city has the most`: rows without a city are no answer."""
    named = [field for field in draft.which if field.empty]
    if draft.which_bucket and plan.group is not None:
        timely = draft.table.field(plan.group.column)
        named += [timely] if timely.empty else []
    conditions = {item.column for item in plan.filters}
    if plan.limit is None or plan.measure is None:
        return plan
    more = [Filter(f.name, "not_empty") for f in named if f.name not in conditions]
    return replace(plan, filters=(*plan.filters, *more))


def each_alone(draft: Draft, group: Group) -> bool:
    """Nearly every row is a group of its own, so that a count of rows says nothing."""
    field = draft.table.field(group.column)
    alone = (field.distinct or 0) >= ALONE * max(draft.table.rows, 1)
    return not field.source and (alone or stems(field.name) in {("name",), ("full", "name")})


def own_key(draft: Draft) -> Field | None:
    """`order_id` of a table `orders` with fewer different ones than rows; None otherwise."""
    table = draft.table
    if draft.thing is not None:
        return draft.thing if _repeats(draft.thing, draft) else None
    own = set(stems(table.name))
    for field in table.fields:
        words = set(stems(field.name))
        if field.name in draft.identifiers and words & own and field.distinct is not None:
            return field if _repeats(field, draft) else None
    return None


def _repeats(field: Field, draft: Draft) -> bool:
    filled = draft.table.rows - (field.empty or 0)
    return field.distinct is not None and field.distinct < REPEATED * filled

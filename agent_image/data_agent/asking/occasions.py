"""Columns that say something of few rows and nothing of most: a complaint, a coupon. Their number
is that of the rows that have one, not that of the different things that can be complained of. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from data_agent.asking.draft import Draft
from data_agent.asking.lexicon import Lexicon
from data_agent.asking.plan import Filter, Measure, Plan
from data_agent.asking.schema import Field, Table
from data_agent.asking.text import stems

MOSTLY = 0.5  # share of empty cells from which on a column is taken to speak of exceptions
REPEATED = 0.5  # of the filled ones: fewer different values than that are kinds, not names


def occasional(table: Table, lexicon: Lexicon) -> frozenset[str]:
    """The names of such columns: few values, often repeated, mostly empty; no names of anything."""
    names = lexicon.things | lexicon.persons | lexicon.identifiers
    return frozenset(
        field.name
        for field in table.fields
        if field.role == "dimension" and field.values and not set(stems(field.name)) & names
        if _seldom(field, table.rows) and not _person(field, lexicon)
    )


def rows_with(draft: Draft, plan: Plan) -> Plan:
    """`number of complaints by customer`: the rows where the complaint is not empty."""
    measures = [*plan.measures, *(item.measure for item in plan.having)]
    seldom = [m for m in measures if m.function == "distinct" and m.column in draft.occasional]
    if not seldom or draft.different:
        return plan
    column = str(seldom[0].column)
    if any(measure != seldom[0] for measure in measures):
        draft.problem(
            f"The number of {column} is that of the rows that have one. Ask for it alone.",
            f"number of {column}",
        )
        return plan
    few = any(item.operator not in {"gt", "ge"} for item in plan.having)
    if plan.group is not None and (few or (plan.order and plan.order.direction == "asc")):
        draft.problem(
            f"A {plan.group.column} with no {column} at all would be missing among those with few.",
            f"number of {column} by {plan.group.column}",
        )
    said = any(item.column == column for item in plan.filters)
    filled = () if said else (Filter(column, "not_empty"),)
    if not said:
        note = (
            f'The rows with a {column} were counted; say "different {column}" to count its values.'
        )
        draft.notes.append(note)
    rows = Measure("count")
    return replace(
        plan,
        measure=rows if plan.measure else None,
        filters=(*plan.filters, *filled),
        having=tuple(replace(item, measure=rows) for item in plan.having),
    )


def _person(field: Field, lexicon: Lexicon) -> bool:
    """`trainer`, `assignee`: somebody, who is counted once."""
    return any(word.endswith(lexicon.agents) for word in stems(field.name))


def _seldom(field: Field, rows: int) -> bool:
    empty = field.empty or 0
    few = (field.distinct or 0) < REPEATED * (rows - empty)
    return few and empty > MOSTLY * rows

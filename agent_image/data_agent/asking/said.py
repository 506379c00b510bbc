"""What a plan says, in sets that the words of a question are looked up in. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data_agent.asking.plan import Calc, Filter, Group, Having, Plan
from data_agent.asking.schema import Table
from data_agent.asking.tags import Tag
from data_agent.asking.text import fold, stem, stems

ENDS: Mapping[str, str] = {"max": "desc", "min": "asc"}


@dataclass(frozen=True)
class Said:
    """The columns, functions, operators, numbers and so on of one plan."""

    plan: Plan
    table: Table
    columns: frozenset[str]
    functions: frozenset[str]
    operators: frozenset[str]
    numbers: frozenset[float]
    texts: frozenset[str]
    buckets: frozenset[str]
    directions: frozenset[str]
    about_time: bool

    @classmethod
    def of(cls, plan: Plan, table: Table) -> Said:
        inner = [one for item in plan.members if item.table for one in item.filters]
        conditions: list[Filter | Having] = [*plan.conditions(), *inner, *plan.having]
        values = [value for item in conditions for value in item.values]
        numbers = {float(value) for value in values if not isinstance(value, str)}
        numbers |= {float(plan.limit)} if plan.limit is not None else set()
        timely = [*inner, *(item for item in plan.conditions() if _is_time(item, table))]
        measures = [*plan.measures, *(item.measure for item in plan.having)]
        calcs = [measure.calc for measure in measures if measure.calc is not None]
        functions = {measure.function for measure in measures}
        functions |= {calc.function for calc in calcs if calc.function is not None}
        keys: list[Group | Calc] = [*plan.groups, *calcs]
        order = {plan.order.direction} if plan.order else set()
        return cls(
            plan,
            table,
            frozenset(plan.columns()),
            frozenset(functions),
            frozenset(item.operator for item in conditions),
            frozenset(numbers),
            frozenset(fold(value) for value in values if isinstance(value, str)),
            frozenset(item.bucket for item in keys if item.bucket),
            frozenset(order | {ENDS[name] for name in functions if name in ENDS}),
            bool(timely),
        )


def in_full(tag: Tag) -> bool:
    """Whether the column is called by its whole name."""
    field = tag.field
    return field is not None and stems(tag.text) in {stems(field.name), stems(field.column)}


def countable(tag: Tag) -> bool:
    """`cases`, `cases delivered`, or a column by its whole name; but `left` is no thing."""
    word = fold(tag.text)
    return in_full(tag) or bool(tag.note) or " " in word or stem(word) != word


def beside(tags: Sequence[Tag], place: int, step: int) -> Tag | None:
    """The next word that says something, before (step -1) or after (step 1) this place."""
    place += step
    while 0 <= place < len(tags) and tags[place].kind in {"noise", "not", "to"}:
        place += step
    return tags[place] if 0 <= place < len(tags) else None


def behind(tags: Sequence[Tag], place: int, skipped: set[str]) -> Tag | None:
    """The first word from this place on that is of none of these kinds."""
    while place < len(tags) and tags[place].kind in skipped:
        place += 1
    return tags[place] if place < len(tags) else None


def _is_time(item: Filter, table: Table) -> bool:
    field = table.field(item.column)
    return field.kind == "time" or (field.kind == "number" and field.role == "dimension")

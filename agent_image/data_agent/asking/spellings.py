"""Values that differ only in capitals or outer spaces are one group: `Paid`, `PAID`, `paid `.

A column knows its `spellings` only where the value index found such values (worker/spellings.py),
so that the statements of clean data stay as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from data_agent.asking.plan import Filter, Operator, Plan, Scalar
from data_agent.asking.schema import Field, Table

MOST_NAMED = 3  # values that a note names, each with its spellings
ON_ONE_LINE = 2  # of a statement
NAMED = {"eq", "in"}
ONE_OR_MORE: tuple[tuple[Operator, Operator], ...] = (("eq", "in"), ("ne", "not_in"))
Pairs = tuple[tuple[str, str], ...]


def folded(pairs: Pairs, column: str) -> str:
    """The column as an expression in which every spelling of a value is its most frequent one."""
    if not pairs:
        return column
    space = "\n    " if len(pairs) > ON_ONE_LINE else " "
    cases = [f"WHEN {_text(small)} THEN {_text(main)}" for small, main in pairs]
    return space.join([f"CASE lower(trim({column}))", *cases, f"ELSE {column} END"])


def taken_together(plan: Plan, field: Field) -> Pairs:
    """The spellings that can meet in one group: with conditions on the column those they name."""
    if not field.spellings:
        return ()
    named = [f.values for f in plan.filters if f.column == field.name and f.operator in NAMED]
    if not named:
        return field.spellings
    counted = Counter(small(str(value)) for value in named[0])
    return tuple(pair for pair in field.spellings if counted[pair[0]] > 1)


def main_of(field: Field, value: Scalar) -> Scalar:
    """The spelling that a value is shown in."""
    known = dict(field.spellings)
    return known.get(small(value), value) if isinstance(value, str) else value


def main_values(field: Field, values: Iterable[Scalar]) -> tuple[Scalar, ...]:
    """The values with each spelling put for its most frequent one, once."""
    return tuple(dict.fromkeys(main_of(field, value) for value in values))


def other_values(item: Filter, field: Field) -> Iterator[Filter]:
    """A condition on one value, with each of the others instead, in all its spellings."""
    here = main_values(field, item.values)
    one_or_more = next((pair for pair in ONE_OR_MORE if item.operator in pair), None)
    if one_or_more is None or item.other is not None or len(here) != 1:
        return
    for main in main_values(field, field.values):
        if main not in here:
            values = tuple(value for value in field.values if main_of(field, value) == main)
            yield replace(item, operator=one_or_more[len(values) > 1], values=values)


def small(value: str) -> str:
    """What values are told apart by; DuckDB's `lower(trim(…))`."""
    return value.strip(" ").lower()


def spelling_notes(plan: Plan, table: Table) -> Iterator[str]:
    """What was taken together, for columns that make groups or are counted."""
    counted = [item for measure in plan.measures for item in (measure, measure.calc) if item]
    names = [group.column for group in plan.groups if not group.apart]
    names += [item.column for item in counted if item.function == "distinct" and item.column]
    for name in dict.fromkeys(names):
        field = table.field(name)
        pairs = taken_together(plan, field)
        if not pairs:
            continue
        named = [_spelled(field, *pair) for pair in pairs[:MOST_NAMED]]
        more = "; …" if len(pairs) > MOST_NAMED else ""
        yield (
            f"Spellings of {name} that differ only in capitals or outer spaces are taken "
            f"together: {'; '.join(named)}{more}."
        )


def _spelled(field: Field, folded_value: str, main: str) -> str:
    """`Paid, PAID, paid`: the one that is shown first."""
    others = [value for value in field.values if small(value) == folded_value and value != main]
    return ", ".join(map(_visible, [main, *others]))


def _visible(value: str) -> str:
    return value if value == value.strip(" ") else f'"{value}"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

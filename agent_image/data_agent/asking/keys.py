"""Which tables fit together: evident keys by name, taken after the worker has checked them.

A pair is a candidate when both columns have one name (customer_id and customer_id), or one is
called `x_id` and the other is the `id` of a table x. It becomes a join when the other column is
unique, so that no row is counted twice, and knows at least half of the keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from data_agent.asking.schema import Field, Join, Link, Schema, Table
from data_agent.asking.text import stems

LEAST_MATCHED = 0.5
MAX_CANDIDATES = 60  # each is checked with one scan of two columns
ID = "id"


@dataclass(frozen=True)
class Candidate:
    """`table.column` might name a row of `other` by its `other_column`."""

    table: str
    column: str
    other: str
    other_column: str


def candidates(schema: Schema) -> tuple[Candidate, ...]:
    """Pairs of columns whose names make them a key, both ways round."""
    found = [
        Candidate(one.name, left.name, other.name, right.name)
        for one in schema.tables
        for other in schema.tables
        if one.name != other.name
        for left in one.fields
        for right in other.fields
        if _evident(left, other, right)
    ]
    return tuple(found[:MAX_CANDIDATES])


def with_joins(schema: Schema, checked: Iterable[Mapping[str, Any]]) -> Schema:
    """The schema with the joins that hold. `checked`: a candidate's fields, `unique`, `matched`."""
    good = [item for item in checked if item["unique"] and float(item["matched"]) >= LEAST_MATCHED]
    direct = {table.name: _direct(table, good, schema) for table in schema.tables}
    return Schema(tuple(_joined(table, direct, schema) for table in schema.tables))


def _evident(left: Field, other: Table, right: Field) -> bool:
    if left.kind != right.kind or left.kind not in {"number", "text"}:
        return False
    one, two = stems(left.name), stems(right.name)
    named = stems(other.name)
    if two == (ID,) or two == (*named, ID):
        return one == (*named, ID)
    key_like = right.role in {"id", "text"} or two[-1:] == (ID,) or set(two) == set(named)
    return one == two and one != (ID,) and key_like and left.role not in {"measure", "flag"}


def _direct(table: Table, good: list[Mapping[str, Any]], schema: Schema) -> tuple[Join, ...]:
    mine = [item for item in good if item["table"] == table.name]
    others = [item["other"] for item in mine]
    return tuple(
        Join(
            item["column"],
            item["other"],
            item["other_column"],
            float(item["matched"]),
            rows=schema.table(item["other"]).rows,
        )
        for item in mine
        if others.count(item["other"]) == 1  # two ways to one table: nobody knows which is meant
    )


def _joined(table: Table, direct: Mapping[str, tuple[Join, ...]], schema: Schema) -> Table:
    """The table with its joins, those of a second step, and the tables that lead to it."""
    joins = (*direct[table.name], *_second_step(table, direct))
    foreign = tuple(
        replace(found, name=f"{join.other}.{found.name}", source=join.other, column=found.name)
        for join in joins
        for found in schema.table(join.other).fields
        if found.name != join.other_column
    )
    links = tuple(
        Link(join.other_column, name, join.column, schema.table(name).fields)
        for name, found in direct.items()
        for join in found
        if join.other == table.name
    )
    return replace(table, joins=joins, foreign=foreign, links=links)


def _second_step(table: Table, direct: Mapping[str, tuple[Join, ...]]) -> tuple[Join, ...]:
    """`items` know their order and orders their customer: items know their customer. One way."""
    known = {table.name, *(join.other for join in direct[table.name])}
    steps = [
        replace(step, via=join.other, matched=join.matched * step.matched)
        for join in direct[table.name]
        for step in direct[join.other]
        if step.other not in known
    ]
    others = [step.other for step in steps]
    return tuple(step for step in steps if others.count(step.other) == 1)

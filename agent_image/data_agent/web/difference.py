"""What changes when a table is made from another file: columns, rows, saved answers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from data_agent.asking.plan import Plan, PlanError, from_json
from data_agent.asking.schema import Field, Schema, Table, kind_of
from data_agent.values import Column
from data_agent.web.questions import Question

Columns = Sequence[Column]


@dataclass(frozen=True)
class Retyped:
    """A column that is in both, with another type."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Broken:
    """A saved answer that works now and would not afterwards."""

    id: str
    question: str
    why: str


@dataclass(frozen=True)
class Difference:
    """Rows are those in the table; columns are compared by name, without regard to case."""

    rows_before: int
    rows_after: int
    added: tuple[Column, ...] = ()
    removed: tuple[Column, ...] = ()
    retyped: tuple[Retyped, ...] = ()
    broken: tuple[Broken, ...] = ()

    @property
    def same_columns(self) -> bool:
        return not (self.added or self.removed or self.retyped)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def difference(before: Columns, after: Columns, *, rows: tuple[int, int]) -> Difference:
    """`rows`: before and after."""
    old = {column.name.casefold(): column for column in before}
    new = {column.name.casefold(): column for column in after}
    return Difference(
        *rows,
        added=tuple(column for key, column in new.items() if key not in old),
        removed=tuple(column for key, column in old.items() if key not in new),
        retyped=tuple(
            Retyped(column.name, column.type, new[key].type)
            for key, column in old.items()
            if key in new and new[key].type != column.type
        ),
    )


def with_broken(
    found: Difference, saved: Iterable[Question], schema: Schema, table: str, after: Columns
) -> Difference:
    """The difference with the saved answers of `schema` that it would break."""
    later = _later(schema, table, after)
    gone = [*(column.name for column in found.removed), *(each.name for each in found.retyped)]
    broken = [
        Broken(each.id, each.question, why)
        for each in saved
        if (why := _why_broken(each, schema, later) or _names(each, table, gone))
    ]
    return replace(found, broken=tuple(broken))


def _why_broken(saved: Question, schema: Schema, later: Schema) -> str:
    """Empty for a plan that goes on working, and for one that does not work now."""
    if not saved.plan or "sql" in saved.plan:
        return ""
    try:
        plan = from_json(saved.plan, schema)
    except PlanError:
        return ""
    return _misfit(saved.plan, later) or _changed_kind(plan, schema, later)


def _misfit(plan: Mapping[str, Any], schema: Schema) -> str:
    """Why the plan cannot run on these tables; empty when it can."""
    try:
        from_json(plan, schema)
    except PlanError as error:
        missing = error.__cause__ if isinstance(error.__cause__, KeyError) else None
        return f"{missing.args[0]} is not there" if missing else str(error)
    return ""


def _changed_kind(plan: Plan, schema: Schema, later: Schema) -> str:
    """What was a number and is a text is there, but cannot be added up any more."""
    before, after = schema.table(plan.table), later.table(plan.table)
    pairs = [(before.field(name), after.field(name)) for name in plan.columns()]
    found = [
        f"{old.label} would be {new.kind}, not {old.kind}"
        for old, new in pairs
        if old.kind != new.kind
    ]
    return ", ".join(found)


def _names(saved: Question, table: str, gone: Sequence[str]) -> str:
    """A statement is read no further than for names: of this table, and of what changes in it."""
    planned = (saved.plan or {}).get("sql")
    statement = planned if isinstance(planned, str) else saved.sql
    if not _has_word(statement, table):
        return ""
    found = [name for name in gone if _has_word(statement, name)]
    return f"its SQL names {', '.join(found)}" if found else ""


def _has_word(statement: str, name: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", statement, re.IGNORECASE))


def _later(schema: Schema, table: str, after: Columns) -> Schema:
    """The schema with these columns in this table. What leads to a column that goes, goes."""
    names = {column.name for column in after}
    return Schema(tuple(_changed(each, table, after, names) for each in schema.tables))


def _changed(each: Table, table: str, after: Columns, names: set[str]) -> Table:
    if each.name != table:
        joins = tuple(j for j in each.joins if j.other != table or j.other_column in names)
        reached = {join.other for join in joins}
        foreign = tuple(
            _over_key(f, after) if f.source == table else f
            for f in each.foreign
            if f.source in reached and (f.source != table or f.column in names)
        )
        return replace(each, joins=joins, foreign=foreign)
    joins = tuple(join for join in each.joins if join.column in names)
    reached = {join.other for join in joins}
    fields = tuple(_field(each, column) for column in after)
    foreign = tuple(field for field in each.foreign if field.source in reached)
    return replace(each, fields=fields, joins=joins, foreign=foreign)


def _over_key(field: Field, after: Columns) -> Field:
    """A column of the changed table, as another one reaches it."""
    column = next(each for each in after if each.name == field.column)
    return replace(field, type=column.type, kind=kind_of(column.type))


def _field(table: Table, column: Column) -> Field:
    """As it is known, where it stays what it was."""
    known = next((f for f in table.fields if f.name == column.name), None)
    kind = kind_of(column.type)
    if known is not None and known.kind == kind:
        return replace(known, type=column.type)
    return Field(column.name, column.type, kind)

"""What a question can be about: tables, columns, what stands in them, and how tables fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from data_agent.values import Cell, TableInfo

Kind = Literal["number", "text", "time", "other"]
Role = Literal["measure", "dimension", "time", "id", "text", "geo", "flag"]
_NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "DOUBLE",
    "FLOAT",
    "DECIMAL",
    "U",
)


@dataclass(frozen=True)
class Field:
    """A column. `values`: all its distinct values when it is text and has few, else none.

    What a profile of the table found: `distinct` values (about), `empty` cells, and `low` and
    `high` of numbers and times; None where nobody looked. `source` is the other table that a
    column is read from over a key, and `column` its name there. `spellings`: values that differ
    only in capitals or outer spaces, in small letters, each with its most frequent spelling.
    `birth`: a date that says when somebody was born, and nothing of the row.
    """

    name: str
    type: str
    kind: Kind
    values: tuple[str, ...] = ()
    role: Role | None = None
    distinct: int | None = None
    empty: int | None = None
    low: Cell = None
    high: Cell = None
    source: str = ""
    column: str = ""
    spellings: tuple[tuple[str, str], ...] = ()
    birth: bool = False

    @property
    def label(self) -> str:
        """The name to show: that of the column, without the table it is read from."""
        return self.column or self.name


@dataclass(frozen=True)
class Join:
    """Each row of a table has at most one row of `other`, where `column` = `other_column`.

    `matched` is the share (0 to 1) of this table's keys that the other table knows. `via` is the
    table that `column` is of when it is not this one: each of its rows has one there in turn.
    `rows` is how many rows the other table has.
    """

    column: str
    other: str
    other_column: str
    matched: float = 1.0
    via: str = ""
    rows: int = 0


@dataclass(frozen=True)
class Link:
    """Rows of `other` name rows of this table: their `other_column` is its `column`."""

    column: str
    other: str
    other_column: str
    fields: tuple[Field, ...] = ()  # those of `other`


@dataclass(frozen=True)
class Table:
    """`foreign`: columns of other tables that its joins lead to, named `table.column`.

    `links`: tables whose rows lead here.
    """

    name: str
    fields: tuple[Field, ...]
    rows: int = 0
    joins: tuple[Join, ...] = ()
    foreign: tuple[Field, ...] = ()
    links: tuple[Link, ...] = ()

    def field(self, name: str) -> Field:
        """The field of this name, its own or one over a join. KeyError."""
        for candidate in (*self.fields, *self.foreign):
            if candidate.name == name:
                return candidate
        raise KeyError(name)

    def of_kind(self, *kinds: Kind) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.kind in kinds)

    @property
    def main_time(self) -> Field | None:
        """The date that is meant where none is said: of several the first, if no other is filled
        more often. None where that is not clear; never a date of birth."""
        times = [field for field in self.of_kind("time") if not field.birth]
        if not times:
            return None
        fewest = min(field.empty or 0 for field in times)
        best = [field for field in times if (field.empty or 0) == fewest]
        return best[0] if best[0] == times[0] or len(best) == 1 else None

    def join(self, other: str) -> Join:
        """How the other table is reached. KeyError."""
        for candidate in self.joins:
            if candidate.other == other:
                return candidate
        raise KeyError(other)


@dataclass(frozen=True)
class Schema:
    tables: tuple[Table, ...] = field(default=())

    def table(self, name: str) -> Table:
        """The table of this name. KeyError."""
        for candidate in self.tables:
            if candidate.name == name:
                return candidate
        raise KeyError(name)

    def only(self, names: Iterable[str]) -> Schema:
        """The schema as if there were no other tables than these."""
        kept = set(names)
        return Schema(
            tuple(
                replace(
                    table,
                    joins=tuple(join for join in table.joins if _kept(join, kept)),
                    foreign=tuple(
                        item for item in table.foreign if _kept(table.join(item.source), kept)
                    ),
                    links=tuple(link for link in table.links if link.other in kept),
                )
                for table in self.tables
                if table.name in kept
            )
        )


def _kept(join: Join, kept: set[str]) -> bool:
    return join.other in kept and (not join.via or join.via in kept)


def build(tables: Iterable[TableInfo], values: Mapping[tuple[str, str], tuple[str, ...]]) -> Schema:
    """The schema of the engine's tables; `values` by table and column."""
    return Schema(
        tuple(
            Table(
                info.name,
                tuple(
                    Field(c.name, c.type, kind_of(c.type), values.get((info.name, c.name), ()))
                    for c in info.columns
                ),
                info.rows,
            )
            for info in tables
        )
    )


def rows_of(other: str, table: Table) -> Table:
    """The table whose rows lead here, with its own columns. KeyError."""
    for link in table.links:
        if link.other == other:
            return Table(other, link.fields)
    raise KeyError(other)


def kind_of(type_name: str) -> Kind:
    """What can be done with a column of this DuckDB type."""
    if type_name == "VARCHAR":
        return "text"
    if type_name == "DATE" or type_name.startswith("TIMESTAMP"):
        return "time"
    if type_name.startswith(_NUMBERS) and "[" not in type_name and type_name != "UUID":
        return "number"
    return "other"

"""What a question can be about: tables, columns and the values that stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from data_agent.values import TableInfo

Kind = Literal["number", "text", "time", "other"]
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
    """A column. `values`: all its distinct values when it is text and has few, else none."""

    name: str
    type: str
    kind: Kind
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    name: str
    fields: tuple[Field, ...]
    rows: int = 0

    def field(self, name: str) -> Field:
        """The field of this name. KeyError."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)

    def of_kind(self, *kinds: Kind) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.kind in kinds)


@dataclass(frozen=True)
class Schema:
    tables: tuple[Table, ...] = field(default=())

    def table(self, name: str) -> Table:
        """The table of this name. KeyError."""
        for candidate in self.tables:
            if candidate.name == name:
                return candidate
        raise KeyError(name)


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


def kind_of(type_name: str) -> Kind:
    """What can be done with a column of this DuckDB type."""
    if type_name == "VARCHAR":
        return "text"
    if type_name == "DATE" or type_name.startswith("TIMESTAMP"):
        return "time"
    if type_name.startswith(_NUMBERS) and "[" not in type_name and type_name != "UUID":
        return "number"
    return "other"

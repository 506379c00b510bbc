"""The tables as a model is told of them: names and types, and values only where that is allowed."""

from __future__ import annotations

import json
from typing import Any

from data_agent.asking.schema import Field, Join, Schema, Table
from data_agent.llm.settings import Privacy

MOST_TABLES = 40
MOST_COLUMNS = 120  # of one table
MOST_SAMPLES = 12  # values of one column
LONGEST_SAMPLE = 40  # characters
LONGEST_NAME = 200
FEW_VALUES = 50  # a text column with more distinct values than this is never sampled
MOST_CHARACTERS = 40_000  # of the whole description


def tables_text(schema: Schema, privacy: Privacy) -> str:
    """One JSON object per line and table. JSON keeps a hostile name inside its quotes."""
    lines: list[str] = []
    size = 0
    for table in schema.tables[:MOST_TABLES]:
        line = json.dumps(_table(table, privacy), ensure_ascii=False)
        size += len(line)
        if size > MOST_CHARACTERS:
            break
        lines.append(line)
    if len(lines) < len(schema.tables):
        lines.append(f"({len(schema.tables) - len(lines)} more tables are not listed)")
    return "\n".join(lines)


def told_values(schema: Schema, privacy: Privacy) -> frozenset[str]:
    """The values that `tables_text` tells, whole."""
    if privacy != "samples":
        return frozenset()
    columns = (
        field for table in schema.tables[:MOST_TABLES] for field in table.fields[:MOST_COLUMNS]
    )
    return frozenset(
        value for each in columns for value in _samples(each) if len(value) < LONGEST_SAMPLE
    )


def _table(table: Table, privacy: Privacy) -> dict[str, Any]:
    columns = [
        _column(field, privacy)
        for field in table.fields[:MOST_COLUMNS]
        if len(field.name) <= LONGEST_NAME
    ]
    told: dict[str, Any] = {"table": table.name[:LONGEST_NAME], "rows": table.rows}
    told["columns"] = columns
    joins = [_join(join) for join in table.joins[:MOST_TABLES]]
    return {**told, "joins": joins} if joins else told


def _join(join: Join) -> dict[str, str]:
    return {"column": join.column, "table": join.other, "its": join.other_column}


def _column(field: Field, privacy: Privacy) -> dict[str, Any]:
    told: dict[str, Any] = {"name": field.name, "type": field.type}
    samples = _samples(field) if privacy == "samples" else ()
    return {**told, "values": list(samples)} if samples else told


def _samples(field: Field) -> tuple[str, ...]:
    few = field.kind == "text" and len(field.values) <= FEW_VALUES
    return tuple(value[:LONGEST_SAMPLE] for value in field.values[:MOST_SAMPLES] if few)

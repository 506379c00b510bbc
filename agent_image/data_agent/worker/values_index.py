"""The distinct values of text columns with few of them, so that a question can name one."""

from __future__ import annotations

from typing import Any

from data_agent.worker.catalog import tables
from data_agent.worker.database import Connection, quote_name

MAX_VALUES = 500  # a column with more is searched by `contains`, not by name
MAX_LENGTH = 80
MAX_COLUMNS = 200
ERROR = 1.2  # approx_count_distinct is off by a few per cent


def value_index(connection: Connection) -> list[dict[str, Any]]:
    """Per text column: its values when there are at most MAX_VALUES, else none."""
    found: list[dict[str, Any]] = []
    for table in tables(connection):
        names = [column["name"] for column in table["columns"] if column["type"] == "VARCHAR"]
        names = names[: MAX_COLUMNS - len(found)]
        few = _with_few_values(connection, table["name"], names)
        for name in names:
            values = _values(connection, table["name"], name) if name in few else []
            found.append({"table": table["name"], "column": name, "values": values})
    return found


def _with_few_values(connection: Connection, table: str, names: list[str]) -> set[str]:
    """One scan in constant memory: a real DISTINCT of a million texts would not fit."""
    if not names:
        return set()
    counts = ", ".join(f"approx_count_distinct({quote_name(name)})" for name in names)
    row = connection.execute(f"SELECT {counts} FROM {quote_name(table)}").fetchone() or ()
    return {name for name, count in zip(names, row, strict=True) if count <= MAX_VALUES * ERROR}


def _values(connection: Connection, table: str, column: str) -> list[str]:
    source, name = quote_name(table), quote_name(column)
    few = connection.execute(
        f"SELECT DISTINCT {name} FROM {source} WHERE {name} IS NOT NULL LIMIT {MAX_VALUES + 1}"
    ).fetchall()
    if len(few) > MAX_VALUES:
        return []
    return sorted(str(row[0]) for row in few if len(row[0]) <= MAX_LENGTH)

"""The distinct values of text columns with few of them, so that a question can name one."""

from __future__ import annotations

from typing import Any

from data_agent.worker.catalog import tables
from data_agent.worker.database import Connection, quote_name

MAX_VALUES = 500  # a column with more is searched by `contains`, not by name
MAX_LENGTH = 80
MAX_COLUMNS = 200


def value_index(connection: Connection) -> list[dict[str, Any]]:
    """Per text column: its values when there are at most MAX_VALUES, else none."""
    found: list[dict[str, Any]] = []
    for table in tables(connection):
        names = [column["name"] for column in table["columns"] if column["type"] == "VARCHAR"]
        for name in names[: MAX_COLUMNS - len(found)]:
            values = _values(connection, table["name"], name)
            found.append({"table": table["name"], "column": name, "values": values})
    return found


def _values(connection: Connection, table: str, column: str) -> list[str]:
    source, name = quote_name(table), quote_name(column)
    few = connection.execute(
        f"SELECT DISTINCT {name} FROM {source} WHERE {name} IS NOT NULL LIMIT {MAX_VALUES + 1}"
    ).fetchall()
    if len(few) > MAX_VALUES:
        return []
    return sorted(str(row[0]) for row in few if len(row[0]) <= MAX_LENGTH)

"""What tables there are, what stands in them, and how to remove one.

A name that begins with `_` belongs to no customer (importing/names.py makes none): such a table is
in no list, so nobody can ask about it.
"""

from __future__ import annotations

from typing import Any

from data_agent.errors import NotFound
from data_agent.worker.database import Connection, quote_name

_COLUMNS = """
SELECT table_name, column_name, data_type FROM duckdb_columns()
WHERE schema_name = 'main' AND NOT internal AND database_name = current_database()
    AND NOT starts_with(table_name, '_')
ORDER BY table_name, column_index
"""


def tables(connection: Connection) -> list[dict[str, Any]]:
    """Every table of the customer with its columns and its number of rows, by name."""
    found: dict[str, list[dict[str, str]]] = {}
    for table, column, kind in connection.execute(_COLUMNS).fetchall():
        found.setdefault(table, []).append({"name": column, "type": kind})
    return [
        {"name": name, "columns": columns, "rows": _rows(connection, name)}
        for name, columns in found.items()
    ]


def table_names(connection: Connection) -> tuple[str, ...]:
    return tuple(sorted({row[0] for row in connection.execute(_COLUMNS).fetchall()}))


def existing(connection: Connection, table: str) -> str:
    """The table's name as it is stored. NotFound."""
    for name in table_names(connection):
        if name.lower() == table.lower():
            return name
    raise NotFound(f"There is no table named {table}.")


def drop(connection: Connection, table: str) -> None:
    """Remove the table; silent when it is not there."""
    connection.execute(f"DROP TABLE IF EXISTS {quote_name(table)}")


def _rows(connection: Connection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {quote_name(table)}").fetchone()
    return int(row[0]) if row else 0

"""What tables there are, what stands in them, and how to remove one.

A name that begins with `_` belongs to no customer (importing/names.py makes none): such a table is
in no list, so nobody can ask about it. It is being made, or only looked at.
"""

from __future__ import annotations

from typing import Any

from data_agent.errors import NotFound
from data_agent.values import Column
from data_agent.worker.database import Connection, quote_name, transaction

_COLUMNS = """
SELECT table_name, column_name, data_type FROM duckdb_columns()
WHERE schema_name = 'main' AND NOT internal AND database_name = current_database()
    AND NOT starts_with(table_name, '_')
ORDER BY table_name, column_index
"""

_OF_TABLE = """
SELECT column_name, data_type FROM duckdb_columns()
WHERE schema_name = 'main' AND database_name = current_database()
    AND lower(table_name) = lower(?)
ORDER BY column_index
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


def columns_of(connection: Connection, table: str) -> list[Column]:
    """Those of any table, one that is being made too; none when it is not there."""
    return [Column(*row) for row in connection.execute(_OF_TABLE, [table]).fetchall()]


def drop(connection: Connection, table: str) -> None:
    """Remove the table, and what a killed process left of making it anew; silent when there is
    nothing."""
    for name in (table, in_making(table)):
        connection.execute(f"DROP TABLE IF EXISTS {quote_name(name)}")


def in_making(table: str) -> str:
    """The name of the table's successor until it is complete."""
    return f"_{table}"


def for_people(table: str) -> str:
    """The name that the customer knows."""
    return table.lstrip("_")


def put_in_place(connection: Connection, table: str) -> dict[str, str]:
    """The table in the making takes the place of `table`, at once or not at all. Names of columns
    stay spelled as they were; the answer has the old spelling for each that was changed."""
    made, known = (
        in_making(table),
        {c.name.casefold(): c.name for c in columns_of(connection, table)},
    )
    new = [column.name for column in columns_of(connection, made)]
    spelled = {name: known.get(name.casefold(), name) for name in new}
    with transaction(connection):
        for name, old in spelled.items():
            if name != old:
                connection.execute(
                    f"ALTER TABLE {quote_name(made)} RENAME {quote_name(name)} TO {quote_name(old)}"
                )
        connection.execute(f"DROP TABLE IF EXISTS {quote_name(table)}")
        connection.execute(f"ALTER TABLE {quote_name(made)} RENAME TO {quote_name(table)}")
    return spelled


def _rows(connection: Connection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {quote_name(table)}").fetchone()
    return int(row[0]) if row else 0

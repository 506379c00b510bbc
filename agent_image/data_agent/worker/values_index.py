"""What stands in each column: how much, from where to where, and the values of text with few."""

from __future__ import annotations

from typing import Any

from data_agent.worker.catalog import tables
from data_agent.worker.cells import to_cell
from data_agent.worker.database import Connection, quote_name

MAX_VALUES = 500  # a column with more is searched by `contains`, not by name
MAX_LENGTH = 80
MAX_COLUMNS = 200
ERROR = 1.2  # approx_count_distinct is off by a few per cent
RANGED = ("INT", "DECIMAL", "DOUBLE", "FLOAT", "DATE", "TIMESTAMP")


def value_index(connection: Connection) -> list[dict[str, Any]]:
    """Per column: distinct values (about), empty cells, the range of numbers and times.

    And for text the values themselves when there are at most MAX_VALUES, else none.
    """
    found: list[dict[str, Any]] = []
    for table in tables(connection):
        columns = table["columns"][: MAX_COLUMNS - len(found)]
        for column, fact in zip(columns, _facts(connection, table, columns), strict=True):
            name, text = column["name"], column["type"] == "VARCHAR"
            few = text and fact["distinct"] <= MAX_VALUES * ERROR
            values = _values(connection, table["name"], name) if few else []
            found.append({"table": table["name"], "column": name, "values": values, **fact})
    return found


def _facts(
    connection: Connection, table: dict[str, Any], columns: list[dict[str, str]]
) -> list[dict[str, Any]]:
    """One scan in constant memory: a real DISTINCT of a million texts would not fit."""
    if not columns:
        return []
    wanted = ", ".join(expression for column in columns for expression in _measures(column))
    source = quote_name(table["name"])
    row = connection.execute(f"SELECT {wanted} FROM {source}").fetchone() or ()
    return [
        {
            "distinct": int(row[4 * index]),
            "empty": int(row[4 * index + 1]),
            "low": to_cell(row[4 * index + 2]),
            "high": to_cell(row[4 * index + 3]),
        }
        for index in range(len(columns))
    ]


def _measures(column: dict[str, str]) -> tuple[str, str, str, str]:
    name, kind = quote_name(column["name"]), column["type"]
    ranged = any(part in kind for part in RANGED) and "[" not in kind and "ZONE" not in kind
    return (
        f"approx_count_distinct({name})",
        f"count(*) - count({name})",
        f"min({name})" if ranged else "NULL",
        f"max({name})" if ranged else "NULL",
    )


def _values(connection: Connection, table: str, column: str) -> list[str]:
    source, name = quote_name(table), quote_name(column)
    few = connection.execute(
        f"SELECT DISTINCT {name} FROM {source} WHERE {name} IS NOT NULL LIMIT {MAX_VALUES + 1}"
    ).fetchall()
    if len(few) > MAX_VALUES:
        return []
    return sorted(str(row[0]) for row in few if len(row[0]) <= MAX_LENGTH)

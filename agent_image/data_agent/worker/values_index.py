"""What stands in each column: how much, from where to where, and the values of text with few.

What there is room for is shared among the tables, and within a table the columns that people name
values of come first: text, then times, then numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data_agent.worker.catalog import tables
from data_agent.worker.cells import to_cell
from data_agent.worker.database import Connection, quote_name
from data_agent.worker.spellings import spellings

MAX_VALUES = 500  # a column with more is searched by `contains`, not by name
MAX_LENGTH = 80
MOST_COLUMNS = 300  # of all tables: a table of a million rows is read at 50 million cells a second
COLUMNS_PER_SCAN = 100
MOST_BYTES = 8 * 1024 * 1024  # of all values, as the web process keeps them
BYTES_OF_TEXT = 60  # besides its characters
ERROR = 1.2  # approx_count_distinct is off by a few per cent
RANGED = ("INT", "DECIMAL", "DOUBLE", "FLOAT", "DATE", "TIMESTAMP")
FIRST = ("VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP")


def value_index(connection: Connection) -> list[dict[str, Any]]:
    """Per column: distinct values (about), empty cells, the range of numbers and times.

    And for text the values themselves when there are at most MAX_VALUES, else none; and which of
    them are one value in several spellings.
    """
    listed = tables(connection)
    room = shares([len(table["columns"]) for table in listed], MOST_COLUMNS)
    found: list[dict[str, Any]] = []
    left = MOST_BYTES
    for place, (table, most) in enumerate(zip(listed, room, strict=True)):
        entries = _entries(connection, table, most)
        left -= _fill(connection, entries, left // (len(listed) - place))
        found += entries
    return found


def shares(wanted: Sequence[int], total: int) -> list[int]:
    """How much each gets of the total: all that it wants, or as much as the others get."""
    given = [0] * len(wanted)
    smallest_first = sorted(range(len(wanted)), key=wanted.__getitem__)
    for place, index in enumerate(smallest_first):
        given[index] = min(wanted[index], total // (len(wanted) - place))
        total -= given[index]
    return given


def _entries(connection: Connection, table: dict[str, Any], most: int) -> list[dict[str, Any]]:
    columns = sorted(table["columns"], key=_rank)[:most]
    facts = []
    for start in range(0, len(columns), COLUMNS_PER_SCAN):
        facts += _facts(connection, table, columns[start : start + COLUMNS_PER_SCAN])
    return [
        {"table": table["name"], "column": column["name"], "type": column["type"], **fact}
        for column, fact in zip(columns, facts, strict=True)
    ]


def _rank(column: dict[str, str]) -> int:
    kind = column["type"]
    return FIRST.index(kind) if kind in FIRST else len(FIRST)


def _fill(connection: Connection, entries: list[dict[str, Any]], most: int) -> int:
    """The values of text with few, the fewest first, while there is room; the bytes taken."""
    taken = 0
    for entry in sorted(entries, key=lambda each: each["distinct"]):
        few = entry.pop("type") == "VARCHAR" and entry["distinct"] <= MAX_VALUES * ERROR
        values = _values(connection, entry["table"], entry["column"]) if few else []
        size = sum(len(value) + BYTES_OF_TEXT for value in values)
        entry["values"] = values if taken + size <= most else []
        found = spellings(connection, entry["table"], entry["column"], entry["values"])
        entry |= {"spellings": found} if found else {}
        taken += size if entry["values"] else 0
    return taken


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

"""Fetch the rows of a statement, as many as were asked for and as fit one reply."""

from __future__ import annotations

from typing import Any

from data_agent.errors import TooLarge
from data_agent.values import Cell
from data_agent.worker.cells import to_cell
from data_agent.worker.database import Connection, quote_name

ZONED = "TIMESTAMP WITH TIME ZONE"
BATCH = 200
CELL_OVERHEAD_BYTES = 8


def fetch(connection: Connection, *, limit: int, max_bytes: int) -> dict[str, Any]:
    """Columns, at most `limit` rows, and whether there are more. For the statement just executed.

    TooLarge when a single row is above `max_bytes`; otherwise the rows stop where they would pass
    it, and `truncated` says so.
    """
    columns = [{"name": str(d[0]), "type": str(d[1])} for d in connection.description or ()]
    rows: list[list[Cell]] = []
    size = 0
    while batch := connection.fetchmany(BATCH):
        for record in batch:
            cells = [to_cell(value) for value in record]
            size += sum(_weight(cell) for cell in cells)
            if size > max_bytes and not rows:
                raise TooLarge("One row of this result is too large to show. Select fewer columns.")
            if len(rows) == limit or size > max_bytes:
                return {"columns": columns, "rows": rows, "truncated": True}
            rows.append(cells)
    return {"columns": columns, "rows": rows, "truncated": False}


def without_zones(connection: Connection, statement: str) -> str | None:
    """The statement just executed with its zoned times as text; None when it has none.

    DuckDB hands such values to Python with the help of a library that the agent does not carry.
    """
    columns = [(str(d[0]), str(d[1])) for d in connection.description or ()]
    if not any(kind == ZONED for _, kind in columns):
        return None
    inner = ", ".join(f"c{index}" for index in range(len(columns)))
    outer = ", ".join(
        f"{f'CAST(c{index} AS VARCHAR)' if kind == ZONED else f'c{index}'} AS {quote_name(name)}"
        for index, (name, kind) in enumerate(columns)
    )
    return f"SELECT {outer} FROM (\n{statement}\n) AS result({inner})"


def _weight(cell: Cell) -> int:
    return CELL_OVERHEAD_BYTES + (len(cell) if isinstance(cell, str) else 0)

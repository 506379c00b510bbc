"""Write the whole result of a statement into the one file that this worker may write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from data_agent.errors import TooLarge
from data_agent.exporting.row_formats import FORMATS, Format
from data_agent.values import Cell, Column
from data_agent.worker.cells import to_cell
from data_agent.worker.database import CannotWrite, Connection, quote_text
from data_agent.worker.limits import MIB
from data_agent.worker.results import without_zones

BATCH = 2048  # rows held at once; DuckDB makes the next ones when they are fetched
FEWEST_ROWS, PIECE_CHARS = 16, 1_000_000  # rows at first, and what a piece is to have
CELLS_OF_GROUP = 250_000
AS_THEY_COME = ("VARCHAR", "BOOLEAN", "INTEGER", "SMALLINT", "TINYINT")


def write_export(
    connection: Connection, statement: str, kind: str, target: Path, *, most_bytes: int
) -> None:
    """`kind`: parquet, or one of exporting/row_formats.py. TooLarge; what was written until then
    is no file for anybody."""
    if kind == "parquet":
        _write_parquet(connection, statement, target, most_bytes)
        return
    connection.execute(statement)
    zoned = without_zones(connection, statement)
    if zoned is not None:
        connection.execute(zoned)
    left = most_bytes
    with target.open("wb") as file:
        for text in _pieces(connection, FORMATS[kind]):
            piece = text.encode("utf-8", "replace")
            left -= len(piece)
            if left < 0:
                raise _too_large(kind, most_bytes)
            file.write(piece)


def _write_parquet(connection: Connection, statement: str, target: Path, most_bytes: int) -> None:
    rows = _group_rows(connection, statement)
    how = f"FORMAT parquet, USE_TMP_FILE false, ROW_GROUP_SIZE {rows}"
    try:
        connection.execute(f"COPY (\n{statement}\n) TO {quote_text(str(target))} ({how})")
    except CannotWrite as error:
        raise _too_large("parquet", most_bytes) from error


def _group_rows(connection: Connection, statement: str) -> int:
    """DuckDB holds a whole group of rows in memory: a few megabytes, however wide they are."""
    connection.execute(f"SELECT * FROM (\n{statement}\n) LIMIT 0")
    columns = len(connection.description or ())
    return max(1, CELLS_OF_GROUP // max(columns, 1) // BATCH) * BATCH


def _pieces(connection: Connection, form: Format) -> Iterator[str]:
    """A piece has few rows where they are long, so that all of them are small."""
    columns = [Column(str(d[0]), str(d[1])) for d in connection.description or ()]
    yield form.head(columns)
    rows, first = FEWEST_ROWS, True
    while batch := connection.fetchmany(rows):
        piece = form.lines(_rows(columns, batch), first=first)
        yield piece
        rows = max(1, min(BATCH, 4 * rows, PIECE_CHARS * len(batch) // max(len(piece), 1)))
        first = False
    yield form.tail


def _rows(columns: Sequence[Column], batch: list[tuple[Any, ...]]) -> Iterable[Sequence[Cell]]:
    """Column by column: most need nothing done."""
    cells = (
        values if column.type in AS_THEY_COME else map(to_cell, values)
        for column, values in zip(columns, zip(*batch, strict=True), strict=True)
    )
    return zip(*cells, strict=True)


def _too_large(kind: str, most_bytes: int) -> TooLarge:
    name = "Parquet" if kind == "parquet" else kind.upper()
    return TooLarge(
        f"As {name} these rows have more than the {most_bytes / MIB:,.0f} MiB that there is room "
        "for. Filter first, or select fewer columns."
    )

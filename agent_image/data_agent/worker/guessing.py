"""The quick way for a new table: load it in one pass with the types that its columns seem to have.

Whatever speaks against a guess (a value, a choice between two readings, an empty column) leaves the
file to columns.py, which counts over the whole of it first. Both ways end in the same table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from data_agent.importing.decide import decide_all
from data_agent.importing.guess import Guesses, guess
from data_agent.importing.source import Upload
from data_agent.worker.columns import TableColumn
from data_agent.worker.database import Connection, DatabaseError
from data_agent.worker.staged import Staged
from data_agent.worker.strict import MISFIT
from data_agent.worker.table import replace_guessed


def load_guessed(
    connection: Connection, table: str, staged: Staged
) -> tuple[int, tuple[TableColumn, ...]] | None:
    """The new table's number of rows and its columns; None when it has to be counted first.

    NotAsCounted, and DuckDB's errors for what cannot be read.
    """
    upload = staged.upload
    guesses = guess(upload.sample, staged.spread())
    if guesses is None or len(guesses) != upload.layout.width or _nameless(upload):
        return None
    columns = _columns(upload, guesses)
    try:
        rows, *values = replace_guessed(connection, table, staged.lanes, columns, staged.is_whole)
    except DatabaseError as error:
        if MISFIT in str(error):
            return None
        raise
    missing = _missing(connection, staged.sql, columns, values)
    counted = tuple(
        replace(count, values=have, fits=have, missing=missing.get(index, 0)) if count else None
        for index, (count, have) in enumerate(zip(guesses, values, strict=True))
    )
    return rows, _columns(upload, counted)


def _nameless(upload: Upload) -> bool:
    """Whether a column has neither a name nor a value so far: it may be none at all."""
    header = upload.layout.header
    return any(
        header and not header[index].strip() and not any(row[index] for row in upload.sample)
        for index in range(upload.layout.width)
    )


def _columns(upload: Upload, guesses: Guesses) -> tuple[TableColumn, ...]:
    counts = {index: (count,) for index, count in enumerate(guesses) if count}
    typings = decide_all(upload.names, counts, upload.layout.dialect.delimiter)
    header = upload.layout.header or ("",) * upload.layout.width
    return tuple(
        TableColumn(index, name, header[index], typing, guess=guesses[index])
        for index, (name, typing) in enumerate(zip(upload.names, typings, strict=True))
    )


def _missing(
    connection: Connection, source: str, columns: Sequence[TableColumn], values: Sequence[int]
) -> dict[int, int]:
    """How many cells of the columns that were cleaned are words for "no value"."""
    cleaned = [c for c in columns if c.guess and c.guess.candidate.cleaned]
    if not cleaned:
        return {}
    wanted = ", ".join(f"count(c{column.index})" for column in cleaned)
    filled = connection.execute(f"SELECT {wanted} FROM {source}").fetchone() or ()
    return {c.index: have - values[c.index] for c, have in zip(cleaned, filled, strict=True)}

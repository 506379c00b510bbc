"""Write the rows of a prepared file into the database: a new table, or more rows of an old one.

One transaction, and before it is committed every row and every value is counted again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence

from data_agent.errors import BadUpload, NotFound
from data_agent.importing.append import Target, fit
from data_agent.values import Column
from data_agent.worker import catalog
from data_agent.worker.columns import TableColumn
from data_agent.worker.database import Connection, quote_name, transaction
from data_agent.worker.lanes import filled
from data_agent.worker.profile import Profile

NOT_ALL = "Not every value arrived in the table, so nothing was imported."


class NotAsCounted(Exception):
    """DuckDB read another number of rows than the file has: this way of reading is not for it."""


def replace_table(
    connection: Connection,
    table: str,
    lanes: Sequence[str],
    columns: Sequence[TableColumn],
    found: Profile,
) -> None:
    """The new table instead of the old one, or no change at all. BadUpload.

    `lanes`: FROM items of text columns, which together have the rows in their order.
    """
    with _replacing(connection, table, lanes, columns) as counts:
        _verify(counts, [found.rows, *(column.values(found) for column in columns)])


def replace_guessed(
    connection: Connection,
    table: str,
    lanes: Sequence[str],
    columns: Sequence[TableColumn],
    is_whole: Callable[[int], bool],
) -> list[int]:
    """The same with columns that were only guessed: the numbers of rows and of values per column.

    A value that does not fit its guess is an error of DuckDB's with strict.MISFIT in it; a number
    of rows that is not the file's is NotAsCounted. Then nothing was changed.
    """
    with _replacing(connection, table, lanes, columns) as counts:
        if not is_whole(counts[0]):
            raise NotAsCounted
    return counts


def append_rows(
    connection: Connection,
    table: str,
    lanes: Sequence[str],
    columns: Sequence[TableColumn],
    found: Profile,
) -> tuple[str, ...]:
    """Add the rows to the table, or change nothing. Notes on widened columns. BadUpload, NotFound
    with every difference between the columns of both."""
    there = catalog.columns_of(connection, table)
    if not there:
        raise NotFound(f"There is no table named {table}.")
    by_name = {column.name: column for column in columns}
    fitting = fit(
        there,
        [Column(column.name, column.typing.type) for column in columns],
        {column.name: found.filled[column.index] > 0 for column in columns},
    )
    if fitting.reasons:
        raise BadUpload(
            f"These rows do not fit table {catalog.for_people(table)}: "
            f"{'; '.join(fitting.reasons)}. Nothing was changed."
        )
    names = [target.name for target in fitting.targets]
    added = [found.rows, *(_arriving(by_name[t.source], t, found) for t in fitting.targets)]
    with transaction(connection):
        before = _counts(connection, table, names)
        for target in fitting.targets:
            if target.widened:
                connection.execute(
                    f"ALTER TABLE {quote_name(table)} ALTER {quote_name(target.name)} "
                    f"TYPE {target.type}"
                )
        selected = ", ".join(_value(by_name[t.source], t) for t in fitting.targets)
        listed = ", ".join(map(quote_name, names))
        for lane in lanes:
            connection.execute(
                f"INSERT INTO {quote_name(table)} ({listed}) SELECT {selected} FROM {lane}"
            )
        expected = [old + new for old, new in zip(before, added, strict=True)]
        _verify(_counts(connection, table, names), expected)
    return tuple(
        f"{t.name}: the table's column became {t.type}, which holds the new values exactly."
        for t in fitting.targets
        if t.widened
    )


@contextlib.contextmanager
def _replacing(
    connection: Connection, table: str, lanes: Sequence[str], columns: Sequence[TableColumn]
) -> Iterator[list[int]]:
    """The new table's counts; it takes the old one's place unless anything is raised meanwhile."""
    selected = ", ".join(f"{column.sql} AS {quote_name(column.name)}" for column in columns)
    selects = [f"SELECT {selected} FROM {lane}" for lane in lanes]
    name, names = quote_name(table), [column.name for column in columns]
    if len(selects) == 1:
        with transaction(connection):
            connection.execute(f"DROP TABLE IF EXISTS {name}")
            connection.execute(f"CREATE TABLE {name} AS {selects[0]}")
            yield _counts(connection, table, names)
        return
    made = catalog.in_making(table)
    with filled(connection, made, selects):
        yield _counts(connection, made, names)
        with transaction(connection):
            connection.execute(f"DROP TABLE IF EXISTS {name}")
            connection.execute(f"ALTER TABLE {quote_name(made)} RENAME TO {name}")


def _value(column: TableColumn, target: Target) -> str:
    value = f"c{column.index}" if target.as_text else column.sql
    return f"CAST({value} AS {target.type})"


def _arriving(column: TableColumn, target: Target, found: Profile) -> int:
    return found.filled[column.index] if target.as_text else column.values(found)


def _counts(connection: Connection, table: str, names: Sequence[str]) -> list[int]:
    counted = "".join(f", count({quote_name(name)})" for name in names)
    row = connection.execute(f"SELECT count(*){counted} FROM {quote_name(table)}").fetchone()
    return list(row or ())


def _verify(counts: Sequence[int], expected: Sequence[int]) -> None:
    """Every row and every value that was counted in the file stands in the table."""
    if list(counts) != list(expected):
        raise BadUpload(NOT_ALL)

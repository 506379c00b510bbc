"""A table made by several threads at once, each of which inserts a part of its rows.

DuckDB's own threads keep the order of rows only with far more memory than an import has. So every
part is read by one thread in a transaction of its own, and what is committed first stands above.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from data_agent.worker.database import Connection, DatabaseError, quote_name
from data_agent.worker.later import DEADLINE_S


@contextlib.contextmanager
def filled(connection: Connection, table: str, selects: Sequence[str]) -> Iterator[None]:
    """`table`, which nobody knows yet, has the rows of the statements in their order; it is gone
    again when anything is raised. DuckDB's errors."""
    name = quote_name(table)
    connection.execute(f"DROP TABLE IF EXISTS {name}")
    connection.execute(f"CREATE TABLE {name} AS {selects[0]} LIMIT 0")
    try:
        _fill(connection, name, selects)
        yield
    except BaseException:
        with contextlib.suppress(DatabaseError):
            connection.execute(f"DROP TABLE IF EXISTS {name}")
        raise


def _fill(connection: Connection, name: str, selects: Sequence[str]) -> None:
    lanes = [connection.cursor() for _ in selects]
    try:
        _run(lanes, [f"INSERT INTO {name} {select}" for select in selects])
        for lane in lanes:
            lane.execute("COMMIT")
    finally:
        for lane in lanes:
            lane.close()  # what was not committed is undone


def _run(lanes: Sequence[Connection], statements: Sequence[str]) -> None:
    """Each in its lane; the first failure ends the others."""
    with ThreadPoolExecutor(len(lanes)) as pool:
        running = [pool.submit(_begin, *each) for each in zip(lanes, statements, strict=True)]
        done, unfinished = wait(running, DEADLINE_S, return_when=FIRST_EXCEPTION)
        if unfinished:
            for lane in lanes:
                lane.interrupt()
    for each in (*done, *unfinished):
        each.result()


def _begin(lane: Connection, statement: str) -> None:
    lane.execute("BEGIN")
    lane.execute(statement)

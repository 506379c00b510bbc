"""Open entries.duckdb with everything locked that a statement could misuse.

It imports the extension module itself: 13 MiB and 0.1 s less than the `duckdb` package around it,
which adds nothing that a worker uses.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import _duckdb as duckdb

from data_agent.worker.limits import database_memory_bytes
from data_agent.worker.orders import Orders

Connection = duckdb.DuckDBPyConnection
DatabaseError = duckdb.Error
OutOfMemory = duckdb.OutOfMemoryException
FatalError = (duckdb.FatalException, duckdb.InternalException)
CannotWrite = duckdb.IOException

MEMORY = ":memory:"
# DuckDB commits a group of rows column by column, each in a block of 256 KiB: with its own 122,880
# rows in a group, 1,000 columns need 260 MB at once, with these about as much as 100 columns do.
WIDE, CELLS_OF_GROUP, VECTOR = 150, 12_000_000, 2048


def connect(orders: Orders, *, readable: tuple[Path, ...] = (), columns: int = 0) -> Connection:
    """The customer's database, locked. A reader of a customer without a database sees no tables.

    `readable`: the only files besides the database itself that statements may open; the writer
    needs the upload that it imports, the exporter the file that it makes. `columns`: of the table
    that a writer makes, about; many are written in smaller groups of rows, by one thread.
    """
    reader = orders.mode != "writer"
    missing = reader and not Path(orders.database).exists()
    wide = columns > WIDE and not reader
    connection = duckdb.connect(
        MEMORY if missing or wide else orders.database,
        read_only=reader and not missing,
        config=_config(replace(orders, threads=1) if wide else orders),
    )
    if wide:
        for statement in _attached(orders.database, columns):
            connection.execute(statement)
    for statement in _locks(readable):
        connection.execute(statement)
    return connection


def _attached(database: str, columns: int) -> list[str]:
    rows = max(1, CELLS_OF_GROUP // columns // VECTOR) * VECTOR
    return [f"ATTACH {quote_text(database)} AS entries (ROW_GROUP_SIZE {rows})", "USE entries"]


@contextlib.contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """All of it, or nothing when anything is raised."""
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(DatabaseError):
            connection.execute("ROLLBACK")
        raise


def _config(orders: Orders) -> dict[str, str | bool | int | float | list[str]]:
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoload_known_extensions": "false",
        "autoinstall_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_unsigned_extensions": "false",
        "allow_persistent_secrets": "false",
        "python_enable_replacements": "false",
        "memory_limit": f"{database_memory_bytes(orders)}B",
        "threads": str(orders.threads),
        # DuckDB lets every statement write into its temporary directory: a reader gets none.
        "temp_directory": "",
    }
    if orders.mode == "writer":
        config["temp_directory"] = f"{orders.scratch_dir}/spill"
        config["max_temp_directory_size"] = f"{orders.file_bytes}B"
        # To keep the order, DuckDB copies groups of rows and takes memory for more of them. Imports
        # read with one thread for each part of a file instead (staged.py).
        config["preserve_insertion_order"] = "false"
    return config


def _locks(readable: tuple[Path, ...]) -> list[str]:
    paths = ", ".join(quote_text(str(path)) for path in readable)
    return [
        "SET GLOBAL TimeZone='UTC'",
        f"SET allowed_paths=[{paths}]",
        "SET enable_external_access=false",
        "SET lock_configuration=true",
    ]


def quote_text(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'

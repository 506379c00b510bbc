"""Open entries.duckdb with everything locked that a statement could misuse.

It imports the extension module itself: 13 MiB and 0.1 s less than the `duckdb` package around it,
which adds nothing that a worker uses.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
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


def connect(orders: Orders, *, readable: tuple[Path, ...] = ()) -> Connection:
    """The customer's database, locked. A reader of a customer without a database sees no tables.

    `readable`: the only files besides the database itself that statements may open; the writer
    needs the upload that it imports, the exporter the file that it makes.
    """
    reader = orders.mode != "writer"
    missing = reader and not Path(orders.database).exists()
    connection = duckdb.connect(
        MEMORY if missing else orders.database,
        read_only=reader and not missing,
        config=_config(orders),
    )
    for statement in _locks(readable):
        connection.execute(statement)
    return connection


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
    return config


def _locks(readable: tuple[Path, ...]) -> list[str]:
    paths = ", ".join(quote_text(str(path)) for path in readable)
    return [
        "SET TimeZone='UTC'",
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

"""What a worker can be asked to do, per mode. Every name here is a request of engine/engine.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from data_agent.errors import Busy, FilesDamaged
from data_agent.ports import Part
from data_agent.values import Reading
from data_agent.worker import catalog
from data_agent.worker.database import (
    Connection,
    DatabaseError,
    connect,
    quote_name,
)
from data_agent.worker.export import write_export
from data_agent.worker.fence import Fence
from data_agent.worker.guard.statement import guarded
from data_agent.worker.keys import check_keys
from data_agent.worker.loader import Loader
from data_agent.worker.orders import Mode, Orders
from data_agent.worker.rejects import write_rejects
from data_agent.worker.results import fetch, without_zones
from data_agent.worker.values_index import value_index


class Store:
    """The worker's database, opened at the first request that needs it."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self._fence = Fence(orders)
        self.loader = Loader(orders, self._fence.put_up)
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            readable = self._readable()
            self._fence.put_up()
            try:
                self._connection = connect(
                    self.orders, readable=readable, columns=self.loader.columns
                )
            except DatabaseError as error:
                if self._fence.outdated:
                    raise Busy("An import has just changed the tables. Ask again.") from None
                raise FilesDamaged(
                    "The database file cannot be opened. Nothing was changed; "
                    "restore it from a backup, or ask the operator."
                ) from error
        return self._connection

    def enter(self, upload: Path) -> None:
        """From now on, of the files besides the database's only this one may be read."""
        self._fence.put_up(upload)

    def _readable(self) -> tuple[Path, ...]:
        files = {"writer": self.loader.readable, "exporter": (Path(self.orders.target),)}
        return files.get(self.orders.mode, ())

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def of_mode(mode: Mode) -> Mapping[str, Callable[..., object]]:
    return {"reader": _READER, "writer": _WRITER, "exporter": _EXPORTER}[mode]


def _tables(store: Store) -> object:
    return catalog.tables(store.connection)


def _preview(store: Store, *, table: str, limit: int, offset: int) -> object:
    name = catalog.existing(store.connection, table)
    statement = f"SELECT * FROM {quote_name(name)} LIMIT {int(limit) + 1} OFFSET {int(offset)}"
    return _run(store, statement, limit)


def _query(store: Store, *, statement: str, limit: int) -> object:
    allowed = guarded(store.connection, statement, tables=catalog.table_names(store.connection))
    return _run(store, allowed.limited(limit + 1), limit)


def _check(store: Store, *, statement: str) -> object:
    """Guard and binder say whether it could run; nothing is run."""
    allowed = guarded(store.connection, statement, tables=catalog.table_names(store.connection))
    store.connection.execute(f"EXPLAIN {allowed.limited(1)}")
    return None


def _export(store: Store, *, statement: str, kind: str) -> object:
    """Writes the one file that this worker may write, and no larger than its limit allows."""
    target = Path(store.orders.target)
    target.touch(mode=0o600)  # the fence allows this file, not its directory
    allowed = guarded(store.connection, statement, tables=catalog.table_names(store.connection))
    most = store.orders.file_bytes
    write_export(store.connection, allowed.statement, kind, target, most_bytes=most)
    return None


def _values(store: Store) -> object:
    return value_index(store.connection)


def _keys(store: Store, *, pairs: list[dict[str, str]]) -> object:
    return check_keys(store.connection, pairs)


def _import(
    store: Store, *, path: str, table: str, reading: dict[str, Any] | None = None
) -> object:
    return store.loader.load(lambda: store.connection, path, table, Reading(**(reading or {})))


def _rebuild(store: Store, *, table: str, parts: list[dict[str, Any]]) -> object:
    listed = [Part(Path(p["path"]), p["filename"], Reading(**p["reading"])) for p in parts]
    return store.loader.rebuild(lambda: store.connection, table, listed)


def _drop(store: Store, *, table: str) -> object:
    catalog.drop(store.connection, table)
    return None


def _checkpoint(store: Store) -> object:
    store.connection.execute("CHECKPOINT")
    return None


def _run(store: Store, statement: str, limit: int) -> dict[str, Any]:
    store.connection.execute(statement)
    zoned = without_zones(store.connection, statement)
    if zoned is not None:
        store.connection.execute(zoned)
    return fetch(store.connection, limit=limit, max_bytes=store.orders.max_result_bytes)


def _rejects(store: Store, *, path: str) -> object:
    """Writes what importing the file leaves out, all of it, into the one file that it may write."""
    Path(store.orders.target).touch(mode=0o600)
    store.enter(Path(path))
    return write_rejects(Path(path), store.orders)


_READER: Mapping[str, Callable[..., object]] = {
    "tables": _tables,
    "preview": _preview,
    "query": _query,
    "check": _check,
    "values": _values,
    "keys": _keys,
}
_WRITER: Mapping[str, Callable[..., object]] = {
    "import": _import,
    "rebuild": _rebuild,
    "drop": _drop,
    "checkpoint": _checkpoint,
}
_EXPORTER: Mapping[str, Callable[..., object]] = {
    "export": _export,
    "rejects": _rejects,
}

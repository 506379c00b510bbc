"""The ledger: which index is whose, never reused; events; LLM usage; swaps; sleep; updates.

SQLite in the data root. Lost or damaged, it is begun anew (the damaged one is kept beside it) and
`rebuilt` tells the controller to adopt the indexes from labels and data directories.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from orchestrator.adapters import (
    high_water,
    ledger_campaigns,
    ledger_file,
    ledger_nights,
    ledger_usage,
)
from orchestrator.core.campaign import Campaign
from orchestrator.core.llm_usage import Booking, DayOfUsage
from orchestrator.core.swap import Swap
from orchestrator.errors import LedgerError
from orchestrator.ports import Event

KEPT_EVENTS = 100_000
PRUNE_EVERY = 1_000
TEXT_LIMIT = 4_000  # characters of an event
MEND = "Restart the controller: it begins a new ledger when this one is damaged."


class SqliteLedger:
    """Conforms to `orchestrator.ports.Ledger`; one connection, used by one thread at a time.

    `directory` holds ledger.db and next_index. `rebuilt` is True when there was no ledger to read.
    """

    def __init__(self, directory: Path, *, kept_events: int = KEPT_EVENTS) -> None:
        self._path = directory / "ledger.db"
        self._high_water = directory / "next_index"
        self._kept_events = kept_events
        self._lock = threading.Lock()
        with self._errors("open"):
            self.rebuilt = not self._path.exists() or ledger_file.set_aside_if_damaged(self._path)
            self._db = ledger_file.connect(self._path)
            if self.rebuilt:
                ledger_file.make_schema(self._db)
            ledger_file.upgrade(self._db)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()

    def indexes(self) -> Mapping[str, int]:
        """Every tenant that ever had data here and was not purged."""
        with self._lock, self._errors("read"):
            return dict(self._db.execute("SELECT id, idx FROM tenants").fetchall())

    def allocate(self, tenant_id: str) -> int:
        """The tenant's index; a new one, that no tenant ever had, when it has none."""
        with self._writing() as db:
            index = _index_of(db, tenant_id)
            if index is None:
                index = self._next(db)
                self._claim(db, tenant_id, index)
            return index

    def adopt(self, tenant_id: str, index: int) -> None:
        """Take over what labels or a data directory say. LedgerError when it contradicts."""
        with self._writing() as db:
            known = _index_of(db, tenant_id)
            if known == index:
                return
            holder = db.execute("SELECT id FROM tenants WHERE idx = ?", (index,)).fetchone()
            if known is not None or holder is not None:
                raise LedgerError(
                    f"{tenant_id} cannot have the number {index}: "
                    + (f"{holder[0]} has it" if holder else f"it has the number {known}"),
                    mend="Look at the owners of the directories under tenants/ in the data root: "
                    "each is 100000 + the number of its tenant, and no two may be equal.",
                )
            self._claim(db, tenant_id, index)

    def rename(self, old: str, new: str) -> None:
        """Give the index of `old` to `new`. Silent when that was done before."""
        with self._writing() as db:
            if _index_of(db, old) is None and _index_of(db, new) is not None:
                return
            if _index_of(db, old) is None or _index_of(db, new) is not None:
                raise LedgerError(f"Cannot rename {old} to {new}: {old} is unknown or {new} is not")
            db.execute("UPDATE tenants SET id = ? WHERE id = ?", (new, old))
            ledger_usage.rename(db, old, new)
            ledger_nights.rename(db, old, new)

    def forget(self, tenant_id: str) -> None:
        """After a purge: the id is free again, its index is never given out again."""
        with self._writing() as db:
            db.execute("DELETE FROM tenants WHERE id = ?", (tenant_id,))
            ledger_usage.forget(db, tenant_id)
            ledger_nights.forget(db, tenant_id)

    def record(self, event: Event) -> None:
        """Add to the history. A power failure may lose the last ones; a kill does not."""
        row = (event.at, event.tenant, event.kind, event.text[:TEXT_LIMIT])
        with self._writing(durable=False) as db:
            cursor = db.execute("INSERT INTO events (at, tenant, kind, text) VALUES (?,?,?,?)", row)
            last = cursor.lastrowid or 0
            if last % PRUNE_EVERY == 0:
                db.execute("DELETE FROM events WHERE seq <= ?", (last - self._kept_events,))

    def events(self, tenant_id: str | None, limit: int) -> tuple[Event, ...]:
        """The newest `limit` events, of one tenant or of all, newest last."""
        of, values = ("", ()) if tenant_id is None else ("WHERE tenant = ?", (tenant_id,))
        query = f"SELECT at, tenant, kind, text FROM events {of} ORDER BY seq DESC LIMIT ?"  # noqa: S608
        bounded = max(0, min(limit, self._kept_events))
        with self._lock, self._errors("read"):
            rows = self._db.execute(query, (*values, bounded)).fetchall()
        return tuple(Event(*row) for row in reversed(rows))

    def book(self, bookings: Sequence[Booking], today: str) -> None:
        """Count LLM usage, once per key however often it is booked; on the disk on return."""
        with self._writing() as db:
            ledger_usage.book(db, bookings, today)

    def llm_usage(self, since: str) -> tuple[DayOfUsage, ...]:
        """Every tenant's days from this one on (ISO 8601), by tenant, newest first."""
        with self._lock, self._errors("read"):
            return ledger_usage.since(self._db, since)

    def swaps(self) -> Mapping[str, Swap]:
        """On record, by tenant."""
        with self._lock, self._errors("read"):
            return ledger_nights.swaps(self._db)

    def put_swap(self, swap: Swap) -> None:
        """In the place of the tenant's last one; on the disk on return."""
        with self._writing() as db:
            ledger_nights.put_swap(db, swap, time.time())

    def drop_swap(self, tenant_id: str) -> None:
        with self._writing() as db:
            ledger_nights.drop_swap(db, tenant_id)

    def asleep(self) -> frozenset[str]:
        """Tenants that were put to sleep and not woken since."""
        with self._lock, self._errors("read"):
            return ledger_nights.asleep(self._db)

    def set_asleep(self, tenant_id: str, *, asleep: bool) -> None:
        """On the disk on return."""
        with self._writing() as db:
            ledger_nights.set_asleep(db, tenant_id, time.time() if asleep else None)

    def booted(self, boot_id: str, sleepers: Collection[str]) -> bool:
        """Whether the host was booted since this was last asked; False at the very first. Then
        `sleepers` are on record as asleep, all of them or, after a kill, none and no boot."""
        with self._writing() as db:
            return ledger_nights.booted(db, boot_id, sleepers, time.time())

    def campaigns(self) -> tuple[Campaign, ...]:
        """The last ones, newest last."""
        with self._lock, self._errors("read"):
            return ledger_campaigns.campaigns(self._db)

    def put_campaign(self, campaign: Campaign) -> None:
        """In the place of what was written of it before; on the disk on return."""
        with self._writing() as db:
            ledger_campaigns.put(db, campaign)

    def _next(self, db: sqlite3.Connection) -> int:
        """One above everything that was ever seen, in the table, beside it, or in the file."""
        highest: int
        kept: int
        (highest,) = db.execute("SELECT coalesce(max(idx), -1) FROM tenants").fetchone()
        (kept,) = db.execute("SELECT value FROM meta WHERE key = 'next_index'").fetchone()
        return max(highest + 1, kept, high_water.read(self._high_water))

    def _claim(self, db: sqlite3.Connection, tenant_id: str, index: int) -> None:
        """The file first: a kill in between wastes a number and never gives one out twice."""
        if index >= high_water.read(self._high_water):
            high_water.write(self._high_water, index + 1)
        db.execute("INSERT INTO tenants VALUES (?, ?)", (tenant_id, index))
        db.execute("UPDATE meta SET value = max(value, ?) WHERE key = 'next_index'", (index + 1,))

    @contextmanager
    def _writing(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction; on the disk when it returns, if `durable`."""
        with self._lock, self._errors("write"):
            self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors(self, doing: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, OverflowError) as error:
            raise LedgerError(
                f"Cannot {doing} the ledger {self._path}: {error}", mend=MEND
            ) from error


def _index_of(db: sqlite3.Connection, tenant_id: str) -> int | None:
    row: tuple[int] | None = db.execute(
        "SELECT idx FROM tenants WHERE id = ?", (tenant_id,)
    ).fetchone()
    return None if row is None else row[0]

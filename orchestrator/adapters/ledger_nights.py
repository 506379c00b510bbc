"""What the ledger keeps of swaps under way or refused, of who sleeps, and of the last boot."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from typing import get_args

from orchestrator.core.swap import Swap, SwapState

SCHEMA = (
    """CREATE TABLE swaps (
        tenant TEXT PRIMARY KEY, at REAL NOT NULL, old TEXT NOT NULL,
        from_fingerprint TEXT NOT NULL, to_fingerprint TEXT NOT NULL,
        snapshot TEXT, state TEXT NOT NULL, reason TEXT NOT NULL
    ) STRICT""",
    "CREATE TABLE asleep (tenant TEXT PRIMARY KEY, since REAL NOT NULL) STRICT",
    "CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
)
BOOT = "boot_id"
REASON_LIMIT = 4_000  # characters
_COLUMNS = "tenant, old, from_fingerprint, to_fingerprint, snapshot, state, reason"


def check(db: sqlite3.Connection) -> None:
    """sqlite3.DatabaseError when the tables are not there as they must be."""
    db.execute(f"SELECT at, {_COLUMNS} FROM swaps LIMIT 1").fetchall()  # noqa: S608
    db.execute("SELECT tenant, since FROM asleep LIMIT 1").fetchall()
    db.execute("SELECT key, value FROM facts LIMIT 1").fetchall()


def swaps(db: sqlite3.Connection) -> Mapping[str, Swap]:
    """On record, by tenant; a row that cannot be read is none."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM swaps").fetchall()  # noqa: S608
    return {swap.tenant: swap for swap in map(_swap, rows) if swap is not None}


def put_swap(db: sqlite3.Connection, swap: Swap, at: float) -> None:
    """In the place of the tenant's last one."""
    row = (
        swap.tenant,
        at,
        json.dumps(dict(swap.old), sort_keys=True),
        swap.from_fingerprint,
        swap.to_fingerprint,
        swap.snapshot,
        swap.state,
        swap.reason[:REASON_LIMIT],
    )
    db.execute("REPLACE INTO swaps VALUES (?,?,?,?,?,?,?,?)", row)


def drop_swap(db: sqlite3.Connection, tenant: str) -> None:
    db.execute("DELETE FROM swaps WHERE tenant = ?", (tenant,))


def asleep(db: sqlite3.Connection) -> frozenset[str]:
    return frozenset(tenant for (tenant,) in db.execute("SELECT tenant FROM asleep").fetchall())


def set_asleep(db: sqlite3.Connection, tenant: str, since: float | None) -> None:
    """None: it is awake."""
    if since is None:
        db.execute("DELETE FROM asleep WHERE tenant = ?", (tenant,))
    else:
        db.execute("INSERT OR IGNORE INTO asleep VALUES (?, ?)", (tenant, since))


def booted(db: sqlite3.Connection, boot_id: str, sleepers: Collection[str], since: float) -> bool:
    """Whether the host was booted since the last call; False at the very first. Then these sleep,
    and both is written, or neither."""
    row = db.execute("SELECT value FROM facts WHERE key = ?", (BOOT,)).fetchone()
    db.execute("REPLACE INTO facts VALUES (?, ?)", (BOOT, boot_id))
    anew = row is not None and row[0] != boot_id
    for tenant in sleepers if anew else ():
        set_asleep(db, tenant, since)
    return anew


def rename(db: sqlite3.Connection, old: str, new: str) -> None:
    for table in ("swaps", "asleep"):
        db.execute(f"UPDATE OR REPLACE {table} SET tenant = ? WHERE tenant = ?", (new, old))  # noqa: S608


def forget(db: sqlite3.Connection, tenant: str) -> None:
    for table in ("swaps", "asleep"):
        db.execute(f"DELETE FROM {table} WHERE tenant = ?", (tenant,))  # noqa: S608


def _swap(row: tuple[str, str, str, str, str | None, str, str]) -> Swap | None:
    tenant, old, before, after, snapshot, state, reason = row
    try:
        fields = json.loads(old)
    except ValueError:
        return None
    states: dict[str, SwapState] = {one: one for one in get_args(SwapState)}
    if not isinstance(fields, dict) or state not in states:
        return None
    return Swap(tenant, fields, before, after, snapshot, states[state], reason)

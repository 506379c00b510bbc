"""The ledger's file: its schema, opening it, and setting a damaged one aside."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from orchestrator.adapters import ledger_campaigns, ledger_nights, ledger_usage
from orchestrator.errors import LedgerError

BUSY_SECONDS = 10
SCHEMA_VERSION = 4
SCHEMA = (
    "CREATE TABLE tenants (id TEXT PRIMARY KEY, idx INTEGER NOT NULL UNIQUE) STRICT",
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT",
    "INSERT INTO meta VALUES ('next_index', 0)",
    """CREATE TABLE events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        at REAL NOT NULL, tenant TEXT, kind TEXT NOT NULL, text TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX events_of ON events (tenant, seq)",
    *ledger_usage.SCHEMA,
    *ledger_nights.SCHEMA,
    *ledger_campaigns.SCHEMA,
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)
# What a ledger of an earlier version lacks, by that version.
UPGRADES = {
    1: (*ledger_usage.SCHEMA, "PRAGMA user_version = 2"),
    2: (*ledger_nights.SCHEMA, "PRAGMA user_version = 3"),
    3: (*ledger_campaigns.SCHEMA, "PRAGMA user_version = 4"),
}


def connect(path: Path) -> sqlite3.Connection:
    """Open it for one user of many threads. sqlite3.Error, OSError."""
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    path.chmod(0o600)
    db.execute("PRAGMA journal_mode = WAL")
    return db


def make_schema(db: sqlite3.Connection) -> None:
    """All or nothing."""
    _run(db, SCHEMA)


def upgrade(db: sqlite3.Connection) -> None:
    """Bring a ledger of an earlier version to this one, version by version."""
    while (version := _version(db)) < SCHEMA_VERSION:
        _run(db, UPGRADES[version])


def _run(db: sqlite3.Connection, statements: Sequence[str]) -> None:
    db.execute("BEGIN IMMEDIATE")
    for statement in statements:
        db.execute(statement)
    db.execute("COMMIT")


def _version(db: sqlite3.Connection) -> int:
    row: tuple[int] = db.execute("PRAGMA user_version").fetchone()
    return row[0]


def set_aside_if_damaged(path: Path) -> bool:
    """Rename an unreadable ledger, with its side files, to ledger.db.corrupt-N.

    True when there is none left to read. LedgerError for one of a newer version.
    """
    if _is_sound(path):
        return False
    number = 1
    while path.with_name(f"{path.name}.corrupt-{number}").exists():
        number += 1
    for suffix in ("-wal", "-shm", ""):  # the ledger last: until then a kill finds it damaged
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(path.with_name(f"{path.name}.corrupt-{number}{suffix}"))
    return True


def _is_sound(path: Path) -> bool:
    """Whether it is a ledger with every page in order. Does not change it."""
    if not path.is_file() or path.stat().st_size == 0:
        return False
    try:
        db = sqlite3.connect(path, timeout=BUSY_SECONDS)
        try:
            version = _version(db)
            (verdict,) = db.execute("PRAGMA integrity_check(1)").fetchone()
            rows = db.execute("SELECT value FROM meta WHERE key = 'next_index'").fetchall()
            db.execute("SELECT id, idx FROM tenants LIMIT 1").fetchall()
            db.execute("SELECT seq, at, tenant, kind, text FROM events LIMIT 1").fetchall()
            if version > 1:
                ledger_usage.check(db)
            if version > 2:
                ledger_nights.check(db)
            if version > 3:
                ledger_campaigns.check(db)
        finally:
            db.close()
    except sqlite3.DatabaseError:
        return False
    if version > SCHEMA_VERSION:
        raise LedgerError(
            f"The ledger {path} was written by a newer version of this platform",
            mend="Run the newer version again; nothing was changed.",
        )
    return verdict == "ok" and version >= 1 and len(rows) == 1

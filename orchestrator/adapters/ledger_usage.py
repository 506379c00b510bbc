"""The ledger's part on LLM usage: sums by tenant and day, and the last requests that made them.

A request that is booked again replaces what it was booked with before, so a retry never counts
twice. That works for as long as the request is remembered: KEPT_REQUESTS_DAYS.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from orchestrator.core.llm_usage import Booking, DayOfUsage

KEPT_REQUESTS_DAYS = 7  # the edge repeats within seconds, or once the controller is back
KEPT_USAGE_DAYS = 800  # two years of bills, and some weeks to write them

SCHEMA = (
    """CREATE TABLE llm_usage (
        tenant TEXT NOT NULL, day TEXT NOT NULL, requests INTEGER NOT NULL,
        input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, estimated INTEGER NOT NULL,
        PRIMARY KEY (tenant, day)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE llm_requests (
        key TEXT PRIMARY KEY, tenant TEXT NOT NULL, day TEXT NOT NULL,
        input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, estimated INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX llm_requests_of ON llm_requests (day)",
)
_ADD = """INSERT INTO llm_usage VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    requests = requests + excluded.requests, estimated = estimated + excluded.estimated,
    input_tokens = input_tokens + excluded.input_tokens,
    output_tokens = output_tokens + excluded.output_tokens"""


def check(db: sqlite3.Connection) -> None:
    """sqlite3.DatabaseError when a table or column is not there."""
    db.execute("SELECT tenant, day, requests, estimated FROM llm_usage LIMIT 1").fetchall()
    db.execute("SELECT key, tenant, day, estimated FROM llm_requests LIMIT 1").fetchall()


def book(db: sqlite3.Connection, bookings: Sequence[Booking], today: str) -> None:
    """Within the caller's transaction. Bookings of tenants that are unknown by now are dropped."""
    known = {row[0] for row in db.execute("SELECT id FROM tenants")}
    for booking in bookings:
        if booking.tenant in known:
            _replace(db, booking)
    for table, days in (("llm_requests", KEPT_REQUESTS_DAYS), ("llm_usage", KEPT_USAGE_DAYS)):
        db.execute(f"DELETE FROM {table} WHERE day < date(?, ?)", (today, f"-{days} days"))  # noqa: S608


def _replace(db: sqlite3.Connection, new: Booking) -> None:
    before = db.execute(
        "SELECT tenant, day, input_tokens, output_tokens, estimated FROM llm_requests "
        "WHERE key = ?",
        (new.key,),
    ).fetchone()
    if before is not None:
        tenant, day, read, written, estimated = before
        db.execute(_ADD, (tenant, day, -1, -read, -written, -estimated))
    numbers = (new.input_tokens, new.output_tokens, int(new.estimated))
    db.execute(_ADD, (new.tenant, new.day, 1, *numbers))
    db.execute(
        "INSERT OR REPLACE INTO llm_requests VALUES (?, ?, ?, ?, ?, ?)",
        (new.key, new.tenant, new.day, *numbers),
    )


def rename(db: sqlite3.Connection, old: str, new: str) -> None:
    """Within the caller's transaction: what `old` has used is what `new` has used."""
    for table in ("llm_usage", "llm_requests"):
        db.execute(f"UPDATE {table} SET tenant = ? WHERE tenant = ?", (new, old))  # noqa: S608


def forget(db: sqlite3.Connection, tenant: str) -> None:
    """Within the caller's transaction: the id may be another customer's tomorrow."""
    for table in ("llm_usage", "llm_requests"):
        db.execute(f"DELETE FROM {table} WHERE tenant = ?", (tenant,))  # noqa: S608


def since(db: sqlite3.Connection, day: str) -> tuple[DayOfUsage, ...]:
    """Every tenant's days from this one on, by tenant, newest day first."""
    rows = db.execute(
        "SELECT tenant, day, requests, input_tokens, output_tokens, estimated FROM llm_usage "
        "WHERE day >= ? ORDER BY tenant, day DESC",
        (day,),
    )
    return tuple(DayOfUsage(*row) for row in rows.fetchall())

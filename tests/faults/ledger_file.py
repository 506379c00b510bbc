"""What the ledger says, read from its file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path


def ledger(root: Path) -> dict[str, int]:
    """Number of every tenant."""
    with sqlite3.connect(root / "platform/ledger.db", timeout=10) as db:
        return dict(db.execute("SELECT id, idx FROM tenants").fetchall())


def asleep(root: Path) -> set[str]:
    """Who sleeps."""
    with sqlite3.connect(root / "platform/ledger.db", timeout=10) as db:
        return {tenant for (tenant,) in db.execute("SELECT tenant FROM asleep").fetchall()}


def swaps(root: Path, tenants: Sequence[str]) -> dict[str, str]:
    """How each tenant's swap on record stands."""
    with sqlite3.connect(root / "platform/ledger.db", timeout=10) as db:
        rows = db.execute("SELECT tenant, state FROM swaps").fetchall()
    return {tenant: state for tenant, state in rows if tenant in tenants}

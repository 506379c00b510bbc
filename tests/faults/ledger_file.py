"""What the ledger says, read from its file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any


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


def update(root: Path, tenants: Sequence[str]) -> Any:
    """How the last update stands, if one of these is in it."""
    with sqlite3.connect(root / "platform/ledger.db", timeout=10) as db:
        query = "SELECT document FROM campaigns ORDER BY number DESC LIMIT 1"
        row = db.execute(query).fetchone()
    found = json.loads(row[0]) if row else {"entries": []}
    if not {entry["tenant"] for entry in found["entries"]} & set(tenants):
        return None
    return {key: value for key, value in found.items() if key not in ("number", "at")}

"""What the ledger keeps of update campaigns: the one that goes on, and the last ones to go back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, get_args

from orchestrator.core.builds import Build
from orchestrator.core.campaign import (
    SOAK_S,
    Campaign,
    CampaignState,
    Entry,
    EntryState,
    Kind,
    Options,
)

SCHEMA = (
    """CREATE TABLE campaigns (
        number INTEGER PRIMARY KEY, at REAL NOT NULL, state TEXT NOT NULL, document TEXT NOT NULL
    ) STRICT""",
)
KEPT = 50


def check(db: sqlite3.Connection) -> None:
    """sqlite3.DatabaseError when the table is not there as it must be."""
    db.execute("SELECT number, at, state, document FROM campaigns LIMIT 1").fetchall()


def campaigns(db: sqlite3.Connection) -> tuple[Campaign, ...]:
    """Those kept, newest last; a row that cannot be read is none."""
    rows = db.execute("SELECT document FROM campaigns ORDER BY number").fetchall()
    found = (_campaign(document) for (document,) in rows)
    return tuple(one for one in found if one is not None)


def put(db: sqlite3.Connection, campaign: Campaign) -> None:
    """In the place of what was written of it before."""
    document = json.dumps(asdict(campaign), sort_keys=True)
    row = (campaign.number, campaign.at, campaign.state, document)
    db.execute("REPLACE INTO campaigns VALUES (?,?,?,?)", row)
    db.execute("DELETE FROM campaigns WHERE number <= ?", (campaign.number - KEPT,))


def _campaign(document: str) -> Campaign | None:
    try:
        return _parsed(json.loads(document))
    except (ValueError, KeyError, TypeError):
        return None


def _parsed(found: Mapping[str, Any]) -> Campaign:
    options = found["options"]
    return Campaign(
        number=int(found["number"]),
        kind=_one_of(Kind, found["kind"]),
        at=float(found["at"]),
        entries=tuple(_entry(entry) for entry in found["entries"]),
        options=Options(
            options["canary"],
            int(options["batch"]),
            int(options["max_failures"]),
            float(options.get("soak", SOAK_S)),  # as below
        ),
        pin=_build(found["pin"]),
        default=found["default"],
        pinned=tuple(found["pinned"]),
        state=_one_of(CampaignState, found["state"]),
        reason=str(found["reason"]),
        everybody=bool(found.get("everybody", False)),  # earlier versions wrote none of these
        former=_build(found["former"]) if found.get("former") else None,
    )


def _entry(found: Mapping[str, Any]) -> Entry:
    return Entry(
        tenant=str(found["tenant"]),
        before=_build(found["before"]),
        after=_build(found["after"]),
        state=_one_of(EntryState, found["state"]),
        reason=str(found["reason"]),
    )


def _build(found: Mapping[str, Any]) -> Build:
    return Build(str(found["image"]), str(found["image_id"]))


def _one_of(words: Any, word: str) -> Any:  # noqa: ANN401 - one of a Literal's words
    if word not in get_args(words):
        raise ValueError(f"unknown: {word}")
    return word

"""Swaps, sleepers and boots on record: they survive, follow a rename, leave with their tenant."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.adapters import ledger_file, ledger_nights
from orchestrator.adapters.ledger import SqliteLedger
from orchestrator.core.swap import Swap
from tests.support.fleets import wanted

SWAP = Swap(
    "a", dict(wanted("a")["a"].container_fields), "before", "after", "a.123", "failed", "it ended"
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    made = SqliteLedger(tmp_path)
    yield made
    made.close()


def test_what_is_on_record_is_read_by_the_next(ledger: SqliteLedger, tmp_path: Path) -> None:
    ledger.put_swap(replace(SWAP, state="begun", reason=""))
    ledger.put_swap(SWAP)
    ledger.set_asleep("b", asleep=True)
    ledger.set_asleep("b", asleep=True)
    other = SqliteLedger(tmp_path)
    assert other.swaps() == {"a": SWAP}
    assert other.asleep() == {"b"}
    other.drop_swap("a")
    other.drop_swap("a")
    other.set_asleep("b", asleep=False)
    other.close()
    assert (ledger.swaps(), ledger.asleep()) == ({}, frozenset())


def test_it_follows_a_rename_and_leaves_with_a_purge(ledger: SqliteLedger) -> None:
    ledger.allocate("a")
    ledger.put_swap(SWAP)
    ledger.set_asleep("a", asleep=True)
    ledger.rename("a", "new")
    assert ledger.swaps() == {"new": replace(SWAP, tenant="new")}
    assert ledger.asleep() == {"new"}
    ledger.forget("new")
    assert (ledger.swaps(), ledger.asleep()) == ({}, frozenset())


def test_a_boot_is_told_once_and_the_first_is_none(ledger: SqliteLedger) -> None:
    told = [ledger.booted(boot, ()) for boot in ("x", "x", "y", "y")]
    assert told == [False, False, True, False]


def test_a_boot_and_who_sleeps_since_are_written_both_or_neither(
    ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.booted("x", ("never",))
    put, marked = ledger_nights.set_asleep, []

    def killed_at_the_second(db: sqlite3.Connection, tenant: str, since: float | None) -> None:
        put(db, tenant, since)
        marked.append(tenant)
        if len(marked) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(ledger_nights, "set_asleep", killed_at_the_second)
        ledger.booted("y", ("a", "b", "c"))
    assert ledger.asleep() == frozenset()
    assert ledger.booted("y", ("a", "b", "c"))
    assert ledger.asleep() == {"a", "b", "c"}


def test_a_row_that_cannot_be_read_is_none(ledger: SqliteLedger, tmp_path: Path) -> None:
    ledger.put_swap(SWAP)
    ledger.put_swap(replace(SWAP, tenant="b"))
    ledger.put_swap(replace(SWAP, tenant="c"))
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        db.execute("UPDATE swaps SET old = '{' WHERE tenant = 'b'")
        db.execute("UPDATE swaps SET state = 'odd' WHERE tenant = 'c'")
    assert set(ledger.swaps()) == {"a"}


def test_a_ledger_of_the_last_version_is_taken_over(tmp_path: Path) -> None:
    earlier = SqliteLedger(tmp_path)
    earlier.allocate("a")
    earlier.close()
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        for table in ("swaps", "asleep", "facts", "campaigns"):
            db.execute(f"DROP TABLE {table}")
        db.execute("PRAGMA user_version = 2")
    ledger = SqliteLedger(tmp_path)
    assert not ledger.rebuilt
    assert ledger.indexes() == {"a": 0}
    ledger.put_swap(SWAP)
    assert ledger.swaps() == {"a": SWAP}
    ledger.close()


def test_a_ledger_without_its_tables_is_set_aside(tmp_path: Path) -> None:
    earlier = SqliteLedger(tmp_path)
    earlier.close()
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        db.execute("DROP TABLE asleep")
    assert ledger_file.set_aside_if_damaged(tmp_path / "ledger.db")

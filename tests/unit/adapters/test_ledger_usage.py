"""LLM usage in the ledger: counted once, kept by day, gone with its tenant."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.adapters import ledger_campaigns, ledger_file, ledger_nights, ledger_usage
from orchestrator.adapters.ledger import SqliteLedger
from orchestrator.core.llm_usage import Booking, DayOfUsage

TODAY = "2026-11-23"
ONE = Booking("k1", "a", TODAY, 100, 20)
TWO = Booking("k2", "a", TODAY, 7, 3, estimated=True)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    made = SqliteLedger(tmp_path)
    for tenant in ("a", "b"):
        made.allocate(tenant)
    yield made
    made.close()


def test_requests_are_summed_by_tenant_and_day(ledger: SqliteLedger) -> None:
    other = Booking("k3", "b", "2026-11-22", 1, 1)
    ledger.book([ONE, TWO, other, replace(ONE, key="k4", day="2026-11-22")], TODAY)
    assert ledger.llm_usage("2026-11-22") == (
        DayOfUsage("a", TODAY, 2, 107, 23, 1),
        DayOfUsage("a", "2026-11-22", 1, 100, 20, 0),
        DayOfUsage("b", "2026-11-22", 1, 1, 1, 0),
    )
    assert [row.tokens for row in ledger.llm_usage(TODAY)] == [130]
    assert ledger.llm_usage("2026-11-24") == ()


def test_a_request_counts_once_however_often_it_is_booked(
    ledger: SqliteLedger, tmp_path: Path
) -> None:
    for _ in range(3):
        ledger.book([ONE, ONE], TODAY)
    ledger.close()
    again = SqliteLedger(tmp_path)
    assert not again.rebuilt
    again.book([ONE], TODAY)
    assert again.llm_usage(TODAY) == (DayOfUsage("a", TODAY, 1, 100, 20, 0),)
    again.close()


def test_better_numbers_replace_the_estimate(ledger: SqliteLedger) -> None:
    ledger.book([replace(ONE, input_tokens=90, output_tokens=0, estimated=True)], TODAY)
    assert ledger.llm_usage(TODAY) == (DayOfUsage("a", TODAY, 1, 90, 0, 1),)
    ledger.book([ONE], TODAY)
    assert ledger.llm_usage(TODAY) == (DayOfUsage("a", TODAY, 1, 100, 20, 0),)


def test_usage_follows_a_rename_and_goes_with_a_purge(ledger: SqliteLedger) -> None:
    ledger.book([ONE], TODAY)
    ledger.rename("a", "c")
    ledger.book([replace(ONE, tenant="c", output_tokens=21)], TODAY)
    assert ledger.llm_usage(TODAY) == (DayOfUsage("c", TODAY, 1, 100, 21, 0),)
    ledger.forget("c")
    assert ledger.llm_usage(TODAY) == ()
    ledger.book([replace(ONE, tenant="c")], TODAY)  # comes late, for somebody who is gone
    assert ledger.llm_usage(TODAY) == ()


def test_old_requests_and_very_old_usage_go(ledger: SqliteLedger, tmp_path: Path) -> None:
    days = ("2024-01-01", "2026-11-15", "2026-11-16")
    ledger.book([replace(ONE, key=day, day=day) for day in days], "2024-01-01")
    ledger.book([ONE], TODAY)
    assert [row.day for row in ledger.llm_usage("2000-01-01")] == [TODAY, *reversed(days[1:])]
    db = sqlite3.connect(tmp_path / "ledger.db")
    kept = db.execute("SELECT key FROM llm_requests ORDER BY key").fetchall()
    db.close()
    assert kept == [("2026-11-16",), ("k1",)]


def test_a_ledger_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    later = (*ledger_usage.SCHEMA, *ledger_nights.SCHEMA, *ledger_campaigns.SCHEMA)
    first = [one for one in ledger_file.SCHEMA if one not in later][:-1]
    db = sqlite3.connect(tmp_path / "ledger.db")
    for statement in (*first, "PRAGMA user_version = 1", "INSERT INTO tenants VALUES ('a', 4)"):
        db.execute(statement)
    db.commit()
    db.close()
    ledger = SqliteLedger(tmp_path)
    assert not ledger.rebuilt
    assert ledger.indexes() == {"a": 4}
    ledger.book([ONE], TODAY)
    ledger.close()
    again = SqliteLedger(tmp_path)
    assert [row.tokens for row in again.llm_usage(TODAY)] == [120]
    again.close()


def test_a_ledger_without_its_tables_is_damaged(ledger: SqliteLedger, tmp_path: Path) -> None:
    ledger.close()
    db = sqlite3.connect(tmp_path / "ledger.db")
    db.execute("DROP TABLE llm_usage")
    db.close()
    again = SqliteLedger(tmp_path)
    assert again.rebuilt
    again.close()

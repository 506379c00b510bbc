"""Updates on record: they survive, the last ones only, and a bad row is none."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from orchestrator.adapters import ledger_campaigns
from orchestrator.adapters.applied_file import JsonAppliedFile
from orchestrator.adapters.ledger import SqliteLedger
from orchestrator.core.applied import Applied
from orchestrator.core.builds import Build, Held
from orchestrator.core.campaign import Campaign, Entry, Options
from tests.support.fleets import fleet

OLD, NEW = Build("app:1", "sha256:old"), Build("app:2", "sha256:new")
CAMPAIGN = Campaign(
    number=1,
    kind="update",
    at=1.5,
    entries=(Entry("a", OLD, NEW, "failed", "it ended"), Entry("b", OLD, NEW)),
    pin=NEW,
    options=Options("a", 3, 1),
    default="app:2",
    pinned=("c",),
    state="stopped",
    reason="the operator stopped it",
)


def test_what_is_on_record_is_read_by_the_next(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path)
    ledger.put_campaign(replace(CAMPAIGN, state="running", reason=""))
    ledger.put_campaign(CAMPAIGN)
    ledger.put_campaign(replace(CAMPAIGN, number=2, kind="rollback", default=None))
    ledger.close()
    again = SqliteLedger(tmp_path)
    assert again.campaigns() == (
        CAMPAIGN,
        replace(CAMPAIGN, number=2, kind="rollback", default=None),
    )
    again.close()


def test_only_the_last_ones_are_kept(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path)
    for number in range(1, ledger_campaigns.KEPT + 11):
        ledger.put_campaign(replace(CAMPAIGN, number=number))
    numbers = [one.number for one in ledger.campaigns()]
    assert numbers == list(range(11, ledger_campaigns.KEPT + 11))
    ledger.close()


def test_a_row_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path)
    ledger.put_campaign(CAMPAIGN)
    for number, document in ((7, "{"), (8, "{}"), (9, '{"number": "x"}'), (10, "[]")):
        with sqlite3.connect(tmp_path / "ledger.db") as db:
            db.execute("INSERT INTO campaigns VALUES (?, 0, '', ?)", (number, document))
    assert ledger.campaigns() == (CAMPAIGN,)
    ledger.close()


def test_a_ledger_of_the_last_version_is_taken_over(tmp_path: Path) -> None:
    earlier = SqliteLedger(tmp_path)
    earlier.allocate("a")
    earlier.close()
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        db.execute("DROP TABLE campaigns")
        db.execute("PRAGMA user_version = 3")
    ledger = SqliteLedger(tmp_path)
    assert not ledger.rebuilt
    assert ledger.indexes() == {"a": 0}
    ledger.put_campaign(CAMPAIGN)
    assert ledger.campaigns() == (CAMPAIGN,)
    ledger.close()


def test_holds_are_kept_with_the_applied_fleet(tmp_path: Path) -> None:
    file = JsonAppliedFile(tmp_path)
    applied = Applied(3, fleet("a"), {"app:2": "sha256:new"}, held={"a": Held(OLD, NEW, "why")})
    file.write(applied)
    assert file.read() == applied
    path = tmp_path / "applied.json"
    path.write_text(path.read_text().replace('"held"', '"unknown"'))
    found = file.read()
    assert found is not None
    assert found.held == {}

"""The ledger: an index is never given out twice, whatever happens to its files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestrator.adapters.ledger import SqliteLedger
from orchestrator.errors import LedgerError
from orchestrator.ports import Event


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    made = SqliteLedger(tmp_path)
    yield made
    made.close()


def reopened(ledger: SqliteLedger, directory: Path) -> SqliteLedger:
    ledger.close()
    return SqliteLedger(directory)


def test_an_index_stays(ledger: SqliteLedger, tmp_path: Path) -> None:
    assert ledger.rebuilt
    assert [ledger.allocate(name) for name in ("a", "b", "a")] == [0, 1, 0]
    again = reopened(ledger, tmp_path)
    assert not again.rebuilt
    assert again.indexes() == {"a": 0, "b": 1}
    assert (tmp_path / "ledger.db").stat().st_mode & 0o077 == 0


def test_a_purged_index_is_never_given_out_again(ledger: SqliteLedger, tmp_path: Path) -> None:
    ledger.allocate("a")
    ledger.allocate("b")
    ledger.forget("b")
    assert ledger.indexes() == {"a": 0}
    assert ledger.allocate("c") == 2
    ledger.forget("c")
    ledger.close()
    (tmp_path / "ledger.db").unlink()
    without_ledger = SqliteLedger(tmp_path)
    assert without_ledger.allocate("d") == 3
    without_ledger.forget("d")
    (tmp_path / "next_index").unlink()
    assert without_ledger.allocate("e") == 4
    (tmp_path / "next_index").write_text("garbage")
    assert without_ledger.allocate("f") == 5


def test_adopting_what_labels_say(ledger: SqliteLedger) -> None:
    ledger.adopt("a", 7)
    ledger.adopt("a", 7)
    assert ledger.allocate("a") == 7
    assert ledger.allocate("b") == 8
    for tenant, index in (("a", 9), ("c", 7), ("c", 8), ("c", 2**70)):
        with pytest.raises(LedgerError):
            ledger.adopt(tenant, index)
    assert ledger.indexes() == {"a": 7, "b": 8}


def test_rename_keeps_the_index_and_may_be_repeated(ledger: SqliteLedger) -> None:
    ledger.allocate("old")
    ledger.allocate("other")
    for _ in range(2):
        ledger.rename("old", "new")
    assert ledger.indexes() == {"new": 0, "other": 1}
    for old, new in (("new", "other"), ("nobody", "no-one")):
        with pytest.raises(LedgerError):
            ledger.rename(old, new)
    assert ledger.indexes() == {"new": 0, "other": 1}


def test_events_of_one_and_of_all_newest_last(ledger: SqliteLedger) -> None:
    history = [Event(float(n), "a" if n % 2 else None, "started", f"n {n}") for n in range(10)]
    for event in history:
        ledger.record(event)
    assert ledger.events(None, 3) == tuple(history[-3:])
    assert ledger.events("a", 100) == tuple(history[1::2])
    assert ledger.events("a", 0) == ledger.events("a", -1) == ledger.events("b", 5) == ()


def test_old_events_go_and_long_ones_are_cut(tmp_path: Path) -> None:
    ledger = SqliteLedger(tmp_path, kept_events=500)
    for number in range(2_100):
        ledger.record(Event(float(number), None, "k", "x" * 5_000 if number == 2_099 else ""))
    found = ledger.events(None, 10_000)
    ledger.close()
    assert len(found) == 500
    assert (found[-1].at, len(found[-1].text)) == (2_099.0, 4_000)
    again = SqliteLedger(tmp_path, kept_events=10_000)
    assert len(again.events(None, 10_000)) == 600  # pruned at each thousandth
    again.close()


def test_threads_share_it(ledger: SqliteLedger) -> None:
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(lambda n: ledger.allocate(f"t{n % 50}"), range(400)))
    assert set(found) == set(range(50))
    assert sorted(ledger.indexes().values()) == list(range(50))


@pytest.mark.parametrize("content", [b"", b"garbage", b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_damaged_ledger_is_kept_aside_and_begun_anew(
    ledger: SqliteLedger, tmp_path: Path, content: bytes
) -> None:
    ledger.allocate("a")
    ledger.close()
    for number in (1, 2):
        (tmp_path / "ledger.db").write_bytes(content)
        again = SqliteLedger(tmp_path)
        assert again.rebuilt
        assert again.indexes() == {}
        assert (tmp_path / f"ledger.db.corrupt-{number}").read_bytes() == content
        assert again.allocate(f"new-{number}") == number
        again.close()


def test_damage_at_any_page_is_found_or_harmless(ledger: SqliteLedger, tmp_path: Path) -> None:
    for number in range(40):
        ledger.allocate(f"tenant-{number}")
        ledger.record(Event(0.0, f"tenant-{number}", "started", "x" * 200))
    wanted = dict(ledger.indexes())
    ledger.close()
    good = (tmp_path / "ledger.db").read_bytes()
    for offset in range(0, len(good), 509):
        bad = good[:offset] + b"\x00" * min(64, len(good) - offset) + good[offset + 64 :]
        (tmp_path / "ledger.db").write_bytes(bad)
        again = SqliteLedger(tmp_path)
        if again.rebuilt:
            assert again.allocate("another") >= len(wanted)
        else:
            found = again.indexes()
            assert len(set(found.values())) == len(found)
            assert again.allocate("another") >= len(wanted)
        again.close()
        for leftover in tmp_path.glob("ledger.db*"):
            leftover.unlink()
        (tmp_path / "next_index").write_text(f"{len(wanted)}\n")


def test_a_ledger_of_a_newer_version_is_left_alone(ledger: SqliteLedger, tmp_path: Path) -> None:
    ledger.close()
    script = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('PRAGMA user_version = 99')"
    subprocess.run([sys.executable, "-c", script, tmp_path / "ledger.db"], check=True, timeout=30)
    with pytest.raises(LedgerError, match="newer"):
        SqliteLedger(tmp_path)
    assert not list(tmp_path.glob("*.corrupt-*"))


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from orchestrator.adapters.ledger import SqliteLedger\n"
        "ledger = SqliteLedger(Path(sys.argv[1]))\n"
        "for n in range(100_000): print(ledger.allocate(f't{n}'), flush=True)\n"
    )
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        told += [int(line) for line in process.stdout.read().split("\n")[:-1]]
        process.wait(30)
        again = SqliteLedger(tmp_path)
        assert not again.rebuilt
        assert set(told) <= set(again.indexes().values())
        again.close()


def test_no_place_for_the_file_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(LedgerError):
        SqliteLedger(tmp_path / "nowhere")

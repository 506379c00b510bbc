"""Copies of data: whole or not at all, given back without a moment of no data, and pruned."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path

import pytest

from orchestrator.adapters import snapshots
from orchestrator.adapters.data_root import DataRootDir
from orchestrator.adapters.snapshots import KEPT_S, SnapshotDir
from orchestrator.errors import DataRootError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    DataRootDir(tmp_path).initialise()
    own = tmp_path / "tenants/a"
    (own / "files").mkdir(parents=True)
    (own / "entries.duckdb").write_bytes(os.urandom(100_000))
    (own / "files/sales.csv").write_text("day,amount\n")
    (own / "files/sales.csv").chmod(0o640)
    (own / "link").symlink_to("/etc/passwd")
    os.mkfifo(own / "pipe")
    own.chmod(0o700)
    return tmp_path


def tree(top: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for path in sorted(top.rglob("*")):
        what = path.lstat()
        content = path.readlink() if path.is_symlink() else None
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
        found[str(path.relative_to(top))] = (oct(what.st_mode), what.st_uid, content)
    return found


def test_a_copy_is_all_of_it_but_pipes(root: Path) -> None:
    SnapshotDir(root).take("a", "a.1")
    wanted = tree(root / "tenants/a")
    del wanted["pipe"]
    assert tree(root / "platform/snapshots/a.1") == wanted
    assert (root / "platform/snapshots/a.1").stat().st_mode & 0o777 == 0o700


def test_a_copy_that_is_there_is_not_taken_again(root: Path) -> None:
    SnapshotDir(root).take("a", "a.1")
    (root / "tenants/a/entries.duckdb").write_text("later")
    SnapshotDir(root).take("a", "a.1")
    assert len((root / "platform/snapshots/a.1/entries.duckdb").read_bytes()) == 100_000


def test_half_a_copy_is_made_anew(root: Path) -> None:
    half = root / "platform/snapshots/.new-a.1/files"
    half.mkdir(parents=True)
    (half / "stray").write_text("x")
    SnapshotDir(root).take("a", "a.1")
    assert not (root / "platform/snapshots/a.1/files/stray").exists()
    assert not half.exists()


def aged(path: Path, by_s: float = 60) -> None:
    then = path.stat().st_mtime - by_s
    os.utime(path, (then, then))


def test_what_was_copied_ahead_is_taken_over_unless_it_was_written_since(root: Path) -> None:
    own, copies = root / "tenants/a", SnapshotDir(root)
    for name in ("kept", "written", "same-size", "gone"):
        (own / "files" / name).write_text("before")
        aged(own / "files" / name)
    aged(own / "entries.duckdb", by_s=-60)  # being written
    copies.begin("a", "a.1")
    ahead = root / "platform/snapshots/.early-a.1"
    assert not (ahead / "entries.duckdb").exists()
    copied = (ahead / "files/kept").stat().st_ino
    (own / "files/written").write_text("after all")
    (own / "files/same-size").write_text("BEFORE")
    (own / "files/gone").unlink()
    (own / "files/new").write_text("new")
    copies.take("a", "a.1")
    wanted = tree(own)
    del wanted["pipe"]
    assert tree(root / "platform/snapshots/a.1") == wanted
    assert (root / "platform/snapshots/a.1/files/kept").stat().st_ino == copied
    assert not ahead.exists()


def test_what_vanishes_while_it_is_copied_ahead_is_left_out(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agent at work makes directories and files of an upload, and takes them away again."""
    own = root / "tenants/a"
    (own / ".scratch").mkdir()
    (own / ".scratch/part").write_text("x")
    (own / "gone.csv").write_text("x")
    for path in (own / "gone.csv", own / "files/sales.csv"):
        os.utime(path, (1, 1))
    real = os.scandir

    def vanishing(source: int) -> list[os.DirEntry[str]]:
        with real(source) as entries:
            found = list(entries)
        (own / "gone.csv").unlink(missing_ok=True)
        (own / ".scratch/part").unlink(missing_ok=True)
        if (own / ".scratch").exists():
            (own / ".scratch").rmdir()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", lambda source: nullcontext(vanishing(source)))
        SnapshotDir(root).begin("a", "a.1")
        (own / "gone.csv").write_text("x")
        SnapshotDir(root).check_room("a")
    assert (root / "platform/snapshots/.early-a.1/files/sales.csv").exists()
    SnapshotDir(root).take("a", "a.1")
    wanted = tree(own)
    del wanted["pipe"]
    assert tree(root / "platform/snapshots/a.1") == wanted


def test_copying_ahead_twice_begins_anew(root: Path) -> None:
    copies = SnapshotDir(root)
    copies.begin("a", "a.1")
    copies.begin("a", "a.1")
    copies.take("a", "a.1")
    copies.begin("a", "a.1")  # it is there already
    assert [path.name for path in (root / "platform/snapshots").iterdir()] == ["a.1"]


def test_data_is_given_back_and_what_was_there_is_set_aside(root: Path) -> None:
    copies = SnapshotDir(root)
    before = tree(root / "tenants/a")
    del before["pipe"]
    copies.take("a", "a.1")
    (root / "tenants/a/entries.duckdb").write_text("spoilt")
    (root / "tenants/a/new").write_text("x")
    for _ in range(2):  # a second time, as after a kill, ends in the same
        copies.restore("a", "a.1")
        assert tree(root / "tenants/a") == before
    assert (root / "platform/snapshots/a.1").is_dir()


def test_what_was_spoilt_can_be_looked_at(root: Path) -> None:
    copies = SnapshotDir(root)
    copies.take("a", "a.1")
    (root / "tenants/a/entries.duckdb").write_text("spoilt")
    copies.restore("a", "a.1")
    assert (root / "platform/snapshots/.aside-a/entries.duckdb").read_text() == "spoilt"


def test_without_a_copy_nothing_is_given_back(root: Path) -> None:
    before = tree(root / "tenants/a")
    SnapshotDir(root).restore("a", "a.1")
    assert tree(root / "tenants/a") == before


def test_a_tenant_that_has_no_data_gets_the_copy(root: Path) -> None:
    copies = SnapshotDir(root)
    copies.take("a", "a.1")
    (root / "tenants/a").rename(root / "elsewhere")
    copies.restore("a", "a.1")
    assert (root / "tenants/a/files/sales.csv").exists()


def test_the_last_copy_of_each_is_kept_for_a_day(root: Path) -> None:
    copies = SnapshotDir(root)
    (root / "tenants/b").mkdir()
    for age, name in ((30, "a.1"), (20, "a.2"), (10, "a.3"), (KEPT_S + 10, "b.1"), (40, "a.0")):
        copies.take(name[0], name)
        made = root / "platform/snapshots" / name
        then = made.stat().st_mtime - age
        os.utime(made, (then, then))
    copies.prune(kept={"a.0"})
    assert sorted(path.name for path in (root / "platform/snapshots").iterdir()) == ["a.0", "a.3"]


def test_without_room_no_copy_is_begun(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SnapshotDir(root).check_room("a")
    monkeypatch.setattr(snapshots, "SPARE_BYTES", 2**62)
    with pytest.raises(DataRootError, match="There is no room for a copy of the data of a"):
        SnapshotDir(root).check_room("a")


def test_a_full_disk_leaves_no_copy_of_that_name(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "copy_file_range", full)
    with pytest.raises(DataRootError, match="No space left"):
        SnapshotDir(root).take("a", "a.1")
    assert not (root / "platform/snapshots/a.1").exists()


def test_purge_takes_the_copies_along(root: Path) -> None:
    copies = SnapshotDir(root)
    (root / "tenants/a-b").mkdir()
    copies.take("a", "a.1")
    copies.take("a-b", "a-b.1")
    copies.restore("a", "a.1")
    copies.begin("a", "a.2")
    DataRootDir(root).purge("a")
    assert [path.name for path in (root / "platform/snapshots").iterdir()] == ["a-b.1"]

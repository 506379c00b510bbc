"""The data root: what is promised, and what a hostile tenant cannot do with its directory."""

from __future__ import annotations

import errno
import json
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.adapters import atomic_file, data_root, tenant_dir
from orchestrator.adapters.data_root import DataRootDir
from orchestrator.core.desired import UID_BASE, TenantSpec
from orchestrator.errors import DataRootError
from tests.unit.adapters.tenant_specs import tenant_spec

NOW = 1_763_872_000.0
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.fixture
def data(root: Path) -> DataRootDir:
    made = DataRootDir(root, now=lambda: NOW)
    made.initialise()
    return made


def own(tenant_id: str = "customer-a", index: int = 0, **changes: object) -> TenantSpec:
    """A spec that anybody may prepare: it stays with the uid of the test."""
    return tenant_spec(tenant_id, index, **{"uid": os.getuid(), **changes})


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def names_in(path: Path) -> list[str]:
    return [entry.name for entry in path.iterdir()]


def everything(root: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
        for path in sorted(root.rglob("*"))
    }


def test_the_layout_and_its_modes(data: DataRootDir, root: Path) -> None:
    for path, wanted in data_root.LAYOUT.items():
        assert mode(root / path) == wanted, path
    before = everything(root)
    data.initialise()
    assert everything(root) == before


def test_the_instance_is_made_once(data: DataRootDir, root: Path) -> None:
    found = data.instance()
    assert len(found) == 12
    assert DataRootDir(root).instance() == found


@pytest.mark.parametrize("garbage", ["", "x" * 12, "abc", "a" * 60, "a" * 5000, "ä" * 6])
def test_a_damaged_instance_is_never_replaced(data: DataRootDir, root: Path, garbage: str) -> None:
    (root / "platform" / "instance").write_text(garbage)
    with pytest.raises(DataRootError):
        data.instance()
    assert (root / "platform" / "instance").read_text() == garbage


def test_prepare_makes_all_and_then_changes_nothing(data: DataRootDir, root: Path) -> None:
    data.prepare(own())
    home = root / "tenants" / "customer-a"
    assert mode(home) == 0o700
    assert json.loads((home / "tenant.json").read_text()) == {
        "id": "customer-a",
        "index": 0,
        "uid": os.getuid(),
        "instance": data.instance(),
        "name": "The customer-a",
        "created_at": "2025-11-23T04:26:40+00:00",
    }
    token = root / "platform" / "secrets" / "customer-a" / "token"
    assert mode(token) == 0o400
    assert data.token("customer-a") == token.read_text()
    assert len(data.token("customer-a")) == 64
    before = everything(root)
    data.prepare(own())
    assert everything(root) == before


def test_a_new_name_shows_and_the_first_day_stays(data: DataRootDir, root: Path) -> None:
    data.prepare(own())
    DataRootDir(root, now=lambda: NOW + 86_400).prepare(own(name="Renamed"))
    card = json.loads((root / "tenants" / "customer-a" / "tenant.json").read_text())
    assert (card["name"], card["created_at"]) == ("Renamed", "2025-11-23T04:26:40+00:00")


@root_only
def test_everything_belongs_to_the_tenants_uid(data: DataRootDir, root: Path) -> None:
    home = root / "tenants" / "customer-a"
    (home / "files").mkdir(parents=True)
    (home / "files" / "old.csv").write_text("from a backup")
    (home / "link").symlink_to("/etc/passwd")
    data.prepare(tenant_spec("customer-a", 7))
    token = root / "platform" / "secrets" / "customer-a" / "token"
    for path in (home, home / "files", home / "files" / "old.csv", home / "link", token):
        assert (path.lstat().st_uid, path.lstat().st_gid) == (UID_BASE + 7, UID_BASE + 7), path
    assert Path("/etc/passwd").stat().st_uid == 0


@root_only
def test_the_index_is_the_owners_and_not_what_the_tenant_writes(
    data: DataRootDir, root: Path
) -> None:
    data.prepare(tenant_spec("customer-a", 7))
    (root / "tenants" / "customer-a" / "tenant.json").write_text('{"index": 8}')
    assert data.observe()["customer-a"].index == 7


@root_only
@pytest.mark.parametrize(
    ("card", "index"),
    [
        ('{"index": 5}', 5),
        ('{"index": "5"}', None),
        ('{"index": -5}', None),
        ("[", None),
        ("[]", None),
    ],
)
def test_of_a_directory_from_a_backup_tenant_json_tells(
    data: DataRootDir, root: Path, card: str, index: int | None
) -> None:
    (root / "tenants" / "restored").mkdir()
    (root / "tenants" / "restored" / "tenant.json").write_text(card)
    assert data.observe()["restored"].index == index


def test_observe_sees_directories_of_tenants_only(data: DataRootDir, root: Path) -> None:
    data.prepare(own())
    (root / "tenants" / "a-file").write_text("")
    (root / "tenants" / "a-link").symlink_to(root / "tenants" / "customer-a")
    (root / "tenants" / "Not-An-Id").mkdir()
    assert set(data.observe()) == {"customer-a"}


def test_a_data_root_that_is_away_is_an_error_and_not_empty(data: DataRootDir, root: Path) -> None:
    (root / "tenants").rmdir()
    with pytest.raises(DataRootError):
        data.observe()


def test_a_link_in_the_place_of_a_directory_is_refused(data: DataRootDir, root: Path) -> None:
    (root / "tenants" / "customer-a").symlink_to("/etc")
    for act in (data.prepare, lambda spec: data.usage(spec.id), lambda s: data.has_users(s.id)):
        with pytest.raises(DataRootError):
            act(own())
    assert not Path("/etc/tenant.json").exists()


def test_move_gives_data_and_token_and_may_be_repeated(data: DataRootDir, root: Path) -> None:
    data.prepare(own("old-name"))
    (root / "tenants" / "old-name" / "users.json").write_text("precious")
    token = data.token("old-name")
    for _ in range(2):
        data.move("old-name", own("new-name"))
    assert set(data.observe()) == {"new-name"}
    assert (root / "tenants" / "new-name" / "users.json").read_text() == "precious"
    assert json.loads((root / "tenants" / "new-name" / "tenant.json").read_text())["id"] == (
        "new-name"
    )
    assert data.token("new-name") == token
    assert names_in(root / "platform" / "secrets") == ["new-name"]


def test_move_after_a_kill_between_its_two_renames(data: DataRootDir, root: Path) -> None:
    data.prepare(own("old-name"))
    token = data.token("old-name")
    tokens = root / "platform" / "secrets"
    (tokens / "old-name").rename(tokens / "new-name")
    data.move("old-name", own("new-name"))
    assert data.token("new-name") == token
    assert set(data.observe()) == {"new-name"}


def test_move_never_merges(data: DataRootDir, root: Path) -> None:
    data.prepare(own("old-name"))
    data.prepare(own("new-name", 1))
    before = everything(root)
    with pytest.raises(DataRootError):
        data.move("old-name", own("new-name", 1))
    with pytest.raises(DataRootError):
        data.move("neither", own("nor"))
    assert everything(root) == before


def test_the_first_password_while_it_is_there(data: DataRootDir, root: Path) -> None:
    assert data.first_password("customer-a") is None
    data.prepare(own())
    home = root / "tenants" / "customer-a"
    assert data.first_password("customer-a") is None
    assert not data.has_users("customer-a")
    (home / "initial-admin-password").write_text("correct-horse\n")
    (home / "users.json").write_text('{"users": [{"name": "admin"}]}')
    assert data.first_password("customer-a") == "correct-horse"
    assert data.has_users("customer-a")
    (home / "initial-admin-password").unlink()
    assert data.first_password("customer-a") is None


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10 * 1024**3)


def _deep(path: Path) -> None:
    path.write_text("[" * 100_000)


def _link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def _garbage(path: Path) -> None:
    path.write_bytes(b"\x1b[2Jx\xff\n" * 3)


@pytest.mark.parametrize("trap", [_pipe, _huge, _deep, _link, _garbage, Path.mkdir])
@pytest.mark.parametrize("name", ["users.json", "tenant.json", "initial-admin-password"])
def test_a_trap_hangs_and_kills_nothing(
    data: DataRootDir, root: Path, name: str, trap: Callable[[Path], None]
) -> None:
    data.prepare(own())
    home = root / "tenants" / "customer-a"
    (home / name).unlink(missing_ok=True)
    trap(home / name)
    assert data.first_password("customer-a") is None
    assert not data.has_users("customer-a")
    assert data.usage("customer-a").users is None
    assert set(data.observe()) == {"customer-a"}


def test_usage_counts_what_is_there_and_follows_no_links(data: DataRootDir, root: Path) -> None:
    data.prepare(own())
    home = root / "tenants" / "customer-a"
    (home / "files").mkdir()
    for name in ("a.csv", "b.csv", "c.txt"):
        (home / "files" / name).write_bytes(b"x" * 100_000)
    (home / "files" / "d.csv").mkdir()
    (home / "files" / "e.csv").symlink_to("/etc/passwd")
    (home / "all").symlink_to("/")
    (home / "users.json").write_text('{"users": [{}, {}]}')
    found = data.usage("customer-a")
    assert (found.users, found.csv_files) == (2, 2)
    assert found.data_bytes is not None
    assert 300_000 <= found.data_bytes < 500_000


def test_usage_gives_up_on_a_tree_without_an_end(
    data: DataRootDir, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.prepare(own())
    _dig(root / "tenants" / "customer-a", 40)
    assert data.usage("customer-a").data_bytes is None
    monkeypatch.setattr(tenant_dir, "MAX_ENTRIES", 10)
    monkeypatch.setattr(tenant_dir, "MAX_DEPTH", 100)
    assert data.usage("customer-a").data_bytes is None


def test_purge_removes_one_tenant_of_any_depth_and_no_other(data: DataRootDir, root: Path) -> None:
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    data.prepare(own("customer-b", 1))
    kept = {path: text for path, text in everything(root).items() if "customer-b" in path}
    data.prepare(own())
    home = root / "tenants" / "customer-a"
    (home / "link").symlink_to(outside)
    os.mkfifo(home / "pipe")
    _dig(home, 2500)
    for _ in range(2):
        data.purge("customer-a")
    assert everything(root / "tenants").keys() == {"customer-b", "customer-b/tenant.json"}
    assert kept.items() <= everything(root).items()
    assert names_in(root / "platform" / "purging") == []
    assert names_in(root / "platform" / "secrets") == ["customer-b"]
    assert (outside / "kept").read_text() == "kept"


def test_a_purge_that_was_cut_off_is_finished_at_the_start(data: DataRootDir, root: Path) -> None:
    data.prepare(own())
    (root / "tenants" / "customer-a").rename(root / "platform" / "purging" / "customer-a-0")
    data.initialise()
    assert names_in(root / "platform" / "purging") == []


def test_a_link_is_not_purged_and_a_stuck_purge_stops_no_start(
    data: DataRootDir, root: Path
) -> None:
    (root / "tenants" / "customer-a").symlink_to("/etc")
    with pytest.raises(DataRootError):
        data.purge("customer-a")
    assert (root / "tenants" / "customer-a").is_symlink()
    (root / "platform" / "purging" / "stuck").symlink_to("/etc")
    data.initialise()
    assert Path("/etc/passwd").exists()


@pytest.mark.parametrize("bad", ["..", ".", "", "../platform", "a/b", "/etc", "A", "a\x00b"])
def test_what_is_no_id_is_no_path(data: DataRootDir, root: Path, bad: str) -> None:
    data.prepare(own())
    before = everything(root)
    for act in (data.purge, data.usage, data.token, data.first_password, data.has_users):
        with pytest.raises(DataRootError):
            act(bad)
    assert everything(root) == before


def test_a_damaged_token_is_told_and_made_anew(data: DataRootDir, root: Path) -> None:
    data.prepare(own())
    token = root / "platform" / "secrets" / "customer-a" / "token"
    token.chmod(0o600)
    token.write_text("")
    with pytest.raises(DataRootError):
        data.token("customer-a")
    data.prepare(own())
    assert len(data.token("customer-a")) == 64


def test_a_full_disk_leaves_nothing_half_written(
    data: DataRootDir, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.prepare(own())
    before = everything(root)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(atomic_file.os, "fsync", full)
    with pytest.raises(DataRootError) as error:
        data.prepare(own(name="A new name"))
    assert "disk is full" in error.value.mend
    assert everything(root) == before


def test_readers_see_the_old_or_the_new_file(tmp_path: Path) -> None:
    """Under concurrent replacement no reader finds a part or nothing."""
    sizes = (1, 200_000)
    with atomic_file.open_directory(tmp_path) as directory:
        atomic_file.write_atomic(directory, "f", b"x", mode=0o600)

        def replace() -> None:
            for number in range(60):
                content = b"x" * sizes[number % 2]
                atomic_file.write_atomic(directory, "f", content, mode=0o600)

        writer = threading.Thread(target=replace)
        writer.start()
        seen = set()
        while writer.is_alive():
            seen.add(len(atomic_file.read_bounded(directory, "f", 300_000)))
        writer.join()
    assert seen <= set(sizes)
    assert names_in(tmp_path) == ["f"]


def _dig(top: Path, levels: int) -> None:
    """Directories deeper than a path may be long."""
    inside = os.open(top, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("deeper", dir_fd=inside)
        below = os.open("deeper", os.O_RDONLY, dir_fd=inside)
        os.close(inside)
        inside = below
    os.close(inside)

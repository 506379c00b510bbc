"""tenants.yaml is replaced whole, by one editor at a time, and never by a worse one."""

import fcntl
import os
import threading
import time

import pytest

from orchestrator.adapters import tenants_file
from orchestrator.adapters.tenants_file import writing
from orchestrator.adapters.tenants_file.reading import MAX_BYTES
from orchestrator.adapters.tenants_yaml import YamlTenantsFile
from orchestrator.errors import FleetInvalid, Refused

TEXT = """\
# ours
tiers: {small: {users: 5,  csv_files: 10, memory: 384m, cpus: 0.5, disk: 1g}}
defaults: {tier: small}
tenants:
  customer-a: {name: A}   # first
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "tenants.yaml"
    path.write_text(TEXT)
    return path


def left_over(path):
    return sorted(other.name for other in path.parent.iterdir() if other != path)


def test_the_whole_round(path):
    file = YamlTenantsFile(path)
    assert file.add("customer-b", {"name": "B"}) == ["tenants.customer-b added"]
    assert file.set_values("customer-b", {"name": "C"}) == ["tenants.customer-b.name: B → C"]
    assert file.remove("customer-a") == ["tenants.customer-a removed"]
    assert [tenant.name for tenant in file.load().fleet.tenants] == ["C"]
    expected = TEXT.replace("customer-a: {name: A}   # first", "customer-b: {name: C}")
    assert path.read_text() == expected
    assert left_over(path) == []


def test_mode_and_owner_stay(path):
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 12345, 23456)
    before = path.stat()
    tenants_file.add(path, "customer-b", {})
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )
    assert after.st_ino != before.st_ino


def test_mark_and_line_ends_stay(path):
    content = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()
    path.write_bytes(content)
    tenants_file.add(path, "customer-b", {})
    assert path.read_bytes() == content + b"  customer-b: {}\r\n"


def test_a_link_stays_a_link(path, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.yaml"
    link.symlink_to("../tenants.yaml")
    tenants_file.add(link, "customer-b", {})
    assert link.is_symlink()
    assert "customer-b" in path.read_text()
    assert left_over(link) == []


def test_no_change_writes_nothing(path):
    before = path.stat()
    assert tenants_file.set_values(path, "customer-a", {"name": "A"}) == []
    assert path.stat() == before


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (
            lambda path: tenants_file.add(path, "customer-b", {"tier": "smal"}),
            "line 6: tenants.customer-b.tier: there is no tier 'smal'; did you mean 'small'?",
        ),
        (
            lambda path: tenants_file.add(path, "www", {}),
            (
                "line 6: tenants.www: the id 'www' is reserved for the platform; write an id such "
                "as customer-a"
            ),
        ),
        (
            lambda path: tenants_file.set_values(path, "customer-a", {"colour": "red"}),
            (
                "line 5: tenants.customer-a.colour: is not a known key; known here are name, tier, "
                "image, state, domains, sleep_after, always_on, llm_privacy, "
                "requests_per_second, requests_at_once, hold_for, renamed_from"
            ),
        ),
        (
            lambda path: tenants_file.set_values(path, "customer-a", {"domains": "x.example"}),
            (
                "line 5: tenants.customer-a.domains: is not a list; write domains: "
                "[data.customer-b.example]"
            ),
        ),
        (
            lambda path: tenants_file.set_values(path, "customer-a", {"name": "{{env}}"}),
            "line 5: tenants.customer-a.name: '{{env}}' contains {{; remove it",
        ),
        (
            lambda path: tenants_file.set_values(path, "customer-a", {"name": "a\nb: c\x7f"}),
            (
                "line 5: tenants.customer-a.name: 'a�b: c�' contains an invisible character; write "
                "one line of text"
            ),
        ),
    ],
)
def test_a_change_for_the_worse_is_refused(path, edit, problem):
    with pytest.raises(FleetInvalid) as refused:
        edit(path)
    assert str(refused.value) == "tenants.yaml would not be valid any more; it was left as it is"
    assert refused.value.problems == (problem,)
    assert path.read_text() == TEXT
    assert left_over(path) == []


def test_a_tenant_can_be_mended_while_another_is_broken(path):
    path.write_text(TEXT + "  customer-b: {tier: nix}\n  customer-c: {state: what}\n")
    tenants_file.add(path, "customer-d", {})
    tenants_file.set_values(path, "customer-c", {"state": "running"})
    tenants_file.remove(path, "customer-a")
    problems = tenants_file.load_fleet(path).problems
    assert [problem.path for problem in problems] == ["tenants.customer-b.tier"]


def test_a_file_that_would_grow_too_large_is_refused(path):
    room = MAX_BYTES - len(TEXT.encode())
    path.write_text("#" + "x" * (room - 2) + "\n" + TEXT)
    with pytest.raises(FleetInvalid) as refused:
        tenants_file.add(path, "customer-b", {})
    assert refused.value.problems == (
        "the file has more than 1048576 bytes; this is no list of tenants",
    )
    assert path.stat().st_size == MAX_BYTES


def test_what_is_no_file(tmp_path):
    with pytest.raises(Refused, match="there is no file"):
        tenants_file.add(tmp_path / "none.yaml", "customer-b", {})
    with pytest.raises(FleetInvalid) as refused:
        tenants_file.add(tmp_path, "customer-b", {})
    assert "is a directory" in refused.value.problems[0]


def test_a_change_by_somebody_else_in_between_is_not_lost(path):
    def change(text):
        path.write_text(TEXT + "  customer-b: {}\n")
        return text + "  customer-c: {}\n"

    with pytest.raises(Refused, match="changed by somebody else at the same moment"):
        writing.rewrite(path, change)
    assert path.read_text() == TEXT + "  customer-b: {}\n"


def test_many_editors_at_once_lose_nothing(path):
    errors = []

    def add(number):
        try:
            tenants_file.add(path, f"t{number}", {"name": f"T {number}"})
        except Refused as error:
            errors.append(error)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert len(tenants_file.load_fleet(path).fleet.tenants) == 21
    assert left_over(path) == []


def test_an_editor_that_holds_on_is_waited_for_and_then_named(path, monkeypatch):
    monkeypatch.setattr(writing, "LOCK_WAIT_S", 0.1)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        with pytest.raises(Refused, match=r"another command is editing tenants\.yaml"):
            tenants_file.add(path, "customer-b", {})
        threading.Timer(0.05, fcntl.flock, (directory, fcntl.LOCK_UN)).start()
        monkeypatch.setattr(writing, "LOCK_WAIT_S", 30.0)
        assert tenants_file.add(path, "customer-b", {}) == ["tenants.customer-b added"]
    finally:
        os.close(directory)


def test_a_directory_without_room_or_rights_is_named(path, monkeypatch):
    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "write_atomic", fail)
    with pytest.raises(Refused) as refused:
        tenants_file.add(path, "customer-b", {})
    assert str(refused.value) == f"{path} cannot be replaced: No space left on device"
    assert "its directory must be mounted" in refused.value.mend
    assert path.read_text() == TEXT


def test_readers_never_see_half_a_file(path):
    stop = time.monotonic() + 0.5
    seen = []

    def read():
        while time.monotonic() < stop:
            seen.append(tenants_file.load_fleet(path).ok)

    reader = threading.Thread(target=read)
    reader.start()
    while time.monotonic() < stop:
        tenants_file.add(path, "customer-b", {})
        tenants_file.remove(path, "customer-b")
    reader.join(30)
    assert seen
    assert all(seen)

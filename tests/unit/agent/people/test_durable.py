"""Small JSON documents: whatever happens between two saves, one good document is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from data_agent.durable import DurableJson, remove_leftovers, write_atomically
from data_agent.errors import FilesDamaged, StorageFull


def document(path: Path) -> DurableJson[list[int]]:
    def decode(raw: dict[str, Any]) -> list[int]:
        return [int(each) for each in raw["numbers"]]

    return DurableJson(path / "numbers.json", lambda numbers: {"numbers": numbers}, decode)


def test_nothing_there_is_none_and_not_an_error(tmp_path: Path) -> None:
    assert document(tmp_path).load() is None


def test_what_was_saved_is_read_and_generations_go_on(tmp_path: Path) -> None:
    first = document(tmp_path)
    first.save([1])
    second = document(tmp_path)
    assert second.load() == [1]
    second.save([1, 2])
    raw = json.loads((tmp_path / "numbers.json").read_text())
    assert raw["generation"] == 2
    assert (tmp_path / "numbers.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"numbers": ["x"]}', b"\xff\xfe", b"null"])
def test_a_damaged_document_falls_back_to_the_copy_and_is_kept_aside(
    tmp_path: Path, damage: bytes
) -> None:
    document(tmp_path).save([1, 2])
    (tmp_path / "numbers.json").write_bytes(damage)
    again = document(tmp_path)
    assert again.load() == [1, 2]
    assert document(tmp_path).load() == [1, 2]
    aside = list(tmp_path.glob("numbers.json.damaged-*"))
    assert [each.read_bytes() for each in aside] == [damage]


def test_a_lost_document_falls_back_to_the_copy(tmp_path: Path) -> None:
    document(tmp_path).save([7])
    (tmp_path / "numbers.json").unlink()
    assert document(tmp_path).load() == [7]


def test_a_document_that_cannot_be_opened_is_damaged_not_absent(tmp_path: Path) -> None:
    file = document(tmp_path)
    file.save([1])
    file.path.unlink()
    file.path.mkdir()  # stands for every error of the disk but "not there"
    file.backup.write_text("broken")
    with pytest.raises(FilesDamaged):
        document(tmp_path).load()


def test_both_damaged_is_an_error_that_says_where(tmp_path: Path) -> None:
    document(tmp_path).save([7])
    for name in ("numbers.json", "numbers.json.bak"):
        (tmp_path / name).write_bytes(b"{")
    with pytest.raises(FilesDamaged, match=str(tmp_path / "numbers.json")):
        document(tmp_path).load()
    assert (tmp_path / "numbers.json").read_bytes() == b"{"


def test_a_write_that_fails_changes_nothing(tmp_path: Path) -> None:
    file = document(tmp_path)
    file.save([1])
    before = (tmp_path / "numbers.json").read_bytes()
    with pytest.raises(StorageFull):
        write_atomically(tmp_path / "missing" / "x.json", b"1")
    assert (tmp_path / "numbers.json").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_leftovers_of_a_kill_are_removed(tmp_path: Path) -> None:
    (tmp_path / ".numbers.json.abc.tmp").write_text("half")
    remove_leftovers(tmp_path)
    assert not list(tmp_path.iterdir())

"""users.json: the limit, the last admin, damage, and the first start that happens once."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from data_agent.errors import Conflict, FilesDamaged, LimitReached
from data_agent.people.directory import Directory

from tests.support.agent import CHEAP, Clock

FIRST = "initial-admin-password"


def opened(tmp_path: Path, limit: int | None = None) -> Directory:
    people = Directory(tmp_path, max_users=limit, cost=CHEAP, now=Clock())
    asyncio.run(people.open())
    return people


def test_a_second_start_makes_no_second_admin_and_keeps_the_password(tmp_path: Path) -> None:
    opened(tmp_path)
    password = (tmp_path / FIRST).read_text()
    people = opened(tmp_path)
    assert (tmp_path / FIRST).read_text() == password
    assert [user.name for user in people.users.all()] == ["admin"]


def test_a_kill_between_password_file_and_users_file_is_repeated_whole(tmp_path: Path) -> None:
    (tmp_path / FIRST).write_text("of a start that was killed\n")
    people = opened(tmp_path)
    password = (tmp_path / FIRST).read_text().strip()
    user = asyncio.run(people.sign_in("admin", password, address="192.0.2.1"))
    assert user.must_change_password


def test_a_kill_between_a_change_and_the_deletion_of_the_file_is_finished(tmp_path: Path) -> None:
    people = opened(tmp_path)
    first = (tmp_path / FIRST).read_text()
    admin = people.users.get("admin")
    new = "a good long passphrase"
    asyncio.run(people.change_password(admin, first.strip(), new, address="192.0.2.1"))
    (tmp_path / FIRST).write_text(first)
    opened(tmp_path)
    assert not (tmp_path / FIRST).exists()


@pytest.mark.parametrize("damage", [None, b"", b'{"users": [', b'{"users": []}', b"\x00" * 4096])
def test_one_damaged_copy_is_put_right_from_the_other(tmp_path: Path, damage: bytes | None) -> None:
    people = opened(tmp_path)
    _, password = asyncio.run(people.add_user("bob", "user"))
    asyncio.run(people.sign_in("bob", password, address="192.0.2.1"))
    (tmp_path / FIRST).unlink()
    (tmp_path / "users.json").unlink()
    if damage is not None:
        (tmp_path / "users.json").write_bytes(damage)
    people = opened(tmp_path)
    assert [user.name for user in people.users.all()] == ["admin", "bob"]
    asyncio.run(people.sign_in("bob", password, address="192.0.2.1"))
    assert not (tmp_path / FIRST).exists()
    (tmp_path / "users.json.bak").write_bytes(b"later the other copy breaks")
    assert len(opened(tmp_path).users.all()) == 2


def test_damaged_users_never_bring_a_default_admin_back(tmp_path: Path) -> None:
    opened(tmp_path)
    (tmp_path / FIRST).unlink()
    for name in ("users.json", "users.json.bak"):
        (tmp_path / name).write_text('{"users": []}')
    people = opened(tmp_path)
    assert not (tmp_path / FIRST).exists()
    with pytest.raises(FilesDamaged, match=r"users\.json"):
        people.users.all()
    with pytest.raises(FilesDamaged):
        asyncio.run(people.sign_in("admin", "x", address="192.0.2.1"))
    with pytest.raises(FilesDamaged):
        asyncio.run(people.add_user("eve", "admin"))
    assert json.loads((tmp_path / "users.json").read_text()) == {"users": []}


def test_the_tier_limits_users_and_lowering_it_removes_nobody(tmp_path: Path) -> None:
    people = opened(tmp_path, limit=2)
    asyncio.run(people.add_user("bob", "user"))
    with pytest.raises(LimitReached, match="2 of 2"):
        asyncio.run(people.add_user("eve", "user"))
    people = opened(tmp_path, limit=1)
    assert len(people.users.all()) == 2
    with pytest.raises(LimitReached):
        asyncio.run(people.add_user("eve", "user"))


def test_the_last_admin_can_be_neither_removed_nor_demoted(tmp_path: Path) -> None:
    people = opened(tmp_path)
    asyncio.run(people.add_user("bob", "user"))
    for act in (lambda: people.remove_user("admin"), lambda: people.set_role("admin", "user")):
        with pytest.raises(Conflict, match="last admin"):
            act()
    people.set_role("bob", "admin")
    people.remove_user("admin")
    assert [user.name for user in opened(tmp_path).users.all()] == ["bob"]
    assert not (tmp_path / FIRST).exists()


def test_no_password_stands_in_any_file_but_the_first_one(tmp_path: Path) -> None:
    people = opened(tmp_path)
    _, password = asyncio.run(people.add_user("bob", "user"))
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or password not in path.read_text()

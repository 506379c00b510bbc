"""What an apply refuses until a person confirms it, and renames, which move the data along."""

from __future__ import annotations

import pytest

from tests.support.docker_cli import exists
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker


def test_retiring_many_is_refused_until_their_number_is_given(stack: Stack, fleet: Fleet) -> None:
    one, two, three = fleet.start("one", "two", "three")
    before = fleet.life(one), fleet.life(two), fleet.life(three)
    fleet.drop(one)
    fleet.drop(two)
    for arguments in ((), ("--confirm-retire", "1"), ("--confirm-retire", "3")):
        refused = stack.tenantctl("apply", *arguments)
        assert refused.code == 1
        assert "--confirm-retire 2" in refused.err
        assert (fleet.life(one), fleet.life(two), fleet.life(three)) == before
    assert stack.plan()["refused"]["count"] == 2
    fleet.apply("--confirm-retire", "2")
    assert [fleet.row(tenant)["state"] for tenant in (one, two)] == ["retired"] * 2
    assert fleet.life(three) == before[2]


def test_an_empty_fleet_is_refused(stack: Stack, fleet: Fleet) -> None:
    (only,) = fleet.start("only")
    before = fleet.life(only)
    stack.write({})
    refused = stack.tenantctl("apply", "--json")
    assert refused.code == 1
    error = refused.json()["error"]
    assert (error["kind"], error["count"]) == ("ConfirmationNeeded", 1)
    assert fleet.life(only) == before
    assert stack.get(only).status == 200


def test_a_rename_is_refused_without_and_moves_the_data_with_renamed_from(
    stack: Stack, fleet: Fleet
) -> None:
    (old,) = fleet.start("old")
    before = fleet.life(old)
    born = (stack.data(old) / "born").read_text()
    owner = stack.data(old).stat().st_uid
    fleet.drop(old)
    new = fleet.add("new")
    refused = stack.tenantctl("apply")
    assert refused.code == 1
    assert f"renamed_from: {old}" in refused.err
    assert fleet.life(old) == before
    assert not exists("container", f"tenant-{new}")

    fleet.change(new, renamed_from=old)
    fleet.apply()
    assert (stack.data(new) / "born").read_text() == born
    assert stack.data(new).stat().st_uid == owner
    assert not stack.data(old).exists()
    assert not exists("container", f"tenant-{old}")
    assert stack.get(new).json()["tenant"] == "New"
    assert stack.get(old).status == 404
    assert fleet.row(old)["state"] == "absent"

    fleet.apply()  # With the line still in the file: nothing is left to be done.
    del fleet.tenants[new]["renamed_from"]
    fleet.write()
    after = fleet.life(new)
    fleet.apply()
    assert fleet.life(new) == after

"""The mass-retire guard and the rename guard."""

from __future__ import annotations

from orchestrator.core import guard
from tests.support.fleets import fleet, tenant

TEN = [f"t{number}" for number in range(10)]
THIRTY = [f"t{number}" for number in range(30)]


def test_one_tenant_may_leave_unconfirmed() -> None:
    assert guard.check(fleet("a"), ["a", "b"], ["a", "b"]) is None


def test_two_of_ten_are_refused_with_their_number() -> None:
    refusal = guard.check(fleet(*TEN[2:]), TEN, TEN)
    assert refusal is not None
    assert refusal.count == 2
    assert "t0, t1" in refusal.detail
    assert "--confirm-retire 2" in refusal.mend


def test_a_tenth_of_thirty_may_leave_but_not_one_more() -> None:
    assert guard.check(fleet(*THIRTY[3:]), THIRTY, THIRTY) is None
    refusal = guard.check(fleet(*THIRTY[4:]), THIRTY, THIRTY)
    assert refusal is not None
    assert refusal.count == 4


def test_an_empty_fleet_is_refused_even_for_a_single_tenant() -> None:
    refusal = guard.check(fleet(), ["a"], ["a"])
    assert refusal is not None
    assert (refusal.count, "none would stay" in refusal.detail) == (1, True)


def test_nothing_there_and_nothing_wanted_is_fine() -> None:
    assert guard.check(fleet(), [], []) is None


def test_a_changed_id_is_refused_as_a_likely_rename() -> None:
    refusal = guard.check(fleet("a", "new"), ["a", "old"], ["a", "old"])
    assert refusal is not None
    assert "renamed_from: old" in refusal.mend


def test_renamed_from_makes_it_a_rename() -> None:
    wanted = fleet("a", tenant("new", renamed_from="old"))
    assert guard.check(wanted, ["a", "old"], ["a", "old"]) is None


def test_one_leaves_while_an_earlier_customer_returns() -> None:
    assert guard.check(fleet("a", "c"), ["a", "b"], ["a", "b", "c"]) is None

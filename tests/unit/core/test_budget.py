"""A swap never takes longer than its visitors are held: by arithmetic."""

from __future__ import annotations

import pytest

from orchestrator.core.budget import READY_LEAST_S, READY_MOST_S, budget
from orchestrator.core.units import MAX_HOLD


def test_all_parts_together_and_the_way_back_fit_into_the_hold() -> None:
    for hold_s in range(15, MAX_HOLD + 1):
        parts = budget(hold_s)
        before = parts.drain_s + parts.stop_s + parts.work_s
        assert before + parts.ready_s(before) + parts.back_s <= hold_s
        assert parts.ready_s(before) >= READY_LEAST_S
        assert parts.ready_s(0.0) + parts.back_s <= hold_s


@pytest.mark.parametrize("hold_s", [1, 5, 14])
def test_one_who_is_hardly_held_at_all_can_be_updated_all_the_same(hold_s: int) -> None:
    parts = budget(hold_s)
    assert parts.ready_s(hold_s) >= READY_LEAST_S
    assert min(parts.drain_s, parts.stop_s, parts.back_s) > 0


def test_what_was_not_used_up_is_the_new_ones() -> None:
    assert budget(30).ready_s(1.0) == 20.0
    assert budget(30).ready_s(11.0) == 10.0
    assert budget(600).ready_s(1.0) == READY_MOST_S


def test_when_the_first_cannot_be_saved_the_new_one_is_not_hurried() -> None:
    assert budget(30).ready_s(16.0) == 5.0
    assert budget(30).ready_s(17.0) == budget(30).ready_s(500.0) == 21.0

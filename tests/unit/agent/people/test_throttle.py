"""Growing delays: bounded, per user and address, spared where a user is known."""

from __future__ import annotations

from pathlib import Path

import pytest
from data_agent.errors import TooManyAttempts
from data_agent.people.throttle import ENTRIES, FROM_ANYWHERE, FROM_ONE_ADDRESS, Throttle

from tests.support.agent import Clock


def throttle(tmp_path: Path, clock: Clock) -> Throttle:
    made = Throttle(tmp_path / "logins.json", now=clock)
    made.load()
    return made


def wait_of(made: Throttle, user: str, address: str) -> int:
    try:
        made.begin(user, address)
    except TooManyAttempts as error:
        return error.retry_after_s
    return 0


def test_delays_double_and_are_bounded() -> None:
    waits = [FROM_ONE_ADDRESS.after(n) for n in range(20)]
    assert waits[:8] == [0, 0, 0, 0, 1, 2, 4, 8]
    assert max(waits) == FROM_ONE_ADDRESS.most_s == FROM_ONE_ADDRESS.after(10**6)
    assert FROM_ANYWHERE.after(10**6) == 60


def test_waiting_is_enough_whatever_happened_before(tmp_path: Path) -> None:
    clock = Clock()
    made = throttle(tmp_path, clock)
    for _ in range(100):
        wait = wait_of(made, "ann", "192.0.2.1")
        assert wait <= FROM_ONE_ADDRESS.most_s
        clock.seconds += wait
        assert not wait or wait_of(made, "ann", "192.0.2.1") == 0


def test_success_forgets_and_a_day_forgets(tmp_path: Path) -> None:
    clock = Clock()
    made = throttle(tmp_path, clock)
    for _ in range(5):
        wait_of(made, "ann", "192.0.2.1")
    assert wait_of(made, "ann", "192.0.2.1") > 0
    clock.seconds += 24 * 3600 + 1
    assert wait_of(throttle(tmp_path, clock), "ann", "192.0.2.1") == 0
    made.succeeded("ann", "192.0.2.1")
    assert [wait_of(made, "ann", "192.0.2.1") for _ in range(4)] == [0, 0, 0, 0]


def test_addresses_are_counted_apart_but_together_too(tmp_path: Path) -> None:
    made = throttle(tmp_path, Clock())
    waits = [wait_of(made, "ann", f"192.0.2.{n}") for n in range(25)]
    assert waits[:20] == [0] * 20
    assert waits[20] > 0


def test_made_up_names_cannot_fill_the_file_or_push_out_the_real_one(tmp_path: Path) -> None:
    clock = Clock()
    made = throttle(tmp_path, clock)
    for _ in range(4):
        made.begin("ann", "192.0.2.1")
    made._failures.update({f"name{n}|": (1, clock()) for n in range(3 * ENTRIES)})
    made.begin("zed", "192.0.2.1")
    again = throttle(tmp_path, clock)
    assert len(again._failures) <= ENTRIES
    assert wait_of(again, "ann", "192.0.2.1") > 0


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"failures": {"a": 1}}'])
def test_a_damaged_file_is_a_fresh_start(tmp_path: Path, damage: str) -> None:
    (tmp_path / "logins.json").write_text(damage)
    assert wait_of(throttle(tmp_path, Clock()), "ann", "192.0.2.1") == 0

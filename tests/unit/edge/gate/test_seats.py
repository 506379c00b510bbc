"""Counting who is at the gate, and what became of the held."""

from __future__ import annotations

from orchestrator.client.answers import Holds
from orchestrator.edge.gate.bounds import Bounds
from orchestrator.edge.gate.seats import Seats, Tally


def test_seats_are_bounded_per_tenant_and_come_back() -> None:
    seats = Seats(Bounds(present_tenant=2, held_tenant=1, held=2))
    assert [seats.enter("a"), seats.enter("a"), seats.enter("a"), seats.enter("b")] == [
        True, True, False, True,
    ]  # fmt: skip
    seats.leave("a")
    assert seats.enter("a")
    assert [seats.hold("a"), seats.hold("a"), seats.hold("b"), seats.hold("c")] == [
        True, False, True, False,
    ]  # fmt: skip
    assert (seats.held("a"), seats.held("c")) == (1, 0)
    seats.release("a")
    assert [seats.hold("c"), seats.hold("a")] == [True, False]


def test_a_tally_adds_up_until_it_is_taken() -> None:
    tally = Tally()
    assert tally.take("a") is None
    tally.note("a", held=1, longest_s=0.5)
    tally.note("a", held=1, longest_s=1.5, failed=1)
    tally.note("b", failed=1)
    taken = tally.take("a")
    assert taken == Holds("a", 2, 1.5, 1)
    assert tally.take("a") is None
    tally.note("a", held=1, longest_s=2.0)
    assert taken is not None
    tally.give_back(taken)
    assert tally.take("a") == Holds("a", 3, 2.0, 1)
    assert tally.take("b") == Holds("b", 0, 0.0, 1)

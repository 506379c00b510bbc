"""The judge of the held-out sets: what it takes for right, and what it must not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from data_agent.values import Answer, Declined, QueryResult

from tests.questions_blind.judging import judge
from tests.questions_blind.questions import Question, Rows, Truth


def _truth(*readings: Rows, declined: bool = False, shape: str = "rows") -> Truth:
    return Truth(Question(("t",), "asked", ("select",), declined, shape=shape), readings)


def _answer(*rows: tuple) -> Answer:
    return Answer("Said.", {}, "select", QueryResult((), rows, truncated=False))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ([(Decimal("1.50"),)], [(1.5,)]),
        ([("Berlin", 2)], [("berlin", 2, "something beside")]),
        ([("a", 1), ("b", 2)], [("b", 2), ("a", 1)]),
        ([("a", 1), (None, 2)], [("a", 1)]),
        ([("a", 1)], [("a", 1), (None, 2)]),
        ([(dt.date(2025, 1, 1), 3)], [("2025-01-01", 3)]),
        ([(dt.datetime(2025, 1, 1, 9, 5),)], [("2025-01-01T09:05:00",)]),  # noqa: DTZ001
        ([(2 / 3,)], [(0.67,)]),
    ],
)
def test_right(wanted: Rows, said: Rows) -> None:
    assert judge(_truth([("other",)], wanted), _answer(*said)) == "right"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ([(1.5,)], [(1.51,)]),
        ([(2 / 3,)], [(0.7,)]),
        ([("a", 1)], [("a", 1), ("b", 2)]),
        ([("a", 1), ("b", 2)], [("a", 2), ("b", 1)]),
        ([(None,)], [(0,)]),
        ([("a", 1)], []),
    ],
)
def test_wrong(wanted: Rows, said: Rows) -> None:
    assert judge(_truth(wanted), _answer(*said)) == "wrong"


def test_what_must_be_declined() -> None:
    told = _truth([(5,)], declined=True)
    assert judge(told, Declined("Which one?")) == "rightly declined"
    assert judge(told, _answer((5,))) == "right"
    assert judge(told, _answer((6,))) == "should have been declined"
    assert judge(_truth([(5,)]), Declined("Which one?")) == "declined"


def test_a_histogram_holds_all_values_in_ranges_of_one_width() -> None:
    told = _truth([(5,)], shape="histogram")
    assert judge(told, _answer((0, 10, 4), (10, 20, 1))) == "right"
    assert judge(told, _answer((0, 10, 4), (10, 30, 1))) == "wrong"
    assert judge(told, _answer((0, 10, 4), (10, 20, 2))) == "wrong"

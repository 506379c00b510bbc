"""Which picture a result gets when nobody says so, and pictures whose both sides are numbers."""

from __future__ import annotations

import math

import pytest
from data_agent.values import Cell, Column, QueryResult
from data_agent.web.chart import chart_of
from data_agent.web.chart_marks import LINE_HEIGHT
from data_agent.web.chart_rule import chart_spec
from hypothesis import given
from hypothesis import strategies as st

NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.integers() | st.none()


def result(types: dict[str, str], rows: list[tuple[Cell, ...]]) -> QueryResult:
    columns = tuple(Column(name, kind) for name, kind in types.items())
    return QueryResult(columns, tuple(rows), False)


@pytest.mark.parametrize(
    ("types", "rows", "kind"),
    [
        ({"n": "BIGINT"}, [(7,)], "number"),
        ({"city": "VARCHAR", "n": "BIGINT"}, [("A", 1), ("B", 2)], "bar"),
        ({"year": "BIGINT", "n": "BIGINT"}, [(2024, 1), (2025, 2)], "bar"),
        ({"day": "DATE", "n": "DOUBLE"}, [(f"2025-01-0{d}", d) for d in range(1, 6)], "line"),
        ({"day": "DATE", "n": "DOUBLE"}, [("2025-01-02", 1), ("2025-01-01", 2)], "bar"),
        ({"a": "DOUBLE", "b": "DOUBLE"}, [(n, n * n) for n in range(9)], "scatter"),
        ({"a": "DOUBLE"}, [(n,) for n in range(30)], "histogram"),
        ({"city": "VARCHAR", "n": "BIGINT"}, [("A", 1), ("A", 2)], None),
        ({"a": "VARCHAR", "b": "VARCHAR"}, [("A", "B")], None),
        ({"a": "DOUBLE", "b": "DOUBLE", "c": "VARCHAR"}, [(1, 2, "x")], None),
        ({"a": "DOUBLE"}, [], None),
    ],
)
def test_the_types_of_a_result_say_which_picture(
    types: dict[str, str], rows: list[tuple[Cell, ...]], kind: str | None
) -> None:
    spec = chart_spec(None, result(types, rows))
    assert (spec or {}).get("type") == kind


def test_two_categories_are_one_bar_for_each_pair() -> None:
    types = {"city": "VARCHAR", "product": "VARCHAR", "n": "BIGINT"}
    chart = chart_of(None, result(types, [("Bonn", "Desk", 3), ("Bonn", None, 1)]))
    assert chart is not None
    assert [mark.label for mark in chart.marks] == ["Bonn, Desk", "Bonn, (empty)"]
    assert chart.title == "n by city and product"
    assert chart_of(None, result(types, [("Bonn", "Desk", 3), ("Bonn", "Desk", 1)])) is None


def test_what_the_plan_says_comes_first() -> None:
    said: dict[str, object] = {"type": "bar", "x": "day", "y": "n"}
    assert chart_spec(said, result({"day": "DATE", "n": "DOUBLE"}, [])) == said


def test_one_number_is_shown_as_people_write_it() -> None:
    chart = chart_of(None, result({"total amount": "DECIMAL(18,2)"}, [(1234567.5,)]))
    assert chart is not None
    assert (chart.kind, chart.marks[0].value) == ("number", "1,234,567.50")


def test_every_value_is_in_one_range_of_the_histogram() -> None:
    chart = chart_of(None, result({"a": "DOUBLE"}, [(n,) for n in range(101)]))
    assert chart is not None
    assert sum(int(mark.value) for mark in chart.marks) == 101
    assert (chart.marks[0].label, chart.ticks[-1].label) == ("0 to 12.50", "100")


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=5))
def test_every_dot_is_inside_the_picture(rows: list[tuple[Cell, ...]]) -> None:
    chart = chart_of(None, result({"a": "DOUBLE", "b": "DOUBLE"}, rows))
    for mark in chart.marks if chart else ():
        assert math.isfinite(mark.x) and 0 <= mark.x <= 100
        assert 0 <= mark.y <= LINE_HEIGHT


@given(st.lists(st.tuples(NUMBERS), min_size=12))
def test_every_bar_of_a_histogram_is_inside_the_picture(rows: list[tuple[Cell, ...]]) -> None:
    chart = chart_of(None, result({"a": "DOUBLE"}, rows))
    for mark in chart.marks if chart else ():
        assert 0 <= mark.x <= mark.x + mark.width <= 100.01
        assert 0 <= mark.y <= mark.y + mark.height <= LINE_HEIGHT

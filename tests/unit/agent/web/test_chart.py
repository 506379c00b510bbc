"""Marks of a chart: inside the picture, in proportion, and none where nothing can be drawn."""

from __future__ import annotations

import math

import pytest
from data_agent.values import Cell, Column, QueryResult
from data_agent.web.chart import MOST_BARS, chart_of
from data_agent.web.chart_marks import LINE_HEIGHT
from hypothesis import given
from hypothesis import strategies as st

COLUMNS = (Column("region", "VARCHAR"), Column("total", "DECIMAL(18,2)"))
BAR: dict[str, object] = {"type": "bar", "x": "region", "y": "total"}
LINE: dict[str, object] = {"type": "line", "x": "region", "y": "total"}


def result(*pairs: tuple[Cell, Cell]) -> QueryResult:
    return QueryResult(COLUMNS, tuple(pairs), False)


def test_bars_are_in_proportion_to_the_longest() -> None:
    chart = chart_of(BAR, result(("North", 50.0), ("South", 25.0), ("East", 0)))
    assert chart is not None and chart.kind == "bar"
    assert [(mark.label, mark.x, mark.width) for mark in chart.marks] == [
        ("North", 0, 100),
        ("South", 0, 50),
        ("East", 0, 0),
    ]
    assert chart.title == "total by region"


def test_bars_below_zero_begin_left_of_it() -> None:
    chart = chart_of(BAR, result(("A", -25.0), ("B", 75.0)))
    assert chart is not None
    assert [(mark.x, mark.width) for mark in chart.marks] == [(0, 25), (25, 75)]


def test_a_line_leaves_room_for_the_round_numbers_beside_it() -> None:
    months = result(("2025-01-01", 39589.56), ("2025-02-01", 112357.42), ("2025-03-01", 80000))
    chart = chart_of(LINE, months)
    assert chart is not None and chart.kind == "line"
    assert [mark.x for mark in chart.marks] == [12, 56, 100]
    assert [mark.label for mark in chart.marks] == ["2025-01", "2025-02", "2025-03"]
    assert [rule.label for rule in chart.rules] == ["0", "50,000", "100,000", "150,000"]


@pytest.mark.parametrize(
    ("spec", "rows"),
    [
        (None, result(("A", 1), ("A", 2))),
        ({"type": "number", "y": "total"}, result(("A", 1), ("B", 2))),
        (BAR, result()),
        (BAR, result(("A", 1))),
        (BAR, result(("A", None), ("B", None))),
        (BAR, result(("A", "NaN"), ("B", "Infinity"))),
    ],
)
def test_nothing_to_draw_is_no_chart(spec: dict[str, object] | None, rows: QueryResult) -> None:
    assert chart_of(spec, rows) is None


def test_what_has_no_place_is_counted() -> None:
    chart = chart_of(BAR, result(*((f"r{n}", n) for n in range(MOST_BARS + 5))))
    assert chart is not None
    assert (len(chart.marks), chart.left_out) == (MOST_BARS, 5)


@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True) | st.integers() | st.none()),
    st.sampled_from([BAR, LINE, None]),
)
def test_every_mark_is_inside_the_picture(
    values: list[float | None], spec: dict[str, object] | None
) -> None:
    chart = chart_of(spec, result(*((f"r{n}", value) for n, value in enumerate(values))))
    for mark in chart.marks if chart else ():
        assert math.isfinite(mark.x) and -0.01 <= mark.x <= 100.01
        assert mark.x + mark.width <= 100.02
        assert 0 <= mark.y <= (LINE_HEIGHT if chart and chart.kind == "line" else 10**6)

"""Several lines: one for each category, at most eight, with gaps where there is nothing."""

from __future__ import annotations

import re

import pytest
from data_agent.values import Cell, Column, QueryResult
from data_agent.web.chart import chart_of
from data_agent.web.chart_lines import MOST_LINES
from data_agent.web.chart_marks import Chart
from data_agent.web.render import STATIC
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.agent.web.test_contrast import contrast

COLUMNS = (Column("month", "DATE"), Column("city", "VARCHAR"), Column("total", "DOUBLE"))
SPEC: dict[str, object] = {"type": "line", "x": "month", "series": "city", "y": "total"}
CSS = (STATIC / "lines.css").read_text("utf-8")
SCHEMES = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
GROUNDS = re.findall(r":root \{(.*?)\}", (STATIC / "style.css").read_text("utf-8"), re.DOTALL)


def drawn(*rows: tuple[Cell, Cell, Cell]) -> Chart | None:
    return chart_of(SPEC, QueryResult(COLUMNS, rows, False))


def test_one_line_for_each_category_the_largest_first() -> None:
    chart = drawn(
        ("2025-01-01", "Bonn", 1.0), ("2025-01-01", "Ulm", 5.0),
        ("2025-02-01", "Bonn", 2.0), ("2025-02-01", "Ulm", 9.0),
    )  # fmt: skip
    assert chart is not None and chart.kind == "lines"
    assert [(line.name, line.number) for line in chart.lines] == [("Ulm", 1), ("Bonn", 2)]
    assert [(mark.label, mark.value, mark.x) for mark in chart.lines[1].marks] == [
        ("Bonn, 2025-01", "1", 12),
        ("Bonn, 2025-02", "2", 100),
    ]
    assert chart.title == "total by month and city" and chart.note == ""
    assert [tick.label for tick in chart.ticks] == ["2025-01", "2025-02"]


def test_a_month_without_a_number_is_a_gap() -> None:
    chart = drawn(
        *((f"2025-0{m}-01", "Ulm", 5.0) for m in range(1, 6)),
        *((f"2025-0{m}-01", "Bonn", 1.0) for m in (1, 2, 4, 5)),
        ("2025-03-01", "Bonn", None),
    )
    assert chart is not None
    assert [len(line.pieces) for line in chart.lines] == [1, 2]
    assert [len(line.marks) for line in chart.lines] == [5, 4]


def test_more_categories_than_lines_are_named() -> None:
    chart = drawn(
        *(
            (f"2025-0{m}-01", f"city {n:02}", float(n))
            for m in (1, 2)
            for n in range(MOST_LINES + 7)
        )
    )
    assert chart is not None and len(chart.lines) == MOST_LINES
    assert chart.note == (
        "Only in the table: city 06, city 05, city 04, city 03, city 02 and 2 more."
    )


def test_one_category_or_one_moment_is_no_chart_of_lines() -> None:
    assert drawn(("2025-01-01", "Ulm", 5.0), ("2025-02-01", "Ulm", 6.0)) is None
    assert drawn(("2025-01-01", "Ulm", 5.0), ("2025-01-01", "Bonn", 6.0)) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2025-01-01", "2025-02-01", None]),
            st.sampled_from(["Ulm", "Bonn", None]),
            st.floats() | st.none() | st.integers(),
        ),
        max_size=20,
    )
)
def test_every_mark_is_inside_the_picture(rows: list[tuple[Cell, Cell, Cell]]) -> None:
    chart = drawn(*rows)
    for mark in chart.marks if chart else ():
        assert -0.01 <= mark.x <= 100.01
        assert 0 <= mark.y <= chart.height if chart else True


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["bg", "surface"])
def test_lines_are_visible_on_what_they_are_drawn_on(scheme: int, ground: str) -> None:
    colours = dict(re.findall(r"--(line-\d): #([0-9a-f]{6})", SCHEMES[scheme]))
    under = dict(re.findall(r"--([\w-]+): #([0-9a-f]{6})", GROUNDS[scheme]))[ground]
    assert len(set(colours.values())) == MOST_LINES
    assert all(contrast(colour, under) >= 3 for colour in colours.values())


def test_lines_are_told_apart_without_colour() -> None:
    dashes = re.findall(r"stroke-dasharray: ([\d ]+);", CSS)
    assert len(set(dashes)) == len(dashes) == MOST_LINES - 1

"""Months, quarters, weeks and years are shown as such, other days as days. Pure."""

from __future__ import annotations

import pytest
from data_agent.values import Column, QueryResult
from data_agent.web.chart import chart_of
from data_agent.web.render import show_cell


@pytest.mark.parametrize(
    ("name", "cell", "shown"),
    [
        ("month", "2024-01-01", "2024-01"),
        ("quarter", "2024-01-01", "2024-Q1"),
        ("quarter", "2024-10-01", "2024-Q4"),
        ("week", "2024-01-15", "2024-W03"),
        ("week", "2024-12-30", "2025-W01"),
        ("year", "2024-01-01", "2024"),
        # no first day of such a period, another column, another type
        ("month", "2024-01-02", "2024-01-02"),
        ("quarter", "2024-02-01", "2024-02-01"),
        ("week", "2024-01-16", "2024-01-16"),
        ("year", "2024-07-01", "2024-07-01"),
        ("day", "2024-01-01", "2024-01-01"),
        ("sold", "2024-01-01", "2024-01-01"),
        ("month", "soon", "soon"),
    ],
)
def test_a_period_is_shown(name: str, cell: str, shown: str) -> None:
    assert show_cell(cell, Column(name, "DATE")) == shown
    assert show_cell(cell, Column(name, "VARCHAR")) == cell
    assert show_cell(cell) == cell


def test_a_chart_names_its_months() -> None:
    columns = (Column("month", "DATE"), Column("total", "BIGINT"))
    rows = (("2024-01-01", 1), ("2024-02-01", 2), ("2024-03-01", 4))
    spec = {"type": "line", "x": "month", "y": "total"}
    chart = chart_of(spec, QueryResult(columns, rows, truncated=False))
    assert chart is not None
    assert [mark.label for mark in chart.marks] == ["2024-01", "2024-02", "2024-03"]

"""Which marks a chart is made of. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from data_agent.values import QueryResult
from data_agent.web.chart_lines import lines
from data_agent.web.chart_marks import (
    GUTTER,
    LINE_HEIGHT,
    PLOT_HEIGHT,
    PLOT_TOP,
    Chart,
    Mark,
    Rule,
)
from data_agent.web.chart_plane import histogram, scatter
from data_agent.web.chart_rule import chart_spec
from data_agent.web.chart_scale import number_words, ticks, to_number
from data_agent.web.render import is_numeric, show_cell

DATE_AT_START = re.compile(r"\d{4}(-\d\d)?-01")
MOST_BARS = 40
MOST_POINTS = 400
EMPTY = "(empty)"
BAR_ROW = 46
Spec = dict[str, object]


def chart_of(said: Spec | None, result: QueryResult) -> Chart | None:
    """The chart of an answer, None when there is nothing to draw.

    `said`: its type (bar, line, scatter, histogram or number), and x and y as column names; None
    lets the types of the columns decide.
    """
    spec = chart_spec(said, result)
    chart = _drawn(spec, result) if spec else None
    if chart and result.truncated:
        return replace(chart, title=f"{chart.title}, in the first {len(result.rows):,} rows")
    return chart


def _drawn(spec: Spec, result: QueryResult) -> Chart | None:
    kind = spec["type"]
    if kind == "number":
        return _number(result, spec)
    if kind == "histogram":
        return _histogram(result, spec)
    if kind == "scatter":
        return _scatter(result, spec)
    return _named(str(kind), result, spec)


def _number(result: QueryResult, spec: Spec) -> Chart | None:
    """One value, large."""
    y = _column(spec.get("y"), result, numeric=True)
    if y is None or len(result.rows) != 1 or to_number(result.rows[0][y]) is None:
        return None
    column = result.columns[y]
    cell = result.rows[0][y]
    value = f"{cell:,}" if isinstance(cell, int) else show_cell(cell, column)
    return Chart("number", column.name, 0, (Mark(column.name, value, 0, 0),))


def _named(kind: str, result: QueryResult, spec: Spec) -> Chart | None:
    """Numbers with a name each: bars, or a line over time."""
    x = _column(spec.get("x"), result, numeric=False)
    y = _column(spec.get("y"), result, numeric=True)
    if x is None or y is None or x == y or len(result.rows) < 2:
        return None
    label = result.columns[x]
    names = [show_cell(row[x], label) for row in result.rows]
    z = next((i for i, c in enumerate(result.columns) if c.name == spec.get("series")), None)
    if z is not None and kind == "line":
        return _lines(result, (x, z, y))
    if z is not None:
        inner = result.columns[z]
        names = [
            f"{name}, {show_cell(row[z], inner) or EMPTY}"
            for name, row in zip(names, result.rows, strict=True)
        ]
    numbers = [(name, to_number(row[y])) for name, row in zip(names, result.rows, strict=True)]
    pairs = [(name, number) for name, number in numbers if number is not None]
    if len(pairs) < 2:
        return None
    by = f"{label.name} and {result.columns[z].name}" if z is not None else label.name
    title = f"{result.columns[y].name} by {by}"
    return _line(title, pairs) if kind == "line" else _bars(title, pairs)


def _lines(result: QueryResult, places: tuple[int, int, int]) -> Chart | None:
    """One line for each value of the second column, over the first."""
    x, z, y = places
    label, inner = result.columns[x], result.columns[z]
    points = [
        (show_cell(row[x], label) or EMPTY, show_cell(row[z], inner) or EMPTY, number)
        for row in result.rows
        if (number := to_number(row[y])) is not None
    ]
    moments = list(dict.fromkeys(when for when, _, _ in points))
    short = dict(zip(moments, _short_dates(moments), strict=True))
    title = f"{result.columns[y].name} by {label.name} and {inner.name}"
    return lines(title, [(short[when], name, number) for when, name, number in points])


def _scatter(result: QueryResult, spec: Spec) -> Chart | None:
    x = _column(spec.get("x"), result, numeric=True)
    y = _column(spec.get("y"), result, numeric=True)
    if x is None or y is None or x == y:
        return None
    across, down = result.columns[x], result.columns[y]
    pairs = [(to_number(row[x]), to_number(row[y])) for row in result.rows]
    return scatter(across.name, down.name, pairs)


def _histogram(result: QueryResult, spec: Spec) -> Chart | None:
    x = _column(spec.get("x"), result, numeric=True)
    if x is None:
        return None
    return histogram(result.columns[x].name, [to_number(row[x]) for row in result.rows])


def _bars(title: str, pairs: list[tuple[str, float]]) -> Chart:
    shown = pairs[:MOST_BARS]
    low, high = min(0.0, *(v for _, v in shown)), max(0.0, *(v for _, v in shown))
    span = (high - low) or 1.0
    marks = tuple(
        Mark(
            label=label or EMPTY,
            value=number_words(value),
            x=round((min(value, 0.0) - low) / span * 100, 3),
            y=index * BAR_ROW,
            width=round(abs(value) / span * 100, 3),
        )
        for index, (label, value) in enumerate(shown)
    )
    return Chart("bar", title, len(shown) * BAR_ROW, marks, left_out=len(pairs) - len(shown))


def _line(title: str, pairs: list[tuple[str, float]]) -> Chart:
    labels = _short_dates([label for label, _ in pairs[:MOST_POINTS]])
    shown = list(zip(labels, [value for _, value in pairs], strict=False))
    beside = ticks(min(v for _, v in shown), max(v for _, v in shown))
    low, span = beside[0], (beside[-1] - beside[0]) or 1.0

    def down(value: float) -> float:
        return round(PLOT_TOP + PLOT_HEIGHT * (1 - (value - low) / span), 2)

    across = (100 - GUTTER) / (len(shown) - 1)
    marks = tuple(
        Mark(label or EMPTY, number_words(value), round(GUTTER + index * across, 3), down(value))
        for index, (label, value) in enumerate(shown)
    )
    return Chart(
        "line",
        title,
        LINE_HEIGHT,
        marks,
        rules=tuple(Rule(down(tick), number_words(tick)) for tick in beside),
        points=" ".join(f"{mark.x},{mark.y}" for mark in marks),
        left_out=len(pairs) - len(shown),
    )


def _short_dates(labels: list[str]) -> list[str]:
    """2025-01 where every date is the first of a month, 2025 where it is the first of a year."""
    while labels and all(DATE_AT_START.fullmatch(label) for label in labels):
        labels = [label[:-3] for label in labels]
    return labels


def _column(name: object, result: QueryResult, *, numeric: bool) -> int | None:
    names = [column.name for column in result.columns]
    if isinstance(name, list) and name:
        name = name[0]
    if isinstance(name, str) and name in names:
        return names.index(name)
    fitting = (i for i, column in enumerate(result.columns) if is_numeric(column.type) == numeric)
    return next(fitting, None)

"""Which marks a chart is made of, as plain numbers for the template. Pure.

Positions across are percentages, so that a chart fits every width and its text never shrinks;
positions down are pixels.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from data_agent.values import Cell, QueryResult
from data_agent.web.render import is_numeric, show_cell

DATE_AT_START = re.compile(r"\d{4}(-\d\d)?-01")
MOST_BARS = 40
MOST_POINTS = 400
LARGEST, SMALLEST = 1e300, 1e-300  # beyond them a float has no room left to calculate with
BAR_ROW = 46
PLOT_TOP, PLOT_HEIGHT, LINE_HEIGHT = 16, 200, 250


@dataclass(frozen=True)
class Mark:
    """A bar (x and width in percent) or a point (x in percent); y in pixels."""

    label: str
    value: str
    x: float
    y: float
    width: float = 0.0


@dataclass(frozen=True)
class Rule:
    """A horizontal line of the grid, and what it stands for."""

    y: float
    label: str


@dataclass(frozen=True)
class Chart:
    """A drawn chart. `left_out` counts marks that there was no place for."""

    kind: str
    title: str
    height: int
    marks: tuple[Mark, ...]
    rules: tuple[Rule, ...] = ()
    points: str = ""
    left_out: int = 0


def chart_of(spec: dict[str, object] | None, result: QueryResult) -> Chart | None:
    """The chart that the answer asks for, None when it asks for none or nothing can be drawn.

    `spec` says type (bar, line or number), and x and y as column names.
    """
    if not spec or spec.get("type") not in ("bar", "line") or len(result.rows) < 2:
        return None
    x, y = (
        _column(spec.get("x"), result, numeric=False),
        _column(spec.get("y"), result, numeric=True),
    )
    if x is None or y is None or x == y:
        return None
    label = result.columns[x]
    numbers = [(show_cell(row[x], label), _to_number(row[y])) for row in result.rows]
    pairs = [(name, number) for name, number in numbers if number is not None]
    if len(pairs) < 2:
        return None
    title = f"{result.columns[y].name} by {result.columns[x].name}"
    return _line(title, pairs) if spec["type"] == "line" else _bars(title, pairs)


def _bars(title: str, pairs: list[tuple[str, float]]) -> Chart:
    shown = pairs[:MOST_BARS]
    low, high = min(0.0, *(v for _, v in shown)), max(0.0, *(v for _, v in shown))
    span = (high - low) or 1.0
    marks = tuple(
        Mark(
            label=label or "(empty)",
            value=_number(value),
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
    ticks = _ticks(min(v for _, v in shown), max(v for _, v in shown))
    low, span = ticks[0], (ticks[-1] - ticks[0]) or 1.0

    def down(value: float) -> float:
        return round(PLOT_TOP + PLOT_HEIGHT * (1 - (value - low) / span), 2)

    across = 100 / (len(shown) - 1)
    marks = tuple(
        Mark(label or "(empty)", _number(value), round(index * across, 3), down(value))
        for index, (label, value) in enumerate(shown)
    )
    return Chart(
        "line",
        title,
        LINE_HEIGHT,
        marks,
        rules=tuple(Rule(down(tick), _number(tick)) for tick in ticks),
        points=" ".join(f"{mark.x},{mark.y}" for mark in marks),
        left_out=len(pairs) - len(shown),
    )


def _short_dates(labels: list[str]) -> list[str]:
    """2025-01 where every date is the first of a month, 2025 where it is the first of a year."""
    while labels and all(DATE_AT_START.fullmatch(label) for label in labels):
        labels = [label[:-3] for label in labels]
    return labels


def _ticks(low: float, high: float) -> list[float]:
    """Four to seven round numbers from at or below `low` to at or above `high`; zero where near."""
    if low > 0 and low < high * 0.6:
        low = 0.0
    rough = max(high - low or abs(high) or 1.0, SMALLEST) / 4
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(index * step, 10) for index in range(first, max(last, first + 1) + 1)]


def _column(name: object, result: QueryResult, *, numeric: bool) -> int | None:
    names = [column.name for column in result.columns]
    if isinstance(name, list) and name:
        name = name[0]
    if isinstance(name, str) and name in names:
        return names.index(name)
    fitting = (i for i, column in enumerate(result.columns) if is_numeric(column.type) == numeric)
    return next(fitting, None)


def _to_number(cell: Cell) -> float | None:
    """Also of a text, as which a long DECIMAL comes."""
    if isinstance(cell, bool) or cell is None:
        return None
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if abs(number) < LARGEST else None  # never true of NaN


def _number(value: float) -> str:
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"

"""Charts whose both sides are numbers: points in a plane, and how often values occur. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from data_agent.web.chart_marks import (
    GUTTER,
    LINE_HEIGHT,
    PLOT_HEIGHT,
    PLOT_TOP,
    Chart,
    Mark,
    Rule,
    Tick,
)
from data_agent.web.chart_scale import number_words, ticks

MOST_DOTS = 1000
LEAST_BINS, MOST_BINS = 5, 24
Numbers = Sequence[float | None]


def scatter(
    across: str, down: str, pairs: Sequence[tuple[float | None, float | None]]
) -> Chart | None:
    """A dot for each row that has both numbers; None with fewer than two."""
    points = [(x, y) for x, y in pairs if x is not None and y is not None]
    shown = points[:MOST_DOTS]
    if len(shown) < 2:
        return None
    beside = ticks(min(y for _, y in shown), max(y for _, y in shown))
    under = ticks(min(x for x, _ in shown), max(x for x, _ in shown))
    place_x, place_y = _across(under), _down(beside)
    marks = tuple(
        Mark(f"{across} {number_words(x)}", f"{down} {number_words(y)}", place_x(x), place_y(y))
        for x, y in shown
    )
    return Chart(
        "scatter",
        f"{down} against {across}",
        LINE_HEIGHT,
        marks,
        rules=tuple(Rule(place_y(tick), number_words(tick)) for tick in beside),
        ticks=tuple(Tick(place_x(tick), number_words(tick)) for tick in (under[0], under[-1])),
        left_out=len(points) - len(shown),
    )


def histogram(name: str, values: Numbers) -> Chart | None:
    """How many values lie in each of a few ranges of the same width; None when all are the same."""
    numbers = [value for value in values if value is not None]
    if len(numbers) < 2 or min(numbers) == max(numbers):
        return None
    edges = _edges(min(numbers), max(numbers), len(numbers))
    if edges[0] >= edges[-1]:
        return None  # so near to each other that no round number lies between
    counts = _counts(numbers, edges)
    beside = ticks(0.0, float(max(counts)))
    place = _down(beside)
    width = (100 - GUTTER) / len(counts)
    marks = tuple(
        Mark(
            label=f"{number_words(low)} to {number_words(high)}",
            value=f"{count:,}",
            x=round(GUTTER + index * width + width * 0.04, 3),
            y=place(count),
            width=round(width * 0.92, 3),
            height=round(PLOT_TOP + PLOT_HEIGHT - place(count), 2),
        )
        for index, (low, high, count) in enumerate(zip(edges, edges[1:], counts, strict=False))
    )
    return Chart(
        "histogram",
        f"how often each {name} occurs",
        LINE_HEIGHT,
        marks,
        rules=tuple(Rule(place(tick), number_words(tick)) for tick in beside),
        ticks=(Tick(GUTTER, number_words(edges[0])), Tick(100, number_words(edges[-1]))),
    )


def _edges(low: float, high: float, count: int) -> list[float]:
    """Ranges between round numbers, about as many as the square root of how many values there are
    says (the usual rule of thumb), within bounds."""
    wanted = min(max(math.isqrt(count), LEAST_BINS), MOST_BINS)
    marks = ticks(low, high)
    first, last = _around(marks, low, high)
    pieces = max(1, round(wanted / max(1, last - first)))
    edges = []
    for index in range(first, last):
        step = (marks[index + 1] - marks[index]) / pieces
        edges += [marks[index] + step * piece for piece in range(pieces)]
    return [*edges, marks[last]]


def _around(marks: Sequence[float], low: float, high: float) -> tuple[int, int]:
    """The places of the last mark at or below `low` and the first at or above `high`."""
    below = [index for index, mark in enumerate(marks[:-1]) if mark <= low]
    above = [index for index, mark in enumerate(marks) if mark >= high]
    first = below[-1] if below else 0
    return first, max(above[0] if above else len(marks) - 1, first + 1)


def _counts(numbers: Sequence[float], edges: Sequence[float]) -> list[int]:
    """The last range has its upper edge in it, every other one has not."""
    counts = [0] * (len(edges) - 1)
    span = (edges[-1] - edges[0]) or 1.0
    for number in numbers:
        place = int((number - edges[0]) / span * len(counts))
        counts[min(max(place, 0), len(counts) - 1)] += 1
    return counts


def _across(marks: Sequence[float]) -> Callable[[float], float]:
    low, span = marks[0], (marks[-1] - marks[0]) or 1.0
    return lambda value: round(GUTTER + (98 - GUTTER) * (value - low) / span, 3)


def _down(marks: Sequence[float]) -> Callable[[float], float]:
    low, span = marks[0], (marks[-1] - marks[0]) or 1.0
    return lambda value: round(PLOT_TOP + PLOT_HEIGHT * (1 - (value - low) / span), 2)

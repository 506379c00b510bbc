"""Several lines over one time axis, one for each category. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from data_agent.web.chart_marks import (
    GUTTER,
    LINE_HEIGHT,
    PLOT_HEIGHT,
    PLOT_TOP,
    Chart,
    Line,
    Mark,
    Rule,
    Tick,
)
from data_agent.web.chart_scale import number_words, ticks

MOST_LINES = 8  # as many as can be told apart
MOST_NAMED = 5  # of those without a line
MOST_POINTS = 400
Point = tuple[str, str, float]  # when, category, number


def lines(title: str, points: Sequence[Point]) -> Chart | None:
    """The categories with the most, each as a line; the others are named in the chart's note.

    Where a category has no number the line has a gap. None with fewer than two moments or
    categories: then it is no chart of several lines.
    """
    moments = list(dict.fromkeys(when for when, _, _ in points))[:MOST_POINTS]
    by_name = _by_name(points, set(moments))
    if len(moments) < 2 or len(by_name) < 2:
        return None
    ranked = sorted(by_name, key=lambda name: -sum(map(abs, by_name[name].values())))
    shown, rest = ranked[:MOST_LINES], ranked[MOST_LINES:]
    numbers = [value for name in shown for value in by_name[name].values()]
    beside = ticks(min(numbers), max(numbers))
    low, span = beside[0], (beside[-1] - beside[0]) or 1.0

    def down(value: float) -> float:
        return round(PLOT_TOP + PLOT_HEIGHT * (1 - (value - low) / span), 2)

    step = (100 - GUTTER) / (len(moments) - 1)
    across = {when: round(GUTTER + n * step, 3) for n, when in enumerate(moments)}
    drawn = tuple(
        Line(name, number, _pieces(marks, moments), tuple(marks.values()))
        for number, name in enumerate(shown, start=1)
        if (marks := _marks(name, by_name[name], across, down))
    )
    return Chart(
        "lines",
        title,
        LINE_HEIGHT,
        tuple(mark for line in drawn for mark in line.marks),
        rules=tuple(Rule(down(tick), number_words(tick)) for tick in beside),
        ticks=(Tick(GUTTER, moments[0]), Tick(100, moments[-1])),
        lines=drawn,
        note=_note(rest),
    )


def _by_name(points: Sequence[Point], moments: set[str]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for when, name, value in points:
        if when in moments:
            found.setdefault(name, {})[when] = value
    return found


def _marks(
    name: str,
    values: Mapping[str, float],
    across: Mapping[str, float],
    down: Callable[[float], float],
) -> dict[str, Mark]:
    return {
        when: Mark(f"{name}, {when}", number_words(values[when]), x, down(values[when]))
        for when, x in across.items()
        if when in values
    }


def _pieces(marks: Mapping[str, Mark], moments: Sequence[str]) -> tuple[str, ...]:
    """The stretches without a gap, as points of a polyline."""
    pieces: list[list[str]] = [[]]
    for when in moments:
        if when in marks:
            pieces[-1].append(f"{marks[when].x},{marks[when].y}")
        elif pieces[-1]:
            pieces.append([])
    return tuple(" ".join(piece) for piece in pieces if len(piece) > 1)


def _note(rest: Sequence[str]) -> str:
    if not rest:
        return ""
    more = f" and {len(rest) - MOST_NAMED:,} more" if len(rest) > MOST_NAMED else ""
    return f"Only in the table: {', '.join(rest[:MOST_NAMED])}{more}."

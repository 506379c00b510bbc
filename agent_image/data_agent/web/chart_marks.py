"""What a chart is made of, as plain numbers for the template.

Positions across are percentages, so that a chart fits every width and its text never shrinks;
positions down are pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

PLOT_TOP, PLOT_HEIGHT, LINE_HEIGHT = 16, 200, 250
GUTTER = 12.0  # percent, left of the marks: the numbers beside the picture stand there


@dataclass(frozen=True)
class Mark:
    """A bar (x and width in percent) or a point (x in percent); y and height in pixels."""

    label: str
    value: str
    x: float
    y: float
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True)
class Rule:
    """A horizontal line of the grid, and what it stands for."""

    y: float
    label: str


@dataclass(frozen=True)
class Tick:
    """A number under the picture, at x percent."""

    x: float
    label: str


@dataclass(frozen=True)
class Line:
    """One of several lines: its name, its number from 1 on (which is its colour and its dashes),
    and the points of its stretches without a gap."""

    name: str
    number: int
    pieces: tuple[str, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Chart:
    """A drawn chart: bar, line, lines, scatter, histogram or number. `left_out` counts marks that
    there was no place for; `note` says in words what is not in the picture."""

    kind: str
    title: str
    height: int
    marks: tuple[Mark, ...]
    rules: tuple[Rule, ...] = ()
    points: str = ""
    left_out: int = 0
    ticks: tuple[Tick, ...] = ()
    lines: tuple[Line, ...] = ()
    note: str = ""

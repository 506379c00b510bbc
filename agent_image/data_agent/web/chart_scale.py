"""Round numbers beside a chart, and cells as numbers that a chart can be made of. Pure."""

from __future__ import annotations

import math

from data_agent.values import Cell

LARGEST, SMALLEST = 1e300, 1e-300  # beyond them a float has no room left to calculate with


def ticks(low: float, high: float) -> list[float]:
    """Four to seven round numbers from at or below `low` to at or above `high`; zero where near."""
    if low > 0 and low < high * 0.6:
        low = 0.0
    rough = max(high - low or abs(high) or 1.0, SMALLEST) / 4
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if m * magnitude >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(index * step, 10) for index in range(first, max(last, first + 1) + 1)]


def to_number(cell: Cell) -> float | None:
    """Also of a text, as which a long DECIMAL comes."""
    if isinstance(cell, bool) or cell is None:
        return None
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if abs(number) < LARGEST else None  # never true of NaN


def number_words(value: float) -> str:
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4g}"

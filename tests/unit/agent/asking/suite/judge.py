"""Is an answer right? Its rows must hold what plain Python computed, whatever stands beside it."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any, Literal

from data_agent.values import Answer, Declined

from tests.unit.agent.asking.suite.plain import DECLINED, Listed

Verdict = Literal["right", "wrong", "declined", "rightly declined", "should have been declined"]


def judge(expected: Any, answer: Answer | Declined) -> Verdict:
    if isinstance(answer, Declined):
        return "rightly declined" if expected is DECLINED else "declined"
    if expected is DECLINED:
        return "should have been declined"
    return "right" if is_right(expected, answer) else "wrong"


def is_right(expected: Any, answer: Answer) -> bool:
    rows = [tuple(plain(cell) for cell in row) for row in answer.result.rows]
    if isinstance(expected, Listed):
        return {str(row[0]) for row in answer.result.rows} == expected.keys
    if expected == "histogram":
        return is_histogram(rows)
    wanted = expected if isinstance(expected, list) else [(expected,)]
    if len(rows) != len(wanted):
        return False
    left = list(rows)
    for pair in wanted:
        cells = [plain(cell) for cell in pair]
        found = next((row for row in left if holds(row, cells)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def holds(row: tuple[Any, ...], cells: list[Any]) -> bool:
    """Whether each of these cells stands in the row, each place taken once."""
    left = list(row)
    for cell in cells:
        place = next((i for i, other in enumerate(left) if same(cell, other)), None)
        if place is None:
            return False
        left.pop(place)
    return True


def is_histogram(rows: list[tuple[Any, ...]]) -> bool:
    """Ranges that touch or leave gaps of whole ranges, of one width, with a number of rows each."""
    widths = {round(row[1] - row[0], 9) for row in rows}
    starts = [row[0] for row in rows]
    return len(rows) > 3 and len(widths) == 1 and starts == sorted(starts)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other)


def plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return float(value)
    return value

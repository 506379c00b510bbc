"""Is an answer one of the right ones? Further columns may stand beside what was asked for."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from data_agent.values import Answer, Declined

from tests.questions_blind.questions import Rows, Truth
from tests.unit.agent.asking.suite.judge import Verdict, plain

MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.0+)?")
ROUNDED = 0.005000001  # to cents or hundredths, as answers may be


def judge(truth: Truth, answer: Answer | Declined) -> Verdict:
    if isinstance(answer, Declined):
        return "rightly declined" if truth.question.declined else "declined"
    rows = [tuple(map(_cell, row)) for row in answer.result.rows]
    if any(_same_rows(truth.question.shape, reading, rows) for reading in truth.readings):
        return "right"
    return "should have been declined" if truth.question.declined else "wrong"


def _same_rows(shape: str, reading: Rows, rows: Rows) -> bool:
    if shape == "histogram":
        return _is_histogram(rows) and sum(row[2] for row in rows) == reading[0][0]
    wanted = [tuple(map(_cell, row)) for row in reading]
    if _matches(wanted, rows):
        return True
    return len(wanted[0]) > 1 and _matches(_named(wanted), _named(rows))


def _is_histogram(rows: Rows) -> bool:
    """From, to, how many: ranges of one width in order, however many are left of them."""
    widths = {round(row[1] - row[0], 9) for row in rows}
    return len(widths) == 1 and rows == sorted(rows)


def _named(rows: Rows) -> Rows:
    """Without the groups that have no name: people want them or not."""
    return [row for row in rows if None not in row]


def _matches(wanted: Rows, rows: Rows) -> bool:
    """Whether each wanted row stands in a row of the answer, and none is left over."""
    if len(wanted) != len(rows):
        return False
    left = list(rows)
    for cells in wanted:
        found = next((row for row in left if _holds(row, cells)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _holds(row: Iterable[Any], cells: Iterable[Any]) -> bool:
    left = list(row)
    for cell in cells:
        place = next((i for i, other in enumerate(left) if _same(cell, other)), None)
        if place is None:
            return False
        left.pop(place)
    return True


def _same(wanted: Any, other: Any) -> bool:
    if isinstance(wanted, float) and isinstance(other, float):
        return math.isclose(wanted, other, rel_tol=1e-9, abs_tol=1e-9) or (
            other == round(other, 2) and abs(wanted - other) <= ROUNDED
        )
    return bool(wanted == other)


def _cell(value: Any) -> Any:
    """Numbers as floats, days and moments as ISO text, text in small letters."""
    if isinstance(value, dt.datetime):
        value = value.isoformat(" ")
    value = plain(value) if not isinstance(value, Decimal) else float(value)
    if isinstance(value, str):
        moment = MOMENT.fullmatch(value)
        if moment:
            value = moment[1] if moment[2] == "00:00:00" else f"{moment[1]} {moment[2]}"
        return value.strip().lower()
    return value

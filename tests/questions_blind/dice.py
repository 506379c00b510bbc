"""What the makers of messy tables share: dates, money as people write it, lines of text."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from random import Random

FIRST = dt.date(2024, 1, 2)
LAST = dt.date(2025, 11, 11)  # questions are asked the day after, on a Wednesday


def day(dice: Random, first: dt.date = FIRST, last: dt.date = LAST) -> dt.date:
    return first + dt.timedelta(days=dice.randrange((last - first).days + 1))


def moment(dice: Random, opens: int, closes: int) -> dt.datetime:
    """A minute of any day between two hours; exports carry no time zone."""
    return dt.datetime.combine(
        day(dice), dt.time(dice.randrange(opens, closes), dice.randrange(60))
    )


def cents(dice: Random, low: float, high: float) -> Decimal:
    return Decimal(dice.randrange(int(low * 100), int(high * 100))) / 100


def german(amount: Decimal) -> str:
    """1.234,56"""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def lines(rows: Iterable[Sequence[object]], delimiter: str = ",", quote_all: bool = False) -> str:
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n", quoting=quoting).writerows(rows)
    return text.getvalue()

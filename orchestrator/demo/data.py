"""Data sets as values, and what their generators share. Pure: the same bytes at every run."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SEED = 20261101
FIRST_DAY = date(2024, 1, 1)
LAST_DAY = date(2026, 10, 31)

Cell = str | int | float | date | None
Row = Sequence[Cell]


@dataclass(frozen=True)
class DataSet:
    """One CSV file to be: `sales_orders.csv` becomes the table sales_orders."""

    name: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def as_csv(self) -> bytes:
        """RFC 4180 with a header; what is unknown is an empty field."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(self.header)
        writer.writerows(self.rows)
        return text.getvalue().encode()


def source(name: str) -> random.Random:
    """Randomness of its own for each data set, so that one can change and the others stay."""
    return random.Random(f"{SEED}:{name}")  # noqa: S311 - invented data, no secret


def day(pick: random.Random, first: date = FIRST_DAY, last: date = LAST_DAY) -> date:
    """Any day of the period, later ones a little more likely: the business grows."""
    share = max(pick.random(), pick.random() * 0.9)
    return first + timedelta(days=round(share * (last - first).days))


def maybe(pick: random.Random, chance: float, value: Cell) -> Cell:
    """The value, or nothing with this chance."""
    return None if pick.random() < chance else value


def money(amount: float) -> str:
    """Two decimals, as shops export it."""
    return f"{amount:.2f}"

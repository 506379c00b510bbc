"""Tables as they should not be, from fixed seeds; cells are texts, empty ones are empty."""

from __future__ import annotations

import datetime as dt
from random import Random

Cells = list[dict[str, str]]
START = dt.date(2023, 11, 28)


def tables() -> dict[str, Cells]:
    """Name and rows of each; every row has the same columns."""
    return {
        "no_time": _rows(1, 80, ("city", "amount", "note")),
        "no_measure": _rows(2, 60, ("city", "day", "note")),
        "only_texts": _rows(3, 40, ("note", "city")),
        "one_row": _rows(4, 1, ("order_id", "city", "amount", "day")),
        "two_rows": _rows(5, 2, ("order_id", "city", "amount", "day")),
        "empty_columns": [{**row, "nothing": "", "more": ""} for row in _rows(6, 50, ALL)],
        "wide": [
            {f"c{n:03}": (str(n + at) if n % 3 or at % 7 else "") for n in range(200)}
            for at in range(30)
        ],
        "huge": [
            {**row, "amount": str(9 * 10**17 + at)} for at, row in enumerate(_rows(7, 40, ALL))
        ],
        "negative": [
            {**row, "amount": f"-{row['amount']}" if at % 2 else row["amount"]}
            for at, row in enumerate(_rows(8, 70, ALL))
        ],
        "currencies": [
            {**row, "currency": ("EUR", "USD")[at % 2]} for at, row in enumerate(_rows(9, 70, ALL))
        ],
        "rates": _rows(10, 60, ("city", "unit_price", "rating", "day")),
        "repeated": [*(rows := _rows(11, 45, ALL)), *rows[:6], rows[0]],
        "repeated_ids": [
            {**row, "order_id": str(at // 2)} for at, row in enumerate(_rows(12, 60, ALL))
        ],
        "tied": [{"city": ("Ulm", "Bonn", "Köln")[at % 3], "amount": "5"} for at in range(30)],
        "gaps": _rows(13, 60, ALL, step=40),
        "half_empty": [
            {**row, "city": "" if at % 2 else row["city"], "day": "" if at % 3 else row["day"]}
            for at, row in enumerate(_rows(14, 60, ALL))
        ],
        "constant": [{"city": "Ulm", "amount": "5", "day": "2024-01-01"} for _ in range(20)],
    }  # fmt: skip


ALL = ("order_id", "city", "amount", "day", "note")


def _rows(seed: int, count: int, columns: tuple[str, ...], step: int = 6) -> Cells:
    dice = Random(seed)
    made = []
    for at in range(count):
        cells = {
            "order_id": str(at + 1),
            "city": dice.choice(("Ulm", "Bonn", "Köln", "Hamm", "Werl", "Soest", "Trier")),
            "amount": f"{dice.randrange(100, 99_999) / 100:.2f}",
            "unit_price": f"{dice.randrange(100, 9_999) / 100:.2f}",
            "rating": str(dice.randint(1, 5)),
            "day": (START + dt.timedelta(days=at * step + dice.randrange(3))).isoformat(),
            "note": f"note {dice.randrange(10**6)}" if dice.random() < 0.7 else "",
        }
        made.append({name: cells[name] for name in columns})
    return made

"""Little tables as plain Python rows; the suite computes from these what DuckDB must answer."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
CITIES = ("Cologne", "Berlin", "Hamburg", "New York")
PRODUCTS = ("Laptop", "Phone", "Desk Lamp", "Chair")
SEGMENTS = ("Retail", "Wholesale")


def _orders() -> list[Row]:
    rows = []
    for n in range(120):
        quantity, price = n * 7 % 9 + 1, Decimal(n * 13 % 50 * 100 + 995) / 100
        rows.append(
            {
                "order_id": 1000 + n,
                "order_date": dt.date(2023, 11, 1) + dt.timedelta(days=n * 4),
                "customer": f"Customer {n * 5 % 17:02d}",
                "city": CITIES[n * 3 % 4 if n % 5 else n % 4],
                "segment": SEGMENTS[n % 7 % 2],
                "product": PRODUCTS[n * n % 4 if n % 3 else n % 4],
                "quantity": quantity,
                "price": price,
                "revenue": quantity * price,
                "email": f"c{n * 5 % 17}@example.com" if n % 6 else None,
            }
        )
    return rows


def _employees() -> list[Row]:
    departments = ("Sales", "Engineering", "Support", "Marketing")
    return [
        {
            "Employee Name": f"{('Ann', 'Bob', 'Cem', 'Dora', 'Eve')[n % 5]} {chr(65 + n % 26)}.",
            "Department": departments[n * n % 4 if n % 2 else n % 4],
            "Country": ("Germany", "France", "Spain")[n % 3],
            "Salary": 30_000 + n * 977 % 50_000,
            "Age": 22 + n * 7 % 40,
            "Start Date": dt.date(2015, 1, 15) + dt.timedelta(days=n * 83),
            "Manager": f"Boss {n % 4}" if n % 9 else None,
        }
        for n in range(45)
    ]


def _weather() -> list[Row]:
    return [
        {
            "station": ("North", "South", "East")[n % 3],
            "measured_at": dt.date(2024, 1, 1) + dt.timedelta(days=n // 3),
            "temperature": Decimal(n * 17 % 300 - 80) / 10,
            "rainfall": Decimal(n * 11 % 120) / 10,
        }
        for n in range(180)
    ]


def _tickets() -> list[Row]:
    return [
        {
            "ticket": f"T-{n:03d}",
            "status": ("open", "closed", "waiting")[n * 3 % 7 % 3],
            "priority": ("high", "normal", "low")[n % 3],
            "created": dt.date(2024, 1, 1) + dt.timedelta(days=n * 2),
            "resolved": dt.date(2024, 1, 5) + dt.timedelta(days=n * 2) if n % 4 else None,
            "hours": n * 5 % 13,
        }
        for n in range(60)
    ]


def _population() -> list[Row]:
    return [
        {"country": country, "year": year, "population": 1_000_000 * (k + 3) + year * 1000}
        for k, country in enumerate(("Germany", "France", "Italy", "Poland"))
        for year in range(2018, 2024)
    ]


TABLES: dict[str, list[Row]] = {
    "orders": _orders(),
    "employees": _employees(),
    "weather": _weather(),
    "tickets": _tickets(),
    "population": _population(),
}


def as_csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()

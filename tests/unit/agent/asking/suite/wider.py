"""Columns against columns, "or", what is left out, sets, spans of time, hours, two side by side."""

from __future__ import annotations

from typing import Any

from tests.unit.agent.asking.suite.plain import (
    DECLINED,
    Listed,
    about,
    count,
    during,
    largest,
    mean,
    over,
    per,
    total,
    where,
)
from tests.unit.agent.asking.suite.tables import WORLD
from tests.unit.agent.asking.tables import Row

ALL, C, P, STOCK, T = (
    WORLD[name] for name in ("orders", "customers", "products", "inventory", "tickets")
)
E, V, B, F, W = (
    WORLD[name] for name in ("employees", "visits", "transactions", "flights", "expenses")
)
REVENUE, SPENT = over(total, "revenue"), over(total, "Amount")
Y24 = during(ALL, "order_date", "2024-01-01", "2024-12-31")
LOW = [row for row in STOCK if row["units_on_hand"] < row["reorder_level"]]
OUT = [row for row in B if row["Amount"] < 0]


def with_any(rows: list[Row], member: str, **wanted: Any) -> set[Any]:
    """The members that have such a row."""
    return {row[member] for row in where(rows, **wanted)}


def lacking(rows: list[Row], member: str, **wanted: Any) -> list[tuple[Any, ...]]:
    """The members of all rows that have no such row."""
    left = {row[member] for row in rows} - with_any(rows, member, **wanted)
    return [(name,) for name in sorted(left)]


def beside(one: tuple[str, Any], other: tuple[str, Any]) -> list[tuple[Any, ...]]:
    """Two groups, each with what it is more than the other and that in per cent."""
    return [
        (name, value, float(value) - float(against),
         (float(value) - float(against)) / abs(float(against)) * 100)
        for (name, value), (_, against) in ((one, other), (other, one))
    ]  # fmt: skip


def in_city(city: str) -> tuple[str, Any]:
    return city, total(where(ALL, city=city), "revenue")


SIDE_BY_SIDE = [
    *about("orders", [
        ("compare the revenue of Cologne with Berlin",
         beside(in_city("Cologne"), in_city("Berlin"))),
        ("difference in revenue between Cologne and Berlin",
         beside(in_city("Cologne"), in_city("Berlin"))),
        ("difference between Cologne and Berlin", DECLINED),
        ("difference in revenue between Cologne, Berlin and Munich", DECLINED),
        ("which city has more orders, Cologne or Berlin?",
         [(c, len(where(ALL, city=c))) for c in ("Cologne", "Berlin")]),  # both that were named
        ("which channel has the higher revenue, Online or Store",
         [(c, total(where(ALL, channel=c), "revenue")) for c in ("Online", "Store")]),
        ("which city has more orders", DECLINED),
        ("more orders in Cologne than in Berlin", DECLINED),
        ("difference between revenue and unit price", DECLINED),
    ]),
]  # fmt: skip

COLUMNS = about("inventory", [
    ("rows with units on hand below reorder level", Listed.of(LOW)),
    ("how many rows where units on hand is less than reorder level", len(LOW)),
    ("total units on hand where units on hand >= reorder level",
     total([r for r in STOCK if r not in LOW], "units_on_hand")),
    ("units on hand below reorder level or unit cost over 18",
     Listed.of(r for r in STOCK if r in LOW or r["unit_cost"] > 18)),
    ("units on hand below reorder level in North",
     Listed.of(r for r in LOW if r["warehouse"] == "North")),
    ("warehouses with units on hand below reorder level", DECLINED),
    ("units on hand below reorder level times unit cost", DECLINED),
    ("below reorder level or above", DECLINED),
])  # fmt: skip

ANY_OF = about("tickets", [
    ("tickets with priority urgent or status open", Listed.of(
        r for r in T if r["priority"] == "urgent" or r["status"] == "open")),
    ("how many tickets are urgent or open",
     sum(r["priority"] == "urgent" or r["status"] == "open" for r in T)),
    ("tickets in 2025 with priority urgent or status open", Listed.of(
        r for r in during(T, "created_at", "2025-01-01", "2025-12-31")
        if r["priority"] == "urgent" or r["status"] == "open")),
    ("tickets with topic billing or topic login by assignee",
     per(where(T, topic=lambda t: t in {"billing", "login"}), "assignee", count)),
    ("tickets of Mia with priority urgent or status open", DECLINED),
    ("tickets with priority urgent or status open and topic login", DECLINED),
    ("tickets with priority urgent or not open", DECLINED),
    ("tickets urgent or", DECLINED),
    ("share of tickets urgent or open", DECLINED),
    ("how many tickets are neither open nor urgent",
     sum(r["status"] != "open" and r["priority"] != "urgent" for r in T)),
    ("how many tickets of neither Mia nor Noah",
     len(where(T, assignee=lambda a: a not in {"Mia", "Noah"}))),
    ("tickets neither open", DECLINED),
    ("tickets nor open", DECLINED),
    ("how many tickets with satisfaction 4 or more",
     len(where(T, satisfaction=lambda s: s is not None and s >= 4))),
    ("tickets with 2 or less satisfaction",
     Listed.of(where(T, satisfaction=lambda s: s is not None and s <= 2))),
    ("tickets with 2 or less", DECLINED),
    ("tickets per hour of the day", per(T, lambda r: r["created_at"].hour, count)),
    ("busiest hour", largest(per(T, lambda r: r["created_at"].hour, count))),
    ("tickets in the last 24 hours", DECLINED),
    ("average tickets per hour", DECLINED),
    ("assignees with 55 or more tickets",
     [pair for pair in per(T, "assignee", count) if pair[1] >= 55]),
])  # fmt: skip

LEFT_OUT = about("orders", [
    ("revenue except Sundays",
     total([r for r in ALL if r["order_date"].isoweekday() != 7], "revenue")),
    ("how many orders not in March or April",
     sum(r["order_date"].month not in {3, 4} for r in ALL)),
    ("revenue by city excluding 2025", per(Y24, "city", REVENUE)),
    ("how many orders not since March", DECLINED),
    ("orders per hour", DECLINED),
])  # fmt: skip

SETS = [
    *about("expenses", [
        ("which vendors never had software", lacking(W, "Vendor", Category="Software")),
        ("employees that never bought from Hilton", lacking(W, "Employee", Vendor="Hilton")),
        ("which employees never bought from Hilton in August 2025",
         sorted((name,) for name in {r["Employee"] for r in W} - with_any(
             during(W, "Date", "2025-08-01", "2025-08-31"), "Employee", Vendor="Hilton"))),
        ("how many employees never bought from Hilton in August 2025",
         len({r["Employee"] for r in W} - with_any(
             during(W, "Date", "2025-08-01", "2025-08-31"), "Employee", Vendor="Hilton"))),
        ("employees without Hilton or Uber or Meals", DECLINED),
        ("employees with no hotel and no software", DECLINED),
    ]),
    *about("flights", [
        ("airlines without flights in May 2030",
         sorted((name,) for name in {r["airline"] for r in F})),
        ("destinations in FRA but not from LHR", DECLINED),
        ]),
    *about("customers orders products", [
        ("customers who never bought in Cologne", DECLINED),
        ("how many customers have no orders in 2025", len(C) - len(
            {r["customer_id"] for r in during(ALL, "order_date", "2025-01-01", "2025-12-31")})),
    ]),
]  # fmt: skip

OTHERS = [
    *about("employees", [
        ("how many employees older than 50", len(where(E, age=lambda a: a > 50))),
        ("average salary of employees younger than 30",
         mean(where(E, age=lambda a: a < 30), "salary")),
        ("employees older than 50 days", DECLINED),
        ("employees older than Ann", DECLINED),
        ("employees heavier than 50", DECLINED),
    ]),
    *about("transactions", [
        ("total expenses", total(OUT, "Amount")),
        ("3 biggest expenses", Listed.of(sorted(OUT, key=lambda r: r["Amount"])[:3])),
        ("expenses by payee", per(OUT, "Payee", SPENT)),
        ("total income", total(where(B, Amount=lambda a: a > 0), "Amount")),
        ("income and expenses", DECLINED),
    ]),
    *about("visits", [
        ("visits by hour", per(V, lambda r: r["visited_at"].hour, count)),
        ("visits longer than 1000", Listed.of(where(V, duration_seconds=lambda s: s > 1000))),
        ("visits longer than 2 hours", DECLINED),
        ("hours by device", DECLINED),
    ]),
]  # fmt: skip

QUESTIONS = [*SIDE_BY_SIDE, *COLUMNS, *ANY_OF, *LEFT_OUT, *SETS, *OTHERS]

"""Calculations, what is not there, adjectives, lists of periods and words that must not be lost."""

from __future__ import annotations

from typing import Any

from tests.unit.agent.asking.suite.plain import (
    DECLINED,
    Listed,
    about,
    count,
    distinct,
    during,
    largest,
    median,
    month,
    over,
    per,
    smallest,
    total,
    where,
)  # fmt: skip
from tests.unit.agent.asking.suite.tables import WORLD
from tests.unit.agent.asking.tables import Row

ALL, C, P = WORLD["orders"], WORLD["customers"], WORLD["products"]
E, F, V = WORLD["employees"], WORLD["flights"], WORLD["visits"]
W, STOCK = WORLD["expenses"], WORLD["inventory"]
BUYERS, SOLD = {row["customer_id"] for row in ALL}, {row["product_id"] for row in ALL}
IDLE = [row for row in C if row["id"] not in BUYERS]
WITH_COUPON = [row for row in ALL if row["coupon"] is not None]
Y24, Y25 = (
    during(ALL, "order_date", "2024-01-01", "2024-12-31"),
    during(ALL, "order_date", "2025-01-01", "2025-12-31"),
)


REVENUE = over(total, "revenue")


def product(rows: list[Row]) -> Any:
    return sum(row["unit_price"] * row["quantity"] for row in rows)


def worth(rows: list[Row]) -> Any:
    return sum(row["unit_cost"] * row["units_on_hand"] for row in rows)


def each(rows: list[Row]) -> float:
    return float(total(rows, "revenue")) / len(rows)


def unit(rows: list[Row]) -> float:
    return float(total(rows, "revenue")) / float(total(rows, "quantity"))


def on_days(*days: int) -> list[Row]:
    return [row for row in ALL if row["order_date"].isoweekday() in days]


def in_months(*months: int) -> list[Row]:
    return [row for row in ALL if row["order_date"].month in months]


CALCULATED = about("orders", [
    ("revenue per order", each(ALL)),
    ("average revenue per order by city", per(ALL, "city", each)),
    ("which city has the highest revenue per order", largest(per(ALL, "city", each))),
    ("unit price times quantity", product(ALL)),
    ("unit price * quantity by channel", per(ALL, "channel", product)),
    ("average unit price times quantity", float(product(ALL)) / len(ALL)),
    ("top 2 cities by unit price times quantity", largest(per(ALL, "city", product), 2)),
    ("revenue divided by quantity", unit(ALL)),
    ("revenue / quantity by month", per(ALL, month("order_date"), unit)),
    ("ratio of revenue to quantity in Cologne", unit(where(ALL, city="Cologne"))),
    ("average number of orders per customer", len(ALL) / distinct(ALL, "customer_id")),
    ("orders divided by number of customers", len(ALL) / distinct(ALL, "customer_id")),
    ("average orders per month",
     len(ALL) / len({row["order_date"].replace(day=1) for row in ALL})),
    ("total revenue per different month",
     float(total(ALL, "revenue")) / len({row["order_date"].replace(day=1) for row in ALL})),
    ("worth = unit price times quantity", product(ALL)),
    ("average monthly revenue", DECLINED),
    ("revenue per quantity", DECLINED),
    ("revenue minus unit price", DECLINED),
    ("orders with unit price times quantity over 100", DECLINED),
    ("revenue times 2", DECLINED),
    ("highest revenue per order", DECLINED),
])  # fmt: skip

LISTS = about("orders", [
    ("revenue in 2024 and 2025", total([*Y24, *Y25], "revenue")),
    ("how many orders in March or May", len(in_months(3, 5))),
    ("how many orders in Q1 and Q3 2024",
     len([r for r in Y24 if r["order_date"].month in (1, 2, 3, 7, 8, 9)])),
    ("how many orders on Mondays", len(on_days(1))),
    ("revenue on weekends", total(on_days(6, 7), "revenue")),
    ("orders on Saturday and Sunday", Listed.of(on_days(6, 7))),
    ("how many orders with quantity of 5 or 6", len(where(ALL, quantity=lambda q: q in (5, 6)))),
    ("orders with quantity 5 to 7", Listed.of(where(ALL, quantity=lambda q: 5 <= q <= 7))),
    ("how many orders with quantity ≥ 8", len(where(ALL, quantity=lambda q: q >= 8))),
    ("how many orders with quantity not over 3", len(where(ALL, quantity=lambda q: q <= 3))),
    ("how many orders have a coupon", len(WITH_COUPON)),
    ("revenue of orders with a coupon", total(WITH_COUPON, "revenue")),
    ("revenue in all cities but Cologne",
     DECLINED),
    ("busiest month", largest(per(ALL, month("order_date"), count))),
    ("most popular channel", largest(per(ALL, "channel", count))),
    ("best selling city", largest(per(ALL, "city", over(total, "quantity")))),
    ("orders in Cologne or with quantity over 5", Listed.of(
        row for row in ALL if row["city"] == "Cologne" or row["quantity"] > 5)),
    ("orders in Cologne or Online", Listed.of(
        row for row in ALL if row["city"] == "Cologne" or row["channel"] == "Online")),
    ("top 3 cities and bottom 3 cities by revenue", DECLINED),
    ("revenue by month and by year", DECLINED),
    ("distribution and outliers of revenue", DECLINED),
    ("average of highest revenue", DECLINED),
    ("average of total revenue per city", DECLINED),
    ("average orders and revenue by city", DECLINED),
    ("revenue by city for each month sorted by city", DECLINED),
    ("top 2 cities per channel by revenue",
     [(city, channel, value) for channel in ("Online", "Phone", "Store")
      for city, value in largest(per(where(ALL, channel=channel), "city", REVENUE), 2)]),
    ("which city has the highest revenue in each channel",
     [(city, channel, value) for channel in ("Online", "Phone", "Store")
      for city, value in largest(per(where(ALL, channel=channel), "city", REVENUE))]),
    ("top city per year by revenue",
     [(city, day, value) for day, rows in ((Y24[0]["order_date"].replace(month=1, day=1), Y24),
                                           (Y25[0]["order_date"].replace(month=1, day=1), Y25))
      for city, value in largest(per(rows, "city", REVENUE))]),
    ("top 2 cities per channel by share of revenue", DECLINED),
    ("revenue not in 2024", total([row for row in ALL if row not in Y24], "revenue")),
    ("revenue in 2024 except March",
     total([row for row in Y24 if row["order_date"].month != 3], "revenue")),
    ("orders with the same customer", DECLINED),
    ("most expensive order", DECLINED),
    ("orders in 2024 for Cologne and in 2025 too", DECLINED),
])  # fmt: skip

ABSENT = about("customers orders products", [
    ("customers without orders", Listed.of(IDLE)),
    ("how many customers have no orders", len(IDLE)),
    ("customers that never ordered", Listed.of(IDLE)),
    ("how many customers in Germany without orders", len(where(IDLE, country="Germany"))),
    ("how many customers with orders", len(C) - len(IDLE)),
    ("products without orders", Listed.of(r for r in P if r["id"] not in SOLD)),
    ("customers without orders in 2024",
     Listed.of(r for r in C if r["id"] not in {order["customer_id"] for order in Y24})),
    ("average orders per customer", len(ALL) / distinct(ALL, "customer_id")),
])  # fmt: skip

ADJECTIVES = [
    *about("products", [
        ("cheapest product", Listed.of(smallest([(r, r["list_price"]) for r in P])[0][:1])),
        ("3 most expensive products",
         Listed.of(row for row, _ in largest([(r, r["list_price"]) for r in P], 3))),
    ]),
    *about("visits", [
        ("2 shortest visits", Listed.of(sorted(V, key=lambda row: row["duration_seconds"])[:2])),
    ]),
    *about("employees", [
        ("best paid employee", Listed.of([max(E, key=lambda row: row["salary"])])),
        ("median salary in Paris", median(where(E, office="Paris"), "salary")),
    ]),
    *about("expenses", [
        ("approved expenses", Listed.of(where(W, Approved="Yes"))),
        ("how many approved expenses", len(where(W, Approved="Yes"))),
    ]),
    *about("flights", [
        ("which airline is the busiest", largest(per(F, "airline", count))),
    ]),
    *about("inventory", [
        ("most expensive item", Listed.of(
            row for row, _ in largest([(r, r["unit_cost"]) for r in STOCK]))),
        ("unit cost times units on hand by warehouse",
         per(STOCK, "warehouse", worth)),
    ]),
]  # fmt: skip

QUESTIONS = [*CALCULATED, *LISTS, *ABSENT, *ADJECTIVES]

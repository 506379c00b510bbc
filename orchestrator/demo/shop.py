"""customer-a: a shop for household goods. Five files that belong together by their ids."""

from __future__ import annotations

import math
from datetime import date, timedelta

from orchestrator.demo.data import LAST_DAY, Cell, DataSet, Row, day, maybe, money, source
from orchestrator.demo.words import FINISHES, GOODS, city, mail_address, person

CUSTOMERS, PRODUCTS, ORDERS, TICKETS = 400, 198, 1800, 700
SEGMENTS = ("private", "business", "reseller")
CHANNELS = ("search", "direct", "newsletter", "social", "ads")
STATUSES = ("delivered", "shipped", "returned", "cancelled")
TOPICS = {
    "delivery": ("Where is my parcel?", "Parcel arrived damaged", "Wrong address, please change"),
    "product": ("Is this dishwasher safe?", 'Is that "Sage" or grey?', "One leg wobbles"),
    "payment": ("Invoice missing", "Charged twice, please check", "Voucher does not work"),
    "return": ("How do I return this?", "Refund, when?", "Return label please"),
    "other": ("Do you ship to Norway?", "Opening hours", "Thank you, great lamp!"),
}  # fmt: skip


def data_sets() -> tuple[DataSet, ...]:
    """All five."""
    products = _products()
    return (_sales_orders(products), _customers(), products, _support_tickets(), _website_visits())


def _customers() -> DataSet:
    pick = source("customers")
    rows: list[Row] = []
    for number in range(1, CUSTOMERS + 1):
        name, (town, country) = person(pick), city(pick)
        segment = pick.choices(SEGMENTS, (8, 3, 1))[0]
        # Exports of real shops look like this: some blanks around names, some words in capitals.
        shown = f"{name} " if pick.random() < 0.02 else name
        place = town.upper() if pick.random() < 0.015 else town
        mail = maybe(pick, 0.06, mail_address(name, number))
        since, consent = day(pick), pick.choices(("yes", "no", None), (6, 3, 1))[0]
        rows.append((_customer(number), shown, mail, place, country, segment, since, consent))
    header = (
        "customer_id", "name", "email", "city", "country", "segment", "customer_since",
        "newsletter",
    )  # fmt: skip
    return DataSet("customers", header, tuple(rows))


def _products() -> DataSet:
    pick = source("products")
    rows: list[Row] = []
    for number in range(1, PRODUCTS + 1):
        category, name, price, share = GOODS[(number - 1) % len(GOODS)]
        finish = FINISHES[(number - 1) // len(GOODS) % len(FINISHES)]
        listed = price * pick.choice((0.9, 1.0, 1.0, 1.15, 1.3))
        weight = maybe(pick, 0.05, f"{pick.uniform(0.2, 14):.1f}")
        launched = day(pick, date(2021, 3, 1), date(2026, 5, 31))
        active = "no" if pick.random() < 0.08 else "yes"
        cost = money(listed * share)
        rows.append(
            (
                _product(number),
                f"{name}, {finish}",
                category,
                money(listed),
                cost,
                weight,
                launched,
                active,
            )
        )
    header = (
        "product_id", "product", "category", "list_price", "unit_cost", "weight_kg", "launched_on",
        "active",
    )  # fmt: skip
    return DataSet("products", header, tuple(rows))


def _sales_orders(products: DataSet) -> DataSet:
    pick = source("sales_orders")
    rows: list[Row] = []
    for number, ordered in enumerate(sorted(_days(ORDERS)), start=1):
        product = products.rows[min(int(pick.expovariate(1 / 45)), PRODUCTS - 1)]
        quantity = pick.choices((1, 2, 3, 4, 6, 12), (50, 24, 10, 8, 6, 2))[0]
        discount = pick.choices((0, 5, 10, 20), (70, 12, 13, 5))[0]
        amount = quantity * float(str(product[3])) * (1 - discount / 100)
        status = pick.choices(STATUSES, (86, 5, 6, 3))[0]
        delivered = ordered + timedelta(days=pick.choice((1, 2, 2, 3, 3, 4, 5, 9)))
        came = maybe(pick, 0.02, delivered) if status in ("delivered", "returned") else None
        town, country = city(pick)
        rows.append(
            (
                f"O-{10000 + number}", ordered, _customer(pick.randint(1, CUSTOMERS)), product[0],
                product[2], town, country, quantity, product[3], discount, money(amount), status,
                came,
            )
        )  # fmt: skip
    header = (
        "order_id", "order_date", "customer_id", "product_id", "category", "city", "country",
        "quantity", "unit_price", "discount_percent", "revenue", "status", "delivered_on",
    )  # fmt: skip
    return DataSet("sales_orders", header, tuple(rows))


def _days(count: int) -> list[date]:
    """Order days: growth over the years, and November and December stand out."""
    pick = source("order days")
    days: list[date] = []
    while len(days) < count:
        one = day(pick)
        if one.month in (11, 12) or pick.random() < 0.6:
            days.append(one)
    return days


def _support_tickets() -> DataSet:
    pick = source("support_tickets")
    rows: list[Row] = []
    for number in range(1, TICKETS + 1):
        topic = pick.choices(list(TOPICS), (9, 6, 4, 6, 3))[0]
        opened = day(pick)
        still_open = opened > LAST_DAY - timedelta(days=20) and pick.random() < 0.5
        hours = round(pick.lognormvariate(2.6, 0.9), 1)
        rating: Cell = pick.choices((1, 2, 3, 4, 5, None), (5, 6, 13, 28, 30, 18))[0]
        status = "open" if still_open else "closed"
        ended: tuple[Cell, Cell] = (None, None) if still_open else (hours, rating)
        subject = pick.choice(TOPICS[topic])
        if pick.random() < 0.01:
            subject += "\nSecond try, please answer!"
        who, priority = (
            _customer(pick.randint(1, CUSTOMERS)),
            pick.choices(("low", "normal", "high"), (3, 6, 2))[0],
        )
        rows.append((f"T-{number:04}", opened, who, topic, subject, priority, status, *ended))
    header = (
        "ticket_id", "opened_on", "customer_id", "topic", "subject", "priority", "status",
        "hours_to_close", "rating",
    )  # fmt: skip
    return DataSet("support_tickets", header, tuple(rows))


def _website_visits() -> DataSet:
    """Since 2026, one row per day and channel; the newsletter is sent on Tuesdays."""
    pick = source("website_visits")
    rows: list[Row] = []
    first = date(2026, 1, 1)
    for offset in range((LAST_DAY - first).days + 1):
        one = first + timedelta(days=offset)
        for channel, usual in zip(CHANNELS, (420, 260, 60, 150, 190), strict=True):
            season = 1 + 0.25 * math.sin(offset / 58) + (0.15 if one.weekday() >= 5 else 0)
            sent = 6 if channel == "newsletter" and one.weekday() == 1 else 1
            visits = round(usual * season * sent * pick.uniform(0.75, 1.25))
            orders = round(visits * pick.uniform(0.008, 0.03))
            cost = money(visits * pick.uniform(0.2, 0.45)) if channel == "ads" else None
            bounces = maybe(pick, 0.01, f"{pick.uniform(28, 61):.1f}")
            rows.append((one, channel, visits, orders, bounces, cost))
    header = ("visit_date", "channel", "visits", "orders", "bounce_rate_percent", "ad_cost")
    return DataSet("website_visits", header, tuple(rows))


def _customer(number: int) -> str:
    return f"C-{1000 + number}"


def _product(number: int) -> str:
    return f"P-{100 + number}"

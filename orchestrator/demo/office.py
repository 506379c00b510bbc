"""customer-b: a service firm with a store room. Two files."""

from __future__ import annotations

from datetime import date, timedelta

from orchestrator.demo.data import LAST_DAY, DataSet, Row, day, maybe, money, source
from orchestrator.demo.words import person

EXPENSES, STOCK = 1200, 320
# Category, suppliers, usual amount.
COSTS = {
    "Travel": (("Nordbahn", "Skyline Air", "City Cabs", "Hotel Lindenhof"), 210.0),
    "Software": (("Cloudberry", "Penpoint", "Ledgerly"), 95.0),
    "Office": (("Papyrus & Co.", "Kaffeewerk", "Bright Light Ltd."), 48.0),
    "Training": (("Summit Academy", "Lingua Franca"), 420.0),
    "Marketing": (("Posterity", "Fairground Events"), 640.0),
    "Hardware": (("Circuit House", "Monitor & More"), 510.0),
}
DEPARTMENTS = ("Sales", "Engineering", "Operations", "Finance", "People")
PAYMENTS = ("company card", "bank transfer", "private, refunded")
# Item, unit, usual price.
ITEMS = (
    ("Copper Cable 3x1.5", "m", 1.9), ("Junction Box", "pc", 3.4), ("LED Panel 60x60", "pc", 38.0),
    ("Circuit Breaker 16 A", "pc", 11.5), ("Cable Duct 40 mm", "m", 4.2),
    ("Wall Socket", "pc", 6.8), ("Motion Sensor", "pc", 27.0), ("Thermostat", "pc", 49.0),
    ("Patch Cable 2 m", "pc", 3.1), ("Server Rack 12 HU", "pc", 240.0),
    ("Smoke Detector", "pc", 18.9), ("Heat Pump Filter", "pc", 33.0),
)  # fmt: skip
PLACES = ("Main store", "Van 1", "Van 2", "Site Harbour", "Site Northgate")


def data_sets() -> tuple[DataSet, ...]:
    """Both."""
    return (_expenses(), _inventory())


def _expenses() -> DataSet:
    pick = source("expenses")
    people = [(person(pick), pick.choice(DEPARTMENTS)) for _ in range(34)]
    rows: list[Row] = []
    for number, spent in enumerate(sorted(day(pick) for _ in range(EXPENSES)), start=1):
        name, department = pick.choice(people)
        category = pick.choices(list(COSTS), (9, 7, 8, 2, 2, 3))[0]
        suppliers, usual = COSTS[category]
        net = usual * pick.lognormvariate(0, 0.6)
        vat = pick.choice((0, 7, 19, 19, 19))
        approved = pick.choices(("approved", "pending", "rejected"), (90, 7, 3))[0]
        late = spent > LAST_DAY - timedelta(days=30)
        rows.append(
            (
                f"E-{number:05}", spent, name, maybe(pick, 0.01, department), category,
                maybe(pick, 0.03, pick.choice(suppliers)), money(net), vat,
                money(net * (1 + vat / 100)), pick.choices(PAYMENTS, (6, 3, 2))[0],
                "pending" if late and pick.random() < 0.4 else approved,
            )
        )  # fmt: skip
    header = (
        "expense_id", "spent_on", "employee", "department", "category", "supplier", "net_amount",
        "vat_percent", "gross_amount", "payment", "status",
    )  # fmt: skip
    return DataSet("expenses", header, tuple(rows))


def _inventory() -> DataSet:
    pick = source("inventory")
    rows: list[Row] = []
    for number in range(1, STOCK + 1):
        item, unit, price = ITEMS[(number - 1) % len(ITEMS)]
        size = pick.choice(("", "", " (white)", " (black)", " - old stock"))
        minimum = pick.choice((5, 10, 20, 50))
        on_hand = max(
            0, round(minimum * pick.lognormvariate(0.5, 0.8)) - (3 if number % 9 == 0 else 0)
        )
        counted = maybe(pick, 0.08, day(pick, date(2026, 1, 5), LAST_DAY))
        rows.append(
            (
                f"SKU-{2000 + number}", item + size, pick.choice(PLACES), unit, on_hand, minimum,
                money(price * pick.uniform(0.85, 1.2)), counted,
            )
        )  # fmt: skip
    header = (
        "sku", "item", "location", "unit", "on_hand", "minimum", "unit_price", "last_counted",
    )  # fmt: skip
    return DataSet("inventory", header, tuple(rows))

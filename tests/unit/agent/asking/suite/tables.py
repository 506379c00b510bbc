"""Twelve tables such as a shop, an office or a sensor makes, from fixed seeds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from tests.unit.agent.asking.tables import Row

TODAY = dt.date(2025, 10, 16)  # what "today" is for every question; the data ends the day before
FIRST = dt.date(2024, 1, 1)
CITIES = ("Cologne", "Berlin", "Hamburg", "Munich", "Leipzig")


def _money(dice: Random, low: int, high: int) -> Decimal:
    return Decimal(dice.randint(low * 100, high * 100)) / 100


def _day(dice: Random) -> dt.date:
    return FIRST + dt.timedelta(days=dice.randrange((TODAY - FIRST).days))


def _moment(dice: Random) -> dt.datetime:
    return dt.datetime.combine(_day(dice), dt.time(dice.randrange(24), dice.randrange(60), 7))  # noqa: DTZ


def _customers() -> list[Row]:
    dice = Random(1)
    first = ("Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Hans")
    last = ("Meyer", "Smith", "Rossi", "Dubois", "Novak")
    return [
        {
            "id": n + 1,
            "name": f"{first[n % 8]} {last[n // 8]}",
            "country": dice.choice(("Germany", "France", "Italy", "Austria")),
            "segment": dice.choice(("Consumer", "Business", "Public")),
            "signup_date": _day(dice),
            "email": f"user{n}@example.com" if dice.random() > 0.15 else None,
        }
        for n in range(40)
    ]


def _products() -> list[Row]:
    dice = Random(2)
    names = "Desk Lamp,Office Chair,Notebook,Pen Set,Monitor,Keyboard,Mouse,Webcam,Headset,Backpack"
    kinds = "Furniture,Furniture,Stationery,Stationery,Electronics,Electronics,Electronics"
    categories = [*kinds.split(","), "Electronics", "Electronics", "Accessories"]
    return [
        {
            "id": 100 + n,
            "product_name": name,
            "category": categories[n],
            "list_price": _money(dice, 5, 400),
            "stock": dice.randrange(0, 300),
        }
        for n, name in enumerate(names.split(","))
    ]


def _orders() -> list[Row]:
    dice = Random(3)
    rows = []
    for n in range(400):
        quantity, price = dice.randint(1, 9), _money(dice, 5, 400)
        rows.append(
            {
                "order_id": 50_000 + n,
                "order_date": _day(dice),
                "customer_id": dice.randint(1, 38),
                "product_id": 100 + min(9, int(dice.random() ** 1.5 * 10)),
                "city": CITIES[int(dice.random() ** 1.3 * 5)],
                "channel": dice.choice(("Online", "Store", "Phone")),
                "quantity": quantity,
                "unit_price": price,
                "revenue": quantity * price,
                "coupon": dice.choice(("SPRING", "WELCOME")) if dice.random() < 0.2 else None,
            }
        )
    return rows


def _tickets() -> list[Row]:
    dice = Random(4)
    rows = []
    for n in range(220):
        created = _moment(dice)
        status = dice.choice(("open", "closed", "closed", "waiting"))
        rows.append(
            {
                "ticket_id": f"T-{n + 1:04d}",
                "created_at": created,
                "status": status,
                "priority": dice.choice(("low", "normal", "high", "urgent")),
                "assignee": dice.choice(("Mia", "Noah", "Olga", "Paul")),
                "topic": dice.choice(("billing", "login", "shipping", "bug report")),
                "resolution_hours": dice.randint(1, 90) if status == "closed" else None,
                "satisfaction": dice.randint(1, 5) if dice.random() < 0.6 else None,
            }
        )
    return rows


def _expenses() -> list[Row]:
    dice = Random(5)
    return [
        {
            "Date": _day(dice),
            "Employee": dice.choice(("Ida Berg", "Jon Falk", "Kim Lund", "Lea Holm")),
            "Category": dice.choice(("Travel", "Meals", "Software", "Hotel", "Office Supplies")),
            "Vendor": dice.choice(("Lufthansa", "Uber", "Amazon", "Hilton", "Adobe", "Cafe Lux")),
            "Amount": _money(dice, 4, 900),
            "Approved": dice.choice(("Yes", "Yes", "No")),
        }
        for _ in range(180)
    ]


def _inventory() -> list[Row]:
    dice = Random(6)
    return [
        {
            "sku": f"SKU{n:03d}",
            "item": f"{('Bolt', 'Nut', 'Washer', 'Screw', 'Hinge')[n % 5]} M{n % 7 + 2}",
            "warehouse": ("North", "South", "East")[n % 3],
            "units_on_hand": dice.randrange(0, 500) if n != 11 else 9000,
            "reorder_level": dice.randrange(20, 120),
            "unit_cost": _money(dice, 1, 20),
            "last_counted": _day(dice),
        }
        for n in range(90)
    ]


def _transactions() -> list[Row]:
    dice = Random(7)
    rows, balance = [], Decimal("5000.00")
    days = sorted(_day(dice) for _ in range(250))
    for n, day in enumerate(days):
        kind = dice.choice(("Card", "Transfer", "Direct Debit", "Salary"))
        amount = _money(dice, 2000, 3000) if kind == "Salary" else -_money(dice, 3, 600)
        balance += amount
        payee = {"Salary": "ACME Ltd"}.get(kind) or dice.choice(
            ("Rewe", "Shell", "Netflix", "IKEA")
        )
        rows.append(
            {
                "Booking Date": day,
                "Payee": payee,
                "Type": kind,
                "Amount": amount,
                "Balance": balance,
                "Reference": f"R{n // 2:05d}" if n % 50 == 1 else f"R{n:05d}",
            }
        )
    return rows


def _visits() -> list[Row]:
    dice = Random(8)
    return [
        {
            "session": f"s{n:05d}",
            "visited_at": _moment(dice),
            "landing_page": dice.choice(("/home", "/pricing", "/blog", "/docs")),
            "device": dice.choice(("mobile", "desktop", "desktop", "tablet")),
            "source": dice.choice(("google", "newsletter", "direct", "partner")),
            "page_views": dice.randint(1, 12),
            "duration_seconds": dice.randint(3, 1200),
        }
        for n in range(300)
    ]


def _readings() -> list[Row]:
    dice = Random(9)
    rows = []
    for n in range(360):
        warm = dice.gauss(18, 5) if n != 77 else 99.0
        rows.append(
            {
                "sensor": f"sensor-{n % 4 + 1}",
                "measured_on": dt.date(2025, 7, 17) + dt.timedelta(days=n // 4),
                "temperature": round(warm, 1),
                "humidity": round(90 - warm * 1.5 + dice.gauss(0, 3), 1) if n % 30 else None,
                "battery_voltage": round(3.6 - n / 1000 + dice.random() / 50, 3),
            }
        )
    return rows


def _employees() -> list[Row]:
    dice = Random(10)
    titles = {"Sales": "Account Manager", "Engineering": "Developer", "HR": "Recruiter",
              "Finance": "Accountant"}  # fmt: skip
    rows = []
    for n in range(64):
        department = dice.choice(tuple(titles))
        rows.append(
            {
                "employee_id": 700 + n,
                "full_name": f"{('Ann', 'Bob', 'Cem', 'Dora')[n % 4]} {chr(65 + n % 26)}{n}",
                "department": department,
                "job_title": titles[department] if dice.random() < 0.8 else "Team Lead",
                "gender": dice.choice(("female", "male")),
                "salary": dice.randrange(32_000, 98_000, 500),
                "age": dice.randint(21, 64),
                "hire_date": dt.date(2012, 1, 1) + dt.timedelta(days=dice.randrange(5000)),
                "office": dice.choice(("London", "Paris", "Madrid")),
            }
        )
    return rows


def _population() -> list[Row]:
    lands = {"Germany": ("Europe", 83), "France": ("Europe", 67), "Japan": ("Asia", 125),
             "India": ("Asia", 1390), "Brazil": ("South America", 213), "Kenya": ("Africa", 53),
             "Egypt": ("Africa", 105)}  # fmt: skip
    return [
        {
            "country": country,
            "continent": continent,
            "year": year,
            "population": millions * 1_000_000 + (year - 2020) * millions * 9_000,
            "births": millions * 11_000 - (year - 2020) * 700,
        }
        for country, (continent, millions) in lands.items()
        for year in range(2018, 2025)
    ]


def _flights() -> list[Row]:
    dice = Random(11)
    ports = ("FRA", "LHR", "CDG", "JFK", "MAD")
    rows = []
    for n in range(260):
        origin, destination = dice.sample(ports, 2)
        rows.append(
            {
                "flight": f"{('LH', 'BA', 'AF')[n % 3]}{100 + n}",
                "airline": ("Lufthansa", "British Airways", "Air France")[n % 3],
                "origin": origin,
                "destination": destination,
                "departure": _moment(dice),
                "delay_minutes": max(0, int(dice.gauss(12, 25))),
                "passengers": dice.randint(40, 220),
                "distance_km": dice.randint(300, 6200),
                "status": dice.choice(("landed", "landed", "landed", "cancelled")),
            }
        )
    return rows


WORLD: dict[str, list[Row]] = {
    "orders": _orders(),
    "customers": _customers(),
    "products": _products(),
    "tickets": _tickets(),
    "expenses": _expenses(),
    "inventory": _inventory(),
    "transactions": _transactions(),
    "visits": _visits(),
    "readings": _readings(),
    "employees": _employees(),
    "population": _population(),
    "flights": _flights(),
}

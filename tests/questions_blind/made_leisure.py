"""A gym's member list, as a spreadsheet saves Unicode text, and an American host's bookings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from tests.questions_blind.dice import LAST, cents, day, german, lines

FEES = {"Basic": "24.90", "Premium": "39.90", "Student": "19.90", "Family": "69.00"}
FIRST_NAMES = "Ayse Ben Carlos Diana Erik Fatima Georg Hanna Igor Julia Karim Laura Mehmet".split()
LAST_NAMES = "Adler Brandt Cohen Diaz Engel Fuchs Graf Herzog Iwanow Jansen Kruse".split()
CHANNELS = ("Airbnb", "Booking.com", "Direct", "Vrbo")
RATINGS = ("5.0", "4.5", "5.0", "4.0", "3.5", "2.0")
HOMES = {
    "Lakeside Cabin": ("Lake Tahoe", 240), "Pine Lodge": ("Lake Tahoe", 310),
    "Downtown Loft": ("Denver", 165), "Garden Studio": ("Denver", 110),
    "Beach House": ("San Diego", 395), "Harbor View": ("San Diego", 275),
    "Desert Casita": ("Tucson", 130),
}  # fmt: skip


def gym_members() -> bytes:
    dice = Random(107)
    rows: list[tuple] = []
    for number in range(380):
        plan = dice.choices(tuple(FEES), (45, 30, 18, 7))[0]
        joined = day(dice, dt.date(2021, 1, 4))
        left = joined + dt.timedelta(days=dice.randrange(30, 1200))
        rows.append((
            20001 + number, dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES),
            dice.choice(("female", "male", "female", "male", "F", "")),
            dice.randrange(16, 74) if dice.random() > 0.04 else "",
            plan if dice.random() > 0.03 else plan.lower(), f"{german(Decimal(FEES[plan]))} €",
            dice.choices(("Mitte", "Nord", "Westpark"), (50, 30, 20))[0], f"{joined:%d.%m.%Y}",
            f"{left:%d.%m.%Y}" if left <= LAST and dice.random() < 0.6 else "",
            int(dice.expovariate(1 / 38)) if dice.random() > 0.08 else "",
            dice.choice(("Sven", "Olga", "", "", "", "Tarek")),
        ))  # fmt: skip
    rows[144] = (*rows[144][:4], 199, *rows[144][5:])  # nobody is that old
    rows.insert(90, rows[89])
    head = ("Member ID", "First name", "Last name", "Gender", "Age", "Membership", "Monthly fee",
            "Studio", "Joined", "Cancelled on", "Visits 2025", "Trainer")  # fmt: skip
    return lines([head, *rows], "\t").encode("utf-16")


def rentals() -> bytes:
    dice = Random(108)
    rows: list[tuple] = []
    for number in range(610):
        home = dice.choice(tuple(HOMES))
        city, price = HOMES[home]
        arrives, nights = day(dice), dice.choice((1, 2, 2, 3, 3, 4, 5, 7, 14))
        booked = arrives - dt.timedelta(days=int(dice.expovariate(1 / 40)))
        rate = cents(dice, price * 0.8, price * 1.5)
        status = dice.choices(("Completed", "Canceled", "No-show"), (84, 13, 3))[0]
        rating = (
            dice.choice(("5.0", "4.5", "5.0", "4.0", "3.5", "2.0")) if dice.random() < 0.5 else ""
        )
        rows.append((
            f"BR{5000 + number}", home, city, dice.choice(CHANNELS),
            status, dice.choices((1, 2, 3, 4, 6, 8), (12, 40, 12, 20, 10, 6))[0],
            f"{booked:%m/%d/%Y}", f"{arrives:%m/%d/%Y}",
            f"{arrives + dt.timedelta(days=nights):%m/%d/%Y}", nights, f"${rate:,.2f}", "$85.00",
            f"${rate * nights + 85:,.2f}", rating if status == "Completed" else "",
            dice.choice(("yes", "no", "no", "no")),
        ))  # fmt: skip
    head = ("Booking", "Property", "City", "Channel", "Status", "Guests", "Booked On", "Check In",
            "Check Out", "Nights", "Nightly Rate", "Cleaning Fee", "Total Price", "Rating",
            "Pets")  # fmt: skip
    return b"\xef\xbb\xbf" + lines([head, *rows]).encode()

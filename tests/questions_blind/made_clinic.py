"""A small practice's appointments and its patients' list, joined by the patients' numbers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from tests.questions_blind.dice import FIRST, LAST, day, lines

PRACTITIONERS = ("Dr. Amara Obi", "Dr. Jonas Lindqvist", "Mia Torres", "Sam Becker")
TREATMENTS = {
    "First consultation": ("95.00", 45), "Follow-up": ("55.00", 20), "Physiotherapy": ("48.50", 30),
    "Massage": ("40.00", 30), "X-ray": ("120.00", 15), "Vaccination": ("25.00", 15),
}  # fmt: skip
CITIES = ("Bristol", "Bath", "Keynsham", "Portishead", "Clevedon")
FIRST_NAMES = (
    "Alice Brian Chloe Dev Ewan Freya Grace Hugh Isla Jack Kiran Lucy Megan Noah Olive".split()
)
LAST_NAMES = (
    "Ashby Bell Carter Doyle Evans Fox Green Hart Irving Jones Khan Lowe Mills Nash Owen".split()
)
LAST_BOOKED = dt.date(2025, 12, 5)  # the diary goes on after the day the questions are asked


def patients() -> bytes:
    rows = []
    for number, dice in _patients():
        first, last = dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES)
        email = f"{first}.{last}{number}@example.com".lower()
        rows.append((
            f"P-{number:04}", first, last, day(dice, dt.date(1934, 1, 1), dt.date(2019, 12, 31)),
            dice.choices(CITIES, (50, 22, 12, 10, 6))[0] + (" " if dice.random() < 0.03 else ""),
            _insurance(number), day(dice, dt.date(2019, 1, 7)),
            email if dice.random() > 0.16 else "",
            dice.choice(("", "", "", "Dr. Hale", "Dr. Okafor", "City Hospital", "a friend")),
            dice.choice(("none", "none", "none", "none", "penicillin", "pollen", "latex", "")),
            dice.choices(("sms", "email", "no"), (55, 30, 15))[0],
        ))  # fmt: skip
    head = ("Patient No", "First Name", "Last Name", "Born", "City", "Insurance", "Registered",
            "Email", "Referred By", "Allergies", "Reminder")  # fmt: skip
    return lines([head, *rows], ";").encode()


def _patients() -> list[tuple[int, Random]]:
    return [(number, Random(30_000 + number)) for number in range(1, 236)]


def _insurance(number: int) -> str:
    return Random(31_000 + number).choices(("public", "private", "self-pay"), (68, 22, 10))[0]


def appointments() -> bytes:
    dice = Random(302)
    starts = sorted(_start(dice) for _ in range(1180))
    rows = [_appointment(dice, 10_001 + number, start) for number, start in enumerate(starts)]
    late = next(place for place, row in enumerate(rows) if place > 600 and row[10] != "")
    rows[late] = (*rows[late][:10], 480, *rows[late][11:])  # forgotten in the waiting room
    head = ("Appointment", "Patient No", "Practitioner", "Treatment", "Room", "Start", "Minutes",
            "Status", "Fee", "Paid", "Waited Minutes", "Booked On", "Booked Via")  # fmt: skip
    return b"\xef\xbb\xbf" + lines([head, *rows]).encode()


def _start(dice: Random) -> dt.datetime:
    when = day(dice, FIRST, LAST_BOOKED)
    while when.weekday() >= 5:
        when = day(dice, FIRST, LAST_BOOKED)
    return dt.datetime.combine(when, dt.time(dice.randrange(8, 18), dice.choice((0, 15, 30, 45))))


def _appointment(dice: Random, number: int, start: dt.datetime) -> tuple:
    patient = min(dice.randrange(1, 225), dice.randrange(1, 225))  # some were never there
    treatment = dice.choices(tuple(TREATMENTS), (14, 34, 24, 14, 6, 8))[0]
    price, minutes = TREATMENTS[treatment]
    fee = Decimal(price) * (Decimal("1.3") if _insurance(patient) == "private" else 1)
    status = dice.choices(("attended", "cancelled", "no-show"), (82, 11, 7))[0]
    if start.date() > LAST:
        status = "booked" if status != "cancelled" else status
    return (
        f"A-{number}", f"P-{patient:04}", dice.choices(PRACTITIONERS, (34, 28, 22, 16))[0],
        treatment, dice.choice((1, 1, 2, 2, 3)) if dice.random() > 0.04 else "",
        f"{start:%Y-%m-%d %H:%M}", minutes + dice.choice((0, 0, 0, 15, 30)),
        status.title() if dice.random() < 0.03 else status, f"{fee:.2f}",
        _paid(dice, status, fee), dice.randrange(46) if status == "attended" else "",
        min(start.date(), LAST) - dt.timedelta(days=int(dice.expovariate(1 / 16))),
        dice.choices(("phone", "online", "walk-in"), (48, 40, 12))[0],
    )  # fmt: skip


def _paid(dice: Random, status: str, fee: Decimal) -> str:
    if status == "no-show":
        return dice.choice(("20.00", ""))
    if status != "attended" or dice.random() < 0.1:
        return ""
    return f"{fee / 2 if dice.random() < 0.07 else fee:.2f}"

"""A Portland promoter's ticket sales, as an American ticket shop exports them: $1,234.50."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from tests.questions_blind.dice import LAST, lines

EVENTS = {
    "Jazz Night": ("Riverside Hall", dt.date(2024, 3, 16), 48, 85),
    "Spring Gala": ("Grand Theatre", dt.date(2024, 5, 11), 90, 70),
    "Indie Fest 2024": ("Harbor Stage", dt.date(2024, 6, 22), 65, 150),
    "Comedy Live": ("Riverside Hall", dt.date(2024, 9, 20), 35, 95),
    "Winter Ballet": ("Grand Theatre", dt.date(2024, 12, 14), 78, 110),
    "Blues Brunch": ("Riverside Hall", dt.date(2025, 3, 30), 42, 45),
    "Indie Fest 2025": ("Harbor Stage", dt.date(2025, 6, 21), 72, 170),
    "Poetry Slam": ("Riverside Hall", dt.date(2025, 10, 17), 18, 40),
    "Holiday Concert": ("Grand Theatre", dt.date(2025, 12, 13), 82, 75),
}  # fmt: skip
SECTIONS = {"Floor": 1.0, "Balcony": 0.8, "VIP Box": 4.5, "Student": 0.5}
MAILS = ("gmail.com", "gmail.com", "outlook.com", "yahoo.com", "example.org")
NAMES = "ada bo cleo dan eli fay gus hope ivy jay kai liv max nia oz pam quinn rae sid tess".split()


def event_tickets() -> bytes:
    dice = Random(303)
    buyers = [f"{dice.choice(NAMES)}{n}@{dice.choice(MAILS)}" for n in range(11, 240)]
    orders = sorted(
        ((_purchased(dice, EVENTS[event][1]), event) for event in EVENTS
         for _ in range(EVENTS[event][3])), key=lambda order: order[0],
    )  # fmt: skip
    rows = [
        (f"T-{2201 + number}", *_order(dice, when, event, dice.choice(buyers)))
        for number, (when, event) in enumerate(orders)
    ]
    head = ("Order ID", "Purchased", "Event", "Event Date", "Venue", "Section", "Tickets",
            "Ticket Price", "Fees", "Order Total", "Refund", "Promo Code", "Sales Channel",
            "Buyer", "State", "Status", "Scanned")  # fmt: skip
    return lines([head, *rows], quote_all=True).encode()


def _purchased(dice: Random, event: dt.date) -> dt.datetime:
    when = min(event, LAST) - dt.timedelta(days=int(dice.expovariate(1 / 25)))
    return dt.datetime.combine(when, dt.time(dice.randrange(7, 23), dice.randrange(60)))


def _order(dice: Random, when: dt.datetime, event: str, buyer: str) -> tuple:
    venue, date, base, _ = EVENTS[event]
    section = dice.choices(tuple(SECTIONS), (46, 30, 9, 15))[0]
    count = dice.choices((1, 2, 3, 4, 6, 8), (22, 42, 12, 16, 6, 2))[0]
    price = Decimal(round(base * SECTIONS[section] * 2)) / 2
    fees = round(price * count * Decimal("0.06"), 2) + Decimal("1.50")
    status = dice.choices(("Paid", "Refunded", "Pending"), (90, 7, 3))[0]
    total = price * count + fees
    return (
        f"{when:%m/%d/%Y %I:%M %p}", event, f"{date:%m/%d/%Y}", venue, section, count,
        f"${price:,.2f}", f"${fees:,.2f}", f"${total:,.2f}",
        f"-${total:,.2f}" if status == "Refunded" else "",
        dice.choices(("", "EARLY10", "FRIENDS", "RADIO"), (70, 14, 10, 6))[0],
        dice.choices(("Website", "Box Office", "Phone", "Partner"), (62, 20, 8, 10))[0],
        buyer, dice.choices(("OR", "WA", "CA", "ID", ""), (58, 24, 9, 5, 4))[0], status,
        _scanned(dice, date, status, count),
    )  # fmt: skip


def _scanned(dice: Random, date: dt.date, status: str, count: int) -> int | str:
    """How many came in; nothing is known before the event."""
    if date > LAST:
        return ""
    if status != "Paid":
        return 0
    return count if dice.random() < 0.9 else dice.randrange(count)

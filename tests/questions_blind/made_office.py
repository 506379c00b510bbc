"""The office: support tickets with half of them rated, and the staff list with pay as text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from tests.questions_blind.dice import day, lines

SUBJECTS = ("Where is my parcel", "Wrong item delivered", "Damaged item", "Invoice needed",
            "Cannot log in", "Coupon does not work", "Return label",
            "Change of address")  # fmt: skip
TEAMS = {
    "Warehouse": ("Picker", "Forklift driver", "Shift lead"),
    "Customer Service": ("Agent", "Team lead"),
    "Marketing": ("Content manager", "SEO specialist"),
    "IT": ("Developer", "System administrator"),
    "Finance": ("Accountant", "Controller"),
    "Management": ("Managing director",),
}


def support_tickets() -> bytes:
    dice = Random(105)
    rows: list[tuple] = []
    for number in range(640):
        opened = dt.datetime.combine(day(dice), dt.time(dice.randrange(8, 20), dice.randrange(60)))
        status = dice.choices(("Closed", "Open", "Waiting for customer"), (75, 15, 10))[0]
        closed = opened + dt.timedelta(minutes=int(dice.expovariate(1 / 1700)) + 6)
        rated = status == "Closed" and dice.random() < 0.55
        priority = dice.choices(("Low", "Normal", "High", "Urgent"), (25, 50, 18, 7))[0]
        rows.append((
            f"TCK-{number + 1:05d}", dice.choice(SUBJECTS), f"K-{1001 + dice.randrange(160)}",
            priority if dice.random() > 0.05 else priority.upper(), status,
            dice.choices(("Aylin", "Bastian", "Carla", "Deniz", ""), (30, 25, 22, 15, 8))[0],
            dice.choices(("email", "phone", "chat"), (55, 20, 25))[0], f"{opened:%Y-%m-%d %H:%M}",
            f"{closed:%Y-%m-%d %H:%M}" if status == "Closed" else "",
            dice.choices((1, 2, 3, 4, 5), (6, 8, 16, 40, 30))[0] if rated else "",
            int(dice.expovariate(1 / 95)) + 1 if number != 211 else 14400,
        ))  # fmt: skip
    head = ("Ticket ID", "Subject", "Customer No", "Priority", "Status", "Agent", "Channel",
            "Created", "Closed", "Satisfaction", "First Reply Minutes")  # fmt: skip
    return lines([head, *rows], "\t").encode()


def staff() -> bytes:
    dice = Random(106)
    first = "Anna Bilal Chiara Dirk Elif Fabian Gesa Hakan Ines Jan Katja Lukas Marie Nils".split()
    last = "Albers Bauer Celik Dorn Ernst Franke Götz Hahn Ihde Jung Kaya Lorenz".split()
    rows: list[tuple] = []
    for number in range(72):
        team = dice.choices(tuple(TEAMS), (30, 18, 9, 8, 6, 1))[0]
        if number == 0:
            team = "Management"
        base = {"Management": 8200, "IT": 4300, "Finance": 3900}.get(team, 2700)
        pay = Decimal(base + dice.randrange(0, 1400, 50))
        started = day(dice, dt.date(2015, 2, 1))
        rows.append((
            4001 + number, f"{dice.choice(last)}, {dice.choice(first)}",
            team if dice.random() > 0.06 else team.upper(), dice.choice(TEAMS[team]),
            dice.choice(("Cologne", "Cologne", "Berlin", "Remote")), f"{started:%d/%m/%Y}",
            f"€ {pay:,.2f}" if dice.random() > 0.03 else "", dice.choice((40, 40, 40, 30, 20)),
            dice.choice(("full-time", "full-time", "part-time", "mini job")),
            dice.randrange(0, 31), dice.randrange(0, 22) if dice.random() > 0.1 else "",
        ))  # fmt: skip
    rows[33] = (*rows[33][:6], "€ 32,000.00", *rows[33][7:])  # a zero too many
    rows.append(rows[50])
    head = ("Employee No", "Name", "Department", "Job Title", "Location", "Start Date", "Salary",
            "Weekly Hours", "Contract", "Vacation Days Left", "Sick Days")  # fmt: skip
    return lines([head, *rows], ",").encode()

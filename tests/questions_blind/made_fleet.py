"""A delivery firm's fuel log, as a German Excel saves it: 1.234,56 and 31.12.2025 in cp1252."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from tests.questions_blind.dice import FIRST, LAST, german, lines

TODAY_PRICES = {"Diesel": 1.62, "Super E10": 1.74, "AdBlue": 0.89}
VEHICLES = {
    "HH-LT 101": ("Petra Lange", "Diesel", 80, 9.4), "HH-LT 102": ("Ali Demir", "Diesel", 80, 9.9),
    "HH-LT 103": ("Ali Demir", "Diesel", 80, 10.3), "HH-LT 110": ("Jens Voss", "Diesel", 400, 27),
    "HH-LT 111": ("Rafael Costa", "Diesel", 800, 31),
    "HH-LT 204": ("Nina Roth", "Super E10", 50, 6.2),
    "HH-LT 205": ("Nina Roth", "Super E10", 50, 6.6), "HB-K 7": ("Tom Ahlers", "Diesel", 80, 9.1),
    "HB-K 8": ("Sofie Brandt", "Diesel", 80, 9.6), "HB-K 9": ("Tom Ahlers", "Super E10", 55, 7.1),
    "K-AR 330": ("Murat Kaya", "Diesel", 90, 11.2), "K-AR 331": ("Eva Klein", "Diesel", 90, 10.8),
}  # fmt: skip
TOWNS = {"HH": ("Hamburg", "Hamburg", "Lübeck"), "HB": ("Bremen", "Münster"), "K-": ("Köln",)}
STATIONS = ("Aral", "Shell", "Jet", "Total", "Esso")
HEAD = ("Receipt", "Date", "Vehicle", "Driver", "Station", "Town", "Fuel", "Litres", "Tank size",
        "Price per litre", "Amount EUR", "Previous km", "Odometer km", "Paid with",
        "Note")  # fmt: skip
NOTES = ("", "", "", "", "", "", "", "car wash as well", "receipt lost", "rental trailer")


def fuel_log() -> bytes:
    dice = Random(301)
    stops = sorted((stop for plate in VEHICLES for stop in _stops(dice, plate)), key=_by_day)
    rows = [(f"R{40001 + number}", *stop) for number, stop in enumerate(stops)]
    rows[410] = (*rows[410][:9], german(Decimal("17.19")), *rows[410][10:])  # a slipped comma
    for place in (700, 333, 52):
        rows.insert(place, rows[place - 1])
    top = [("Fuel cards, all vehicles", "02.01.2024 - 11.11.2025"), ()]
    written = [(row[0], f"{row[1]:%d.%m.%Y}", *row[2:]) for row in rows]
    return lines([*top, HEAD, *written], ";").encode("cp1252")


def _by_day(stop: tuple) -> tuple:
    return stop[0], stop[1]


def _stops(dice: Random, plate: str) -> list[tuple]:
    driver, fuel, tank, per_100_km = VEHICLES[plate]
    found: list[tuple] = []
    when, km = FIRST + dt.timedelta(days=dice.randrange(9)), dice.randrange(800, 140_000)
    while when <= LAST:
        litres = Decimal(round(tank * dice.uniform(0.45, 0.97) * 100)) / 100
        before, km = km, km + round(float(litres) / per_100_km * 100 * dice.uniform(0.94, 1.06))
        if dice.random() < 0.008:
            litres = Decimal(tank) + dice.randrange(3, 30)  # the canister was filled too
        filled = fuel
        if tank >= 400 and dice.random() < 0.12:
            filled, litres = "AdBlue", Decimal(dice.randrange(1500, 6000)) / 100
        found.append(
            (when, plate, *_receipt(dice, driver, plate, filled, litres, tank, before, km))
        )
        when += dt.timedelta(days=dice.randrange(2, 13))
    return found


def _receipt(dice: Random, driver: str, plate: str, fuel: str, litres: Decimal, tank: int,
             before: int, km: int) -> tuple:  # fmt: skip
    price = Decimal(round(TODAY_PRICES[fuel] * dice.uniform(0.93, 1.09) * 1000)) / 1000
    station = dice.choices(STATIONS, (34, 26, 18, 12, 10))[0]
    if dice.random() < 0.004:
        km -= 10_000  # a digit misread
    return (
        driver if dice.random() > 0.03 else "",
        station.upper() if dice.random() < 0.02 else station,
        dice.choice(TOWNS[plate[:2]]), fuel, german(litres), tank,
        f"{price:.3f}".replace(".", ","), german(round(litres * price, 2)),
        _thousands(before), _thousands(km) if dice.random() > 0.05 else "",
        dice.choices(("Fuel card", "Credit card", "Cash"), (82, 13, 5))[0], dice.choice(NOTES),
    )  # fmt: skip


def _thousands(km: int) -> str:
    """84.213"""
    return f"{km:,}".replace(",", ".")

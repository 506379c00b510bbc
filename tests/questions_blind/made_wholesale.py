"""A delicatessen wholesaler in Ghent: what it delivered, as its route app exports it
(€1,234.50, 31/12/2025), and its price list out of a Flemish Excel (1.234,50, 31-12-2025)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from tests.questions_blind.dice import FIRST, LAST, cents, german, lines

GROUPS = {
    "Cheese": ("Gouda", "Brie", "Comte", "Manchego", "Feta", "Passendale", "Gorgonzola"),
    "Wine": ("Rioja", "Chablis", "Prosecco", "Riesling", "Merlot", "Cava", "Barolo", "Port"),
    "Oil and vinegar": ("Olive oil", "Walnut oil", "Balsamic", "Cider vinegar", "Truffle oil"),
    "Charcuterie": ("Serrano ham", "Salami", "Bresaola", "Ardennes pate", "Chorizo"),
    "Pasta": ("Penne", "Linguine", "Gnocchi", "Orzo"),
    "Sweets": ("Speculoos", "Nougat", "Pralines", "Fig jam", "Amaretti"),
}
SIZES = ("small", "medium", "large")
COUNTRIES = ("Italy", "France", "Spain", "Belgium", "Greece", "")
CASES = {"Cheese": (22, 95), "Wine": (38, 210), "Oil and vinegar": (25, 120),
         "Charcuterie": (30, 140), "Pasta": (9, 28), "Sweets": (14, 60)}  # fmt: skip
KINDS = {"Restaurant": ("Bistro Lune", "De Gouden Vis", "Trattoria Rossi", "Chez Odile",
                        "Het Anker", "Osteria Nera", "Brasserie Nord", "Pakhuis 9"),
         "Hotel": ("Hotel Astrid", "Hotel Belfort", "Grand Leie", "Parkhotel Zuid"),
         "Cafe": ("Cafe Mokka", "Koffie & Co", "Cafe Tandem", "De Lepel", "Bar Bleu"),
         "Caterer": ("Feestfabriek", "Van Damme Catering", "Tafelgenoten")}  # fmt: skip
TOWNS = ("Ghent", "Antwerp", "Bruges", "Leuven", "Kortrijk")
DRIVERS = ("Joris", "Fatma", "Lieven", "Bram", "Noor")
NEVER_ORDERED = {"Orzo small", "Port medium", "Nougat large", "Truffle oil large"}
COMPLAINTS = ("broken", "late", "wrong item", "too warm")


def _articles() -> list[tuple[str, str, str]]:
    """Number, name, group."""
    names = [(f"{name} {size}", group) for group, every in GROUPS.items() for name in every
             for size in SIZES]  # fmt: skip
    return [(f"A-{1001 + n}", name, group) for n, (name, group) in enumerate(names)]


def price_list() -> bytes:
    dice = Random(401)
    rows = [_article(dice, *article) for article in _articles()]
    head = ("Article No", "Article", "Group", "Origin", "Units per case", "Purchase price",
            "List price", "VAT", "Organic", "Shelf life days", "Listed since")  # fmt: skip
    top = [("Price list 2025 - prices per case, excl. VAT",), ()]
    return lines([*top, head, *rows], ";").encode("cp1252")


def _article(dice: Random, number: str, name: str, group: str) -> tuple:
    cost = cents(dice, *CASES[group])
    if name == "Barolo large":
        cost = Decimal("1140.00")  # a case of a very old year
    price = round(cost * Decimal(dice.choice(("1.18", "1.25", "1.3", "1.42", "1.6"))), 2)
    if dice.random() < 0.06:
        price = round(cost * Decimal("0.93"), 2)  # sold below cost since the last rise
    since = dt.date(2021, 1, 4) + dt.timedelta(days=dice.randrange(1750))
    return (
        number, name, group, dice.choice(COUNTRIES), dice.choice((4, 6, 6, 10, 12, 24)),
        german(cost), german(price) if dice.random() > 0.05 else "",
        "21%" if group == "Wine" else "6%", dice.choices(("no", "yes"), (70, 30))[0],
        "" if group == "Wine" else dice.choice((14, 21, 30, 60, 90, 180, 365)), f"{since:%d-%m-%Y}",
    )  # fmt: skip


def deliveries() -> bytes:
    dice = Random(402)
    customers = [
        (name, kind, dice.choice(TOWNS)) for kind, names in KINDS.items() for name in names
    ]
    days = sorted(FIRST + dt.timedelta(days=_weekday(dice)) for _ in range(430))
    rows: list[tuple] = []
    for number, ordered in enumerate(days):
        rows += _note(dice, f"LN-{6001 + number}", ordered, dice.choice(customers))
    head = ("Delivery Note", "Ordered", "Promised", "Delivered", "Customer", "Customer Type",
            "Town", "Article No", "Cases Ordered", "Cases Delivered", "Net Amount", "Driver",
            "Temperature", "Complaint", "Paid On")  # fmt: skip
    return b"\xef\xbb\xbf" + lines([head, *rows]).encode()


def _weekday(dice: Random) -> int:
    """Days after FIRST, none of them a Sunday."""
    while True:
        days = dice.randrange((LAST - FIRST).days + 1)
        if (FIRST + dt.timedelta(days=days)).weekday() != 6:
            return days


def _note(dice: Random, note: str, ordered: dt.date, customer: tuple[str, str, str]) -> list[tuple]:
    name, kind, town = customer
    promised = ordered + dt.timedelta(days=2)
    came = ordered + dt.timedelta(days=dice.choices((1, 2, 3, 4), (30, 48, 14, 8))[0])
    sent = came <= LAST and dice.random() > 0.02  # the others are on their way, or called off
    delivered = f"{came:%d/%m/%Y}" if sent else ""
    paid = came + dt.timedelta(days=dice.randrange(3, 50))
    kind = kind.upper() if dice.random() < 0.03 else kind
    head = (note, f"{ordered:%d/%m/%Y}", f"{promised:%d/%m/%Y}", delivered, name, kind,
            town if dice.random() > 0.03 else "")  # fmt: skip
    driver = dice.choices((*DRIVERS, ""), (28, 22, 18, 16, 12, 4))[0] if delivered else ""
    tail = f"{paid:%d/%m/%Y}" if sent and paid <= LAST and dice.random() < 0.93 else ""
    degrees = f"{dice.gauss(4.2, 1.1):.1f}" if delivered and dice.random() > 0.08 else ""
    degrees = "24.5" if note == "LN-6212" else degrees  # the cooling had failed
    chosen = dice.sample(_ordered(), dice.choices((1, 2, 3, 4), (30, 34, 24, 12))[0])
    return [(*head, *_line(dice, *article, delivered), driver, degrees,
             _complaint(dice, delivered), tail) for article in chosen]  # fmt: skip


def _ordered() -> list[tuple[str, str, str]]:
    """What customers order; two of it are on the list no more."""
    listed = [article for article in _articles() if article[1] not in NEVER_ORDERED]
    return [*listed, ("A-0977", "", "Pasta"), ("A-0981", "", "Cheese")]


def _line(dice: Random, number: str, _: str, group: str, delivered: str) -> tuple:
    wanted = dice.choices((1, 2, 3, 5, 8, 12, 20), (24, 26, 18, 14, 10, 6, 2))[0]
    came = wanted if dice.random() > 0.09 else dice.randrange(wanted)
    low, high = CASES[group]
    amount = round(cents(dice, low * 1.2, high * 1.4) * came, 2)
    return number, wanted, came if delivered else "", f"€{amount:,.2f}" if delivered else ""


def _complaint(dice: Random, delivered: str) -> str:
    return dice.choice(COMPLAINTS) if delivered and dice.random() < 0.08 else ""

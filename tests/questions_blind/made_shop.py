"""A web shop for stationery: order lines, the customers behind them, the stock."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from tests.questions_blind.dice import LAST, cents, day, lines

GOODS = {
    "Notebooks": ("Notebook A5 dotted", "Notebook A4 ruled", "Pocket notebook", "Sketchbook"),
    "Pens": ("Fountain pen", "Gel pen set", "Brush pen", "Pencil HB"),
    "Cards": ("Birthday card", "Thank-you card", "Postcard set"),
    "Paper": ("Handmade paper", "Wrapping paper", "Origami paper", "Envelopes C6"),
    "Desk": ("Desk organiser", "Desk lamp", "Letter opener"),
}
CENT = Decimal("0.01")
COLOURS = ("", " blue", " red", " green", " black", " natural")
SUPPLIERS = (
    "Papier Union",
    "Nordic Pens AB",
    "Keller Verpackung",
    "Atelier Lumiere",
    "Zhang Trading",
)
COUNTRIES = ("Germany", "Germany", "Germany", "Austria", "Switzerland", "Netherlands", "France")
FIRST_NAMES = "Lena Max Sofia Paul Mila Jonas Clara Emil Nora Felix Ida Anton Greta Oskar".split()
LAST_NAMES = "Becker Hoffmann Schulz Wagner Fischer Huber Gruber Keller Visser Moreau".split()
STATUSES = ("Delivered", "Shipped", "Processing", "Cancelled", "Returned")
CITIES = ("Cologne", "Berlin", "Vienna", "Zurich", "Amsterdam", "Lyon", "Hamburg", "Graz")


def inventory() -> bytes:
    head = ("SKU", "Product", "Category", "Supplier", "Stock", "Reorder Level",
            "Unit Cost", "Price", "Discontinued", "Last Delivery", "Shelf")  # fmt: skip
    return lines([head, *(tuple(item.values()) for item in goods())], ";").encode()


def goods() -> list[dict[str, object]]:
    dice = Random(102)
    rows: list[dict[str, object]] = []
    for category, names in GOODS.items():
        for name in names:
            for colour in dice.sample(COLOURS, 5):
                cost = cents(dice, 0.4, 14)
                delivered = day(dice)
                rows.append({
                    "sku": f"{category[:2].upper()}-{100 + len(rows)}",
                    "name": name + colour,
                    "category": category,
                    "supplier": dice.choice(SUPPLIERS) if dice.random() > 0.06 else "",
                    "stock": dice.randrange(0, 260) if dice.random() > 0.05 else 0,
                    "reorder": dice.choice((10, 20, 25, 40, 50)),
                    "cost": cost,
                    "price": (cost * Decimal(dice.choice(("1.6", "2", "2.4")))).quantize(CENT),
                    "gone": "yes" if dice.random() < 0.13 else "no",
                    "delivered": f"{delivered:%Y-%m-%d}" if dice.random() > 0.1 else "",
                    "shelf": f"{dice.choice('ABCD')}{dice.randrange(1, 9)}",
                })  # fmt: skip
    rows[17]["stock"], rows[40]["stock"] = 9500, -3
    rows[61]["price"], rows[61]["cost"] = Decimal("349.00"), Decimal("180.00")
    return rows


def customers() -> bytes:
    dice = Random(103)
    rows: list[tuple] = [("Customer No", "Name", "Email", "City", "Segment", "Newsletter",
                          "Customer Since", "Credit Limit")]  # fmt: skip
    for number in range(160):
        first, last = dice.choice(FIRST_NAMES), dice.choice(LAST_NAMES)
        email = f"{first}.{last}{number}@example.org".lower() if dice.random() > 0.12 else ""
        city = dice.choice(CITIES)
        rows.append((
            f"K-{1001 + number}", f"{first} {last}", email,
            city if dice.random() > 0.05 else "",
            dice.choice(("Retail", "Retail", "Business", "Reseller")),
            dice.choice(("yes", "no", "no")), f"{day(dice, dt.date(2021, 3, 1)):%Y-%m-%d}",
            dice.choice((250, 500, 1000, 2500)) if dice.random() > 0.3 else "",
        ))  # fmt: skip
    for copy, original in ((31, 12), (77, 40), (120, 40)):
        rows[copy] = (rows[copy][0], *rows[original][1:3], *rows[copy][3:])
    rows[12] = (*rows[12][:2], "nora.becker@example.org", *rows[12][3:])
    rows[31] = (*rows[31][:2], "nora.becker@example.org", *rows[31][3:])
    for place in (40, 77, 120):
        rows[place] = (*rows[place][:2], "felix.huber@example.org", *rows[place][3:])
    return b"\xef\xbb\xbf" + lines(rows).encode()


def shop_orders() -> bytes:
    dice = Random(104)
    wares = goods()
    rows: list[tuple] = []
    for number in range(520):
        rows += _order(dice, wares, 70001 + number)
    rows.sort(key=lambda row: row[1])
    rows.insert(333, rows[333])  # one line exported twice
    head = ("Order No", "Order Date", "Customer No", "Status", "Ship Country", "Coupon", "SKU",
            "Product", "Qty", "Unit Price", "Discount", "Line Total", "Shipped On",
            "Payment")  # fmt: skip
    return lines([head, *rows]).encode()


def _order(dice: Random, wares: list[dict[str, object]], number: int) -> list[tuple]:
    placed = dt.datetime.combine(day(dice), dt.time(dice.randrange(7, 23), dice.randrange(60)))
    buyer = f"K-{1001 + min(int(dice.random() ** 1.4 * 150), 149)}"
    status = dice.choices(
        ("Delivered", "Shipped", "Processing", "Cancelled", "Returned"), (60, 12, 8, 12, 8)
    )[0]
    if dice.random() < 0.06:
        status = dice.choice((status.lower(), status.upper()))
    country = dice.choice(COUNTRIES)
    country = country.lower() if dice.random() < 0.03 else country
    coupon = dice.choice(("WELCOME10", "SUMMER25", "FREESHIP")) if dice.random() < 0.22 else ""
    payment = dice.choice(("PayPal", "Credit card", "Invoice", "Klarna"))
    sent = min(placed.date() + dt.timedelta(days=dice.randrange(1, 7)), LAST)
    shipped = "" if status.lower() in {"processing", "cancelled"} else f"{sent:%Y-%m-%d}"
    rows = []
    for ware in dice.sample(wares[:86], dice.choice((1, 1, 2, 2, 3))):
        quantity = dice.choice((1, 1, 1, 2, 2, 3, 5, 10)) if number != 70250 else 400
        off = 10 if coupon == "WELCOME10" else 25 if coupon == "SUMMER25" else 0
        price = Decimal(str(ware["price"]))
        line = (price * quantity * (100 - off) / 100).quantize(CENT)
        rows.append((number, f"{placed:%Y-%m-%d %H:%M}", buyer, status, country, coupon,
                     ware["sku"], ware["name"], quantity, f"{price:,.2f}", f"{off}%" if off else "",
                     f"{line:,.2f}", shipped, payment))  # fmt: skip
    return rows

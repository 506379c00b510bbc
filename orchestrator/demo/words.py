"""Invented people, firms, places and goods that the data sets are made of."""

from __future__ import annotations

import random

FIRST_NAMES = (
    "Aisha Anna Ben Carlos Chloé Daniel Elif Emma Fatima Felix Giulia Hannah Hugo Ines Jonas Julia "
    "Kofi Lara Leon Linh Lucía Malik Marie Mateo Mei Mia Nadia Noah Oliver Olga Paul Priya Rosa "
    "Samuel Sara Søren Tomás Yuki Zoë Zuzanna"
).split()
LAST_NAMES = (
    "Abebe Andersson Bauer Bianchi Costa Dubois Eriksen Fischer García Haddad Hoffmann Ivanova "
    "Jansen Kaya Keller Kowalska Larsen Lopez Maier Martin Mensah Moreau Müller Nguyen Novak "
    "O'Brien Okafor Olsen Patel Peeters Rossi Sato Schmidt Silva Singh Smith Tanaka Weber Wójcik"
).split()
# City, country, weight.
CITIES = (
    ("Cologne", "Germany", 14), ("Berlin", "Germany", 16), ("Munich", "Germany", 11),
    ("Hamburg", "Germany", 9), ("Vienna", "Austria", 9), ("Graz", "Austria", 4),
    ("Zürich", "Switzerland", 7), ("Basel", "Switzerland", 3), ("Amsterdam", "Netherlands", 8),
    ("Rotterdam", "Netherlands", 4), ("Paris", "France", 10), ("Lyon", "France", 5),
    ("Copenhagen", "Denmark", 5), ("Kraków", "Poland", 4), ("Milan", "Italy", 6),
)  # fmt: skip
# Category, product, list price, cost as a share of it.
GOODS = (
    ("Kitchen", "Stoneware Bowl", 18.5, 0.42), ("Kitchen", "Chef's Knife", 64.0, 0.51),
    ("Kitchen", "Cast Iron Pan", 89.0, 0.48), ("Kitchen", "Oak Cutting Board", 39.9, 0.45),
    ("Kitchen", "Pepper Mill", 34.0, 0.4), ("Kitchen", "Tea Kettle", 52.0, 0.47),
    ("Lighting", "Desk Lamp", 79.0, 0.44), ("Lighting", "Pendant Lamp", 149.0, 0.5),
    ("Lighting", "Candle Holder", 14.9, 0.36), ("Lighting", "Floor Lamp", 189.0, 0.53),
    ("Textiles", "Linen Duvet", 129.0, 0.46), ("Textiles", "Wool Blanket", 99.0, 0.49),
    ("Textiles", "Bath Towel", 24.9, 0.38), ("Textiles", "Cushion Cover", 22.0, 0.35),
    ("Furniture", "Side Table", 159.0, 0.55), ("Furniture", "Bookshelf", 279.0, 0.58),
    ("Furniture", "Dining Chair", 119.0, 0.54), ("Furniture", "Oak Stool", 95.0, 0.5),
    ("Garden", "Planter", 29.9, 0.37), ("Garden", "Watering Can", 27.5, 0.39),
    ("Garden", "Folding Chair", 69.0, 0.52), ("Garden", "Lantern", 44.0, 0.41),
)  # fmt: skip
FINISHES = ("Natural", "Black", "White", "Sage", "Blue", "Terracotta", "Grey", "Set of 2", "XL")


def person(pick: random.Random) -> str:
    """First and last name."""
    return f"{pick.choice(FIRST_NAMES)} {pick.choice(LAST_NAMES)}"


def city(pick: random.Random) -> tuple[str, str]:
    """City and country."""
    name, country, _ = pick.choices(CITIES, [weight for *_, weight in CITIES])[0]
    return name, country


def mail_address(name: str, number: int) -> str:
    """An address that nobody owns (RFC 2606)."""
    plain = "".join(char for char in name.lower() if char.isascii() and char.isalpha())
    return f"{plain}{number}@example.com"

"""A German business account: preamble, semicolons, decimal commas, latin-1, newest first."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from tests.questions_blind.dice import FIRST, LAST, cents, day, german, lines

HEAD = ("Buchungstag", "Valuta", "Buchungstext", "Empfänger", "Verwendungszweck", "IBAN",
        "Betrag", "Währung", "Saldo", "Kategorie")  # fmt: skip
MONTHLY = (
    (1, "Dauerauftrag", "Immobilien Brandt GbR", "Miete Ladenlokal", "2150.00", "Miete"),
    (3, "Lastschrift", "Deutsche Telekom", "Mobilfunk und Internet", "89.95", "Telefon"),
    (5, "Lastschrift", "Hetzner Online", "Server", "58.31", "Software"),
    (10, "Lastschrift", "Finanzamt Köln-Süd", "Umsatzsteuer", None, "Steuern"),
    (15, "Lastschrift", "Allianz Versicherung", "Betriebshaftpflicht", "143.20", "Versicherung"),
    (27, "Überweisung", "Jana Weiß", "Gehalt", "2480.00", "Gehalt"),
    (27, "Überweisung", "Tom Krüger", "Gehalt", "2310.50", "Gehalt"),
)
# text, payee, purpose, low, high, category, weight
SOMETIMES = (
    ("Lastschrift", "DHL Paket GmbH", "Versandkosten", 40, 420, "Versand", 5),
    ("Überweisung", "Keller Verpackung GmbH", "Rechnung", 90, 1400, "Material", 4),
    ("Überweisung", "Papier Union", "Rechnung", 60, 900, "Material", 3),
    ("Kartenzahlung", "REWE Markt", "Einkauf", 8, 90, "Bewirtung", 4),
    ("Kartenzahlung", "Deutsche Bahn", "Fahrkarte", 19, 240, "Reisen", 3),
    ("Kartenzahlung", "Shell Tankstelle", "Tanken", 35, 110, "Reisen", 2),
    ("Kartenzahlung", "Amazon EU", "Bürobedarf", 6, 320, "Büro", 3),
    ("Kartenzahlung", "AMAZON EU", "Bürobedarf", 6, 180, "Büro", 1),
    ("Lastschrift", "Meta Platforms", "Anzeigen", 50, 700, "Werbung", 2),
    ("Lastschrift", "Google Ireland", "Ads", 50, 900, "Werbung", 2),
    ("Gutschrift", "Stripe Payments", "Auszahlung", -4200, -600, "Umsatz", 9),
    ("Gutschrift", "PayPal Europe", "Auszahlung", -1900, -150, "Umsatz", 6),
    ("Gutschrift", "Müller & Söhne KG", "Rechnung", -3900, -400, "Umsatz", 2),
    ("Gutschrift", "Café Zentral", "Rechnung", -800, -80, "Umsatz", 2),
)


def bank() -> bytes:
    dice = Random(101)
    found = _monthly(dice) + _sometimes(dice)
    found.append((dt.date(2025, 7, 8), "Überweisung", "Maschinenbau Roth", "Etikettendrucker",
                  Decimal("-18900.00"), "Anschaffung"))  # fmt: skip
    found.append((dt.date(2024, 12, 31), "Entgelt", "", "Kontoführung", Decimal("-12.90"), ""))
    found.append((dt.date(2025, 6, 30), "Entgelt", "", "Kontoführung", Decimal("-12.90"), ""))
    found.sort(key=lambda row: row[0])
    rows, balance, ibans = [], Decimal("64310.77"), {}
    for booked, text, payee, purpose, amount, category in found:
        balance += amount
        iban = ibans.setdefault(payee, f"DE{dice.randrange(10**19, 10**20)}") if payee else ""
        valuta = booked + dt.timedelta(days=dice.choice((0, 0, 0, 1)))
        rows.append((f"{booked:%d.%m.%Y}", f"{valuta:%d.%m.%Y}", text, payee, purpose, iban,
                     german(amount), "EUR", german(balance), category))  # fmt: skip
    rows.insert(200, rows[200])  # exported twice
    rows.insert(350, rows[350])
    preamble = (
        '"Umsatzanzeige";"Geschäftskonto DE44 3705 0198 1930 0214 47"\r\n'
        '"Zeitraum";"02.01.2024 bis 11.11.2025"\r\n'
        '"Kontoinhaber";"Lindner Feinpapier GmbH"\r\n'
        "\r\n"
    )
    return (preamble + lines([HEAD, *reversed(rows)], ";", quote_all=True)).encode("latin-1")


def _monthly(dice: Random) -> list[tuple]:
    rows = []
    for number in range(2024 * 12, 2025 * 12 + 11):
        for on, text, payee, purpose, amount, category in MONTHLY:
            booked = dt.date(number // 12, number % 12 + 1, on)
            if FIRST <= booked <= LAST:
                paid = Decimal(amount) if amount else cents(dice, 600, 2900)
                rows.append((booked, text, payee, purpose, -paid, category))
    return rows


def _sometimes(dice: Random) -> list[tuple]:
    rows = []
    weights = [kind[-1] for kind in SOMETIMES]
    for number in range(290):
        text, payee, purpose, low, high, category, _ = dice.choices(SOMETIMES, weights)[0]
        why = f"{purpose} RE-{4000 + number}" if purpose == "Rechnung" else purpose
        told = category if dice.random() > 0.08 else ""
        rows.append((day(dice), text, payee, why, -cents(dice, low, high), told))
    return rows

"""python -m tests.questions_blind.make_tables: writes tables/ again, the same bytes each time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.questions_blind.made_bank import bank
from tests.questions_blind.made_clinic import appointments, patients
from tests.questions_blind.made_events import event_tickets
from tests.questions_blind.made_fleet import fuel_log
from tests.questions_blind.made_leisure import gym_members, rentals
from tests.questions_blind.made_office import staff, support_tickets
from tests.questions_blind.made_shop import customers, inventory, shop_orders
from tests.questions_blind.made_wholesale import deliveries, price_list

TABLES: dict[str, Callable[[], bytes]] = {
    "appointments": appointments,
    "bank": bank,
    "customers": customers,
    "deliveries": deliveries,
    "event_tickets": event_tickets,
    "fuel_log": fuel_log,
    "gym_members": gym_members,
    "inventory": inventory,
    "patients": patients,
    "price_list": price_list,
    "rentals": rentals,
    "shop_orders": shop_orders,
    "staff": staff,
    "support_tickets": support_tickets,
}


def main(directory: Path = Path(__file__).parent / "tables") -> None:
    for name, make in TABLES.items():
        (directory / f"{name}.csv").write_bytes(make())


if __name__ == "__main__":
    main()

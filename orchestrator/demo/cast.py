"""Who is who in the demo: customers, their people, their files and questions worth asking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.demo import office, shop
from orchestrator.demo.data import DataSet


@dataclass(frozen=True)
class Customer:
    """One demo customer. `people` are the users besides the first admin, with their roles."""

    id: str
    people: tuple[tuple[str, str], ...]
    data_sets: Callable[[], tuple[DataSet, ...]]
    questions: tuple[str, ...]


DEMO = (
    Customer(
        id="customer-a",
        people=(("anna", "user"), ("ben", "user")),
        data_sets=shop.data_sets,
        questions=(
            "total revenue by country in sales_orders",
            "top 5 cities by revenue in sales_orders",
            "average rating by topic in support_tickets",
            "how many customers are there by segment",
            "sum of visits by channel in website_visits",
        ),
    ),
    Customer(
        id="customer-b",
        people=(("carla", "user"),),
        data_sets=office.data_sets,
        questions=(
            "total gross_amount by department in expenses",
            "average net_amount by category in expenses",
            "top 5 suppliers by gross_amount in expenses",
            "how many expenses are pending",
            "sum of on_hand by location in inventory",
        ),
    ),
)

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
            "What is the total revenue by country?",
            "Top 5 cities by revenue",
            "Average rating by topic",
            "How many customers are there in each segment?",
            "Total visits by channel",
        ),
    ),
    Customer(
        id="customer-b",
        people=(("carla", "user"),),
        data_sets=office.data_sets,
        questions=(
            "Total gross amount by department",
            "Top 5 suppliers by gross amount",
            "How many expenses are pending?",
            "Total gross amount by month in 2026",
            "Total on hand by location",
        ),
    ),
)

"""Every chip and every option of it leads to a plan that fits the tables, and to another one."""

from __future__ import annotations

import datetime as dt

import pytest
from data_agent.asking.asker import Understood, understand
from data_agent.asking.chips import Chip, chips, title
from data_agent.asking.lexicon import load
from data_agent.asking.periods import neighbours
from data_agent.asking.plan import Plan, from_json
from data_agent.asking.schema import Field, Schema, Table
from data_agent.asking.sql import render

SALES = Table(
    "sales",
    (
        Field("city", "VARCHAR", "text", ("Bonn", "Cologne", "Kiel")),
        Field("product", "VARCHAR", "text"),
        Field("amount", "DOUBLE", "number"),
        Field("price", "DOUBLE", "number"),
        Field("sold", "DATE", "time"),
    ),
)
SCHEMA = Schema((SALES,))
QUESTIONS = [
    "how many rows",
    "total amount",
    "total amount by city",
    "average price by month",
    "top 5 cities by amount",
    "total amount in Cologne in 2024",
    "sales not in Bonn",
    "number of different products by city",
    "sales with amount over 100",
    "share of amount by city",
    "share of amount in Cologne",
    "amount growth by month",
    "total amount and average price by city",
    "amount by month and city",
    "cities with more than 5 sales",
    "outliers of amount",
    "distribution of amount",
    "correlation of amount and price",
    "missing values",
    "duplicate city",
    "compare amount of Cologne and Bonn",
    "amount last month",
    "sales per weekday",
    "price times amount by city",
    "amount per sale by city",
    "top 2 products per city by amount",
    "which product has the highest amount in each city",
    "amount in March or May",
    "amount on weekends",
]


def plan_of(question: str) -> Plan:
    meant = understand(question, SCHEMA, load(), today=dt.date(2025, 10, 16))
    assert isinstance(meant, Understood), meant
    return meant.plan


def words(found: tuple[Chip, ...], kind: str) -> list[str]:
    return [option.words for chip in found if chip.kind == kind for option in chip.options]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_change_is_a_plan_that_can_run(question: str) -> None:
    plan = plan_of(question)
    found = chips(plan, SCHEMA)
    changed = [chip.without for chip in found if chip.without]
    changed += [option.plan for chip in found for option in chip.options]
    assert changed
    for other in changed:
        assert other != plan
        assert from_json(other.to_json(), SCHEMA) == other
        assert render(other, SALES).startswith("SELECT ")
    for chip in found:
        assert len({option.words for option in chip.options}) == len(chip.options)


def test_chips_read_like_the_question() -> None:
    found = chips(plan_of("top 5 cities by amount in 2024"), SCHEMA)
    assert [chip.words for chip in found] == [
        "total amount", "sold is in 2024", "by city", "top 5", "in sales",
    ]  # fmt: skip
    assert [chip.without is not None for chip in found] == [False, True, True, True, False]


def test_a_filter_offers_its_opposite_and_other_values() -> None:
    found = chips(plan_of("total amount in Cologne"), SCHEMA)
    assert words(found, "filter") == ["city is not Cologne", "city is Bonn", "city is Kiel"]


def test_a_period_offers_the_ones_beside_it() -> None:
    found = chips(plan_of("total amount in March 2024"), SCHEMA)
    assert words(found, "filter") == ["sold is in February 2024", "sold is in April 2024"]


def test_without_its_group_a_plan_has_no_rank_left() -> None:
    found = chips(plan_of("top 5 cities by amount"), SCHEMA)
    without = next(chip.without for chip in found if chip.kind == "group")
    assert without is not None
    assert (without.group, without.order, without.limit) == (None, None, None)


def test_what_a_plan_does_not_say_can_be_added() -> None:
    assert "by month of sold" in words(chips(plan_of("total amount"), SCHEMA), "add")
    assert "top 5" in words(chips(plan_of("total amount by city"), SCHEMA), "add")


def test_a_plan_has_a_title_of_one_line() -> None:
    plan = plan_of("top 5 cities by amount in 2024")
    assert title(plan, SCHEMA) == "total amount in sales by city where sold is in 2024, top 5"


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (("2024-01-01", "2025-01-01"), ["2023-01-01 2024-01-01", "2025-01-01 2026-01-01"]),
        (("2024-03-05", "2024-03-12"), ["2024-02-27 2024-03-05", "2024-03-12 2024-03-19"]),
        (("9999-12-01", "9999-12-31"), []),
        (("x", "y"), []),
    ],
)  # fmt: skip
def test_neighbours_of_a_period(period: tuple[str, str], expected: list[str]) -> None:
    assert [" ".join(each) for each in neighbours(period)] == expected

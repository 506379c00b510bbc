"""Pure parts of reading: which words have to show in a plan, and which stand for others."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from data_agent.asking.asker import Understood, understand
from data_agent.asking.keys import with_joins
from data_agent.asking.lexicon import load
from data_agent.asking.nouns import meant_instead
from data_agent.asking.plan import Calc, Filter, Group, Measure, Plan, from_json
from data_agent.asking.remarks import remarks
from data_agent.asking.schema import Field, Schema, Table
from data_agent.asking.sql import render
from data_agent.values import Declined

LEXICON = load()
TODAY = dt.date(2025, 10, 16)
ORDERS = Table(
    "shop_orders",
    (
        Field("Order No", "BIGINT", "number", role="id", distinct=40, empty=0),
        Field("Order Date", "DATE", "time", empty=0),
        Field("Shipped On", "DATE", "time", empty=9),
        Field("Customer No", "VARCHAR", "text", role="dimension", distinct=30, empty=0),
        Field("Payee", "VARCHAR", "text", ("DHL Paket GmbH", "Shell"), role="dimension"),
        Field("Gift", "VARCHAR", "text", ("no", "yes"), role="flag", empty=0),
        Field("Coupon", "VARCHAR", "text", ("SPRING",), role="dimension", empty=50),
        Field("Qty", "BIGINT", "number", role="measure", empty=0, low=1, high=9),
        Field("Unit Price", "DOUBLE", "number", role="measure", empty=0, low=1, high=99),
        Field("Line Total", "DOUBLE", "number", role="measure", empty=0, low=-5, high=500),
    ),
    100,
)
PEOPLE = Table(
    "customers",
    (
        Field("Customer No", "VARCHAR", "text", role="text", distinct=50, empty=0),
        Field("Name", "VARCHAR", "text", role="text", distinct=44, empty=0),
        Field("City", "VARCHAR", "text", ("Bonn", "Ulm"), role="geo", distinct=2, empty=1),
        Field("Region No", "VARCHAR", "text", role="dimension", distinct=3, empty=0),
    ),
    50,
)
REGIONS = Table(
    "regions",
    (
        Field("Region No", "VARCHAR", "text", role="text", distinct=3, empty=0),
        Field("Manager", "VARCHAR", "text", ("Ann", "Bob"), role="dimension", distinct=2, empty=0),
    ),
    3,
)
KEYS = [
    {"table": one, "column": column, "other": other, "other_column": column,
     "unique": True, "matched": 1.0}
    for one, column, other in (
        ("shop_orders", "Customer No", "customers"), ("customers", "Region No", "regions"),
    )
]  # fmt: skip
ALONE = Schema((ORDERS,))
SCHEMA = with_joins(Schema((ORDERS, PEOPLE, REGIONS)), KEYS)


def plan(question: str, schema: Schema = ALONE) -> Plan:
    meant = understand(question, schema, LEXICON, today=TODAY)
    assert isinstance(meant, Understood), meant
    assert from_json(meant.plan.to_json(), schema) == meant.plan
    return meant.plan


def notes(question: str, schema: Schema = ALONE) -> str:
    meant = understand(question, schema, LEXICON, today=TODAY)
    assert isinstance(meant, Understood), meant
    return " ".join(meant.notes)


@pytest.mark.parametrize(
    "question",
    [
        "top 3 payees and bottom 3 payees by line total",
        "line total by month and by year",
        "average of total line total per payee",
        "orders without Shell without",
        "how many orders have more than 3 coupons",
        "largest order smallest order by line total",
        "line total by payee all payees but Shell",
        "Gift yes and not gift orders",
        "median and outliers of line total",
        "line total minus unit price",
        "first order last order",
        "highest line total most in 2025 2024",
    ],
)
def test_nothing_is_guessed(question: str) -> None:
    meant = understand(question, ALONE, LEXICON, today=TODAY)
    assert isinstance(meant, Declined), meant.plan
    assert meant.reason


def test_things_are_counted_once() -> None:
    assert plan("how many orders").measure == Measure("distinct", "Order No")
    assert "counted once" in notes("how many orders")
    assert plan("how many rows").measure == Measure("count")
    assert plan("how many order lines").measure == Measure("count")
    assert plan("average order value").measure == Measure(
        "sum", "Line Total", Calc("per", "Order No", "distinct")
    )


def test_what_stands_for_something_else_is_said() -> None:
    assert plan("revenue by payee").measure == Measure("sum", "Line Total")
    assert '"revenue" was read as the column Line Total.' in notes("revenue by payee")
    assert plan("line total for DHL").filters == (Filter("Payee", "eq", ("DHL Paket GmbH",)),)
    assert '"DHL" was read as Payee: DHL Paket GmbH.' in notes("line total for DHL")
    assert '"coupoon" was read as "coupon".' in notes("orders by coupoon")
    assert "Dates are those of Order Date" in notes("orders by month")


def test_a_column_by_itself_can_be_a_condition() -> None:
    assert plan("orders with a coupon").filters == (Filter("Coupon", "not_empty"),)
    assert plan("gift orders").filters == (Filter("Gift", "in", ("yes",)),)
    assert plan("orders that are not gifts").filters == (Filter("Gift", "in", ("no",)),)
    assert plan("shipped orders").filters == (Filter("Shipped On", "not_empty"),)
    assert plan("orders on Mondays").filters == (Filter("Order Date", "weekday", (1,)),)
    assert plan("qty not over 3").filters == (Filter("Qty", "le", (3,)),)


def test_tables_are_reached_over_two_keys() -> None:
    found = plan("line total by manager", SCHEMA)
    assert found.group == Group("regions.Manager")
    joins = render(found, SCHEMA.table("shop_orders")).split("LEFT JOIN")
    assert len(joins) == 3 and '"customers"."Region No" = "regions"."Region No"' in joins[2]
    only = SCHEMA.only(["shop_orders", "regions"]).table("shop_orders")
    assert only.foreign == () and only.joins == ()


def test_two_ways_to_a_table_are_none() -> None:
    sold_by = {**KEYS[1], "table": "shop_orders", "column": "Payee", "other": "regions"}
    both = with_joins(Schema((ORDERS, PEOPLE, REGIONS)), [*KEYS, sold_by])
    assert [join.via for join in both.table("shop_orders").joins] == ["", ""]


def test_what_another_table_does_not_name() -> None:
    item = Filter("Customer No", "no_row", ("shop_orders", "Customer No"))
    assert plan("customers without orders", SCHEMA).filters == (item,)
    assert plan("customers that never ordered", SCHEMA).filters == (item,)
    turned = replace(item, operator="has_row")
    assert plan("how many customers with orders", SCHEMA).filters == (turned,)
    sql = render(plan("customers without orders", SCHEMA), SCHEMA.table("customers"))
    assert "NOT EXISTS" in sql


def test_names_that_two_people_share_stay_apart() -> None:
    found = plan("line total by customer", SCHEMA)
    assert found.groups == (Group("customers.Name"), Group("Customer No"))


def test_several_currencies_are_said() -> None:
    money = Table(
        "sales",
        (Field("Currency", "VARCHAR", "text", ("EUR", "USD")), Field("Amount", "DOUBLE", "number")),
    )
    total = Plan("sales", Measure("sum", "Amount"))
    assert "several currencies (EUR, USD)" in " ".join(remarks(total, money, TODAY))
    one = replace(total, filters=(Filter("Currency", "eq", ("EUR",)),))
    assert not remarks(one, money, TODAY)
    assert not remarks(replace(total, group=Group("Currency")), money, TODAY)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("revenu", "revenue"), ("reveneu", "revenue"), ("rrevenue", "revenue"),
        ("revenge", "revenue"), ("avenue", None), ("rev", None), ("quality", None),
        ("quantitty", "quantity"),
    ],
)  # fmt: skip
def test_one_slip_only(slip: str, meant: str | None) -> None:
    assert meant_instead(slip, ("revenue", "quantity")) == meant

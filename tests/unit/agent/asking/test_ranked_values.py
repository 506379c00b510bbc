"""`top 3 wines by cases`: what is ranked is the article, not the row of a delivery. Pure."""

from __future__ import annotations

import datetime as dt

import pytest
from data_agent.asking.asker import Understood, understand
from data_agent.asking.keys import with_joins
from data_agent.asking.lexicon import load
from data_agent.asking.plan import Group, Measure, Order, Plan
from data_agent.asking.roles import with_profile
from data_agent.asking.schema import Field, Schema, Table
from data_agent.values import Declined

LEXICON = load()
DELIVERIES = Table(
    "deliveries",
    (
        Field("Note", "VARCHAR", "text"),
        Field("Customer", "VARCHAR", "text", ("Bar Bleu", "De Lepel")),
        Field("Customer Type", "VARCHAR", "text", ("Cafe", "Restaurant")),
        Field("Town", "VARCHAR", "text", ("Ghent", "Leuven")),
        Field("Driver", "VARCHAR", "text", ("Bram", "Fatma")),
        Field("Article No", "VARCHAR", "text"),
        Field("Cases", "BIGINT", "number"),
    ),
    400,
)
PRICES = Table(
    "prices",
    (
        Field("Article No", "VARCHAR", "text"),
        Field("Article", "VARCHAR", "text", ("Brie", "Chablis", "Merlot")),
        Field("Group", "VARCHAR", "text", ("Cheese", "Wine")),
        Field("Price", "DOUBLE", "number"),
    ),
    50,
)
DIFFERENT = {"Note": 300, "Customer": 30, "Article No": 50, "Article": 50}
KEY = {
    "table": "deliveries", "column": "Article No", "other": "prices",
    "other_column": "Article No", "unique": True, "matched": 1.0,
}  # fmt: skip


def schema(*tables: Table) -> Schema:
    facts = [
        {"table": t.name, "column": f.name, "distinct": DIFFERENT.get(f.name, 2), "empty": 0}
        for t in tables
        for f in t.fields
    ]
    return with_joins(with_profile(Schema(tables), facts, LEXICON), [KEY])


BOTH = schema(DELIVERIES, PRICES)


def asked(question: str) -> Understood | Declined:
    return understand(question, BOTH, LEXICON, today=dt.date(2025, 11, 12))


def plan(question: str) -> Plan:
    found = asked(question)
    assert isinstance(found, Understood), found
    return found.plan


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("top 3 wines by cases", "prices.Article"),
        ("best 3 cheeses by cases", "prices.Article"),
        ("top 3 restaurants by cases", "Customer"),
        ("bottom 3 cafes by cases", "Customer"),
    ],
)
def test_the_things_of_a_kind_are_ranked(question: str, column: str) -> None:
    found = asked(question)
    assert isinstance(found, Understood), found
    assert (found.plan.group, found.plan.limit) == (Group(column), 3)
    assert found.plan.measure == Measure("sum", "Cases")
    assert any(f"was read as the {column} with that" in note for note in found.notes)


@pytest.mark.parametrize("question", ["top 3 ghent by cases", "top 3 leuven by cases"])
def test_what_is_ranked_of_anything_else_is_asked_back(question: str) -> None:
    found = asked(question)
    assert isinstance(found, Declined)
    assert "rows, or Customer" in found.reason
    assert any("top 3 rows by Cases" in other for other in found.suggestions)


@pytest.mark.parametrize(
    "question", ["top 3 wine deliveries by cases", "top 3 ghent rows by cases"]
)
def test_rows_are_ranked_where_they_are_named(question: str) -> None:
    found = plan(question)
    assert (found.group, found.order, found.limit) == (None, Order("Cases", "desc"), 3)


def test_on_a_price_list_each_wine_is_a_row() -> None:
    found = plan("top 3 wines by price")
    assert (found.table, found.group, found.order) == ("prices", None, Order("Price", "desc"))


def test_a_value_elsewhere_is_a_condition() -> None:
    found = plan("top 3 customers by cases in ghent")
    assert found.group == Group("Customer")
    assert [item.column for item in found.filters] == ["Town"]

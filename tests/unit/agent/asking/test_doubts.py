"""What must never be guessed though every word of it is known, and what is clear."""

from __future__ import annotations

import datetime as dt

import pytest
from data_agent.asking.asker import Understood, understand
from data_agent.asking.lexicon import load
from data_agent.asking.plan import Filter, Group, Measure
from data_agent.asking.schema import Field, Schema, Table
from data_agent.asking.sentence import sentence
from data_agent.values import Declined, QueryResult

LEXICON = load()
TODAY = dt.date(2025, 10, 16)
SHOP = Table(
    "shop",
    (
        Field("sold_on", "DATE", "time", distinct=9, empty=0, low="2010-01-11", high="2024-09-11"),
        Field("branch", "VARCHAR", "text", ("East", "North", "South", "West"), distinct=4, empty=0),
        Field("item", "VARCHAR", "text", ("Desk", "Lamp", "Pen"), distinct=3, empty=0),
        Field("qty", "BIGINT", "number", role="measure", distinct=9, empty=0, low=1, high=9),
        Field("bill_no", "BIGINT", "number", role="id", distinct=9, empty=0, low=500, high=524),
        Field("amount", "BIGINT", "number", role="measure", distinct=9, empty=0, low=5, high=85),
        Field("returned", "VARCHAR", "text", ("No", "Yes"), role="flag", distinct=2, empty=0),
        Field("discount", "DECIMAL(9,2)", "number", role="measure", empty=2, low="0.00", high="5"),
    ),
    9,
)
STAFF = Table(
    "staff",
    (
        Field("Name", "VARCHAR", "text", role="text", distinct=40, empty=0),
        Field("City", "VARCHAR", "text", ("Berlin", "Paris"), role="geo", distinct=2, empty=0),
        Field("Age", "BIGINT", "number", role="measure", distinct=30, empty=0, low=20, high=60),
        Field("Salary", "BIGINT", "number", role="measure", distinct=40, empty=0, low=1, high=9),
    ),
    40,
)
SALES = Table(
    "sales",
    (
        Field("Sold On", "DATE", "time", distinct=40, empty=0),
        Field("Product", "VARCHAR", "text", ("A", "B"), distinct=2, empty=0),
        Field("Amount", "BIGINT", "number", role="measure", distinct=40, empty=0, low=1, high=9),
    ),
    40,
)


def asked(question: str, table: Table = SHOP) -> Understood | Declined:
    return understand(question, Schema((table,)), LEXICON, today=TODAY)


def understood(question: str, table: Table = SHOP) -> Understood:
    meant = asked(question, table)
    assert isinstance(meant, Understood), meant
    return meant


@pytest.mark.parametrize(
    "question",
    [
        # a condition on rows is none on the members of a group
        "how many items were not returned",
        "which items are not returned",
        "items not in South",
        "which items were sold in North and South",
        "amount by branch that never sold a pen",
        "which branches sold only pens",
        "branches missing pens",
        "which branch sold in every item",
        # no id is compared by size, unless it is named in full
        "total amount of bills over 50",
        "how many bills over 50",
        "bills over 50",
        "bills between 50 and 100",
        # the best rows of each group are not the best groups
        "2 largest bills per branch",
        "two highest amounts per branch",
        "3 lowest amounts by branch",
        "first bill per branch",
        "latest bill for each branch",
        "largest bill per branch",
        "2 largest bills per month",
        "branch with the largest bill",
        "bill with the highest amount per branch",
        "which bill has the highest amount per branch",
        "which branch had the largest bill",
        # one of two conditions would be lost
        "amount of returned and not returned",
        "amount of returned and of not returned bills",
        "amount from North to South",
        "amount North - South",
        "compare the 2010s and the 2020s by amount",
        # none, or nought?
        "amount without discount",
        "bills without discount",
        # of rows, or of totals?
        "average amount per month",
        "average monthly amount",
        "monthly average amount",
        # words that mean something else
        "double amount",
        "amount in the 2015s",
        "amount in the 20s",
        "biggest expenses",
        "expenses by branch",
        "total cost",
    ],
)
def test_it_is_asked_back(question: str) -> None:
    meant = asked(question)
    assert isinstance(meant, Declined), meant.plan
    assert meant.reason


def test_rows_and_amounts_may_leave_rows_out() -> None:
    lamp = Filter("item", "ne", ("Lamp",))
    assert understood("amount without lamp").plan.filters == (lamp,)
    assert understood("amount by branch without lamp").plan.filters == (lamp,)
    assert understood("how many rows without lamp").plan.measure == Measure("count")
    no = Filter("returned", "in", ("No",))
    assert understood("bills that were never returned").plan.filters == (no,)
    assert understood("how many branches are not North").plan.filters == (
        Filter("branch", "ne", ("North",)),
    )
    any_of = Filter("branch", "in", ("North", "South"))
    assert understood("items sold in North or South").plan.filters == (any_of,)


def test_an_id_that_is_named_in_full_is_compared() -> None:
    over = (Filter("bill_no", "gt", (510,)),)
    assert understood("bills with bill no over 510").plan.filters == over
    assert understood("bill_no over 510").plan.filters == over


def test_the_best_groups_within_each_group() -> None:
    plan = understood("top 2 items per branch by amount").plan
    assert (plan.within, plan.group, plan.second) == (True, Group("item"), Group("branch"))
    assert understood("top 2 branches by amount").plan.limit == 2
    assert understood("amount per branch, top 2").plan.limit == 2


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("amount in the 2010s", Filter("sold_on", "between", ("2010-01-01", "2020-01-01"))),
        ("amount in 2020s", Filter("sold_on", "between", ("2020-01-01", "2030-01-01"))),
        ("amount since the 2010s", Filter("sold_on", "ge", ("2010-01-01",))),
        ("amount before the 2010s", Filter("sold_on", "lt", ("2010-01-01",))),
        ("amount in 2010", Filter("sold_on", "between", ("2010-01-01", "2011-01-01"))),
    ],
)
def test_ten_years(question: str, item: Filter) -> None:
    assert understood(question).plan.filters == (item,)


@pytest.mark.parametrize("question", ["salary by age", "salary in Berlin vs Paris", "salary"])
def test_a_salary_that_is_added_up_is_said(question: str) -> None:
    assert "Salary was added up" in " ".join(understood(question, STAFF).notes)
    assert not understood("total salary by city", STAFF).notes


def test_a_number_behind_people_may_be_their_age() -> None:
    assert isinstance(asked("salary of people over 30", STAFF), Declined)
    assert understood("average salary where age over 30", STAFF).plan.filters == (
        Filter("Age", "gt", (30,)),
    )


def test_what_is_spent_is_not_what_is_earned() -> None:
    assert understood("revenue by product", SALES).plan.measure == Measure("sum", "Amount")
    for question in ("expenses by product", "biggest expenses", "how much did we spend"):
        assert isinstance(asked(question, SALES), Declined)
    bought = Table("purchase_orders", SALES.fields, 40)
    assert isinstance(asked("revenue by product", bought), Declined)


def test_the_lowest_is_called_the_lowest() -> None:
    plan = understood("lowest amount by branch").plan
    result = QueryResult((), (("N", -2), ("S", -5)), truncated=False)
    assert sentence(plan, SHOP, result).endswith("the lowest is S with -5.")
    plan = understood("first sold_on by branch").plan
    result = QueryResult((), (("N", "2024-02-01"), ("S", "2024-01-01")), truncated=False)
    assert sentence(plan, SHOP, result).endswith("the lowest is S with 2024-01-01.")

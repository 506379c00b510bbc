"""A complaint, a coupon: columns that say something of few rows are counted by their rows. Pure."""

from __future__ import annotations

import datetime as dt

import pytest
from data_agent.asking.asker import Understood, understand
from data_agent.asking.lexicon import load
from data_agent.asking.plan import Filter, Group, Having, Measure, Plan
from data_agent.asking.roles import with_profile
from data_agent.asking.schema import Field, Schema, Table
from data_agent.values import Declined

LEXICON = load()
ROWS = 200
COLUMNS = (  # name, values, different ones, empty cells
    ("Note", (), 190, 0),
    ("Customer", ("Bar Bleu", "De Lepel"), 2, 0),
    ("Driver", ("Bram", "Fatma"), 2, 120),
    ("Substitute Driver", ("Joris", "Lieven"), 2, 180),
    ("Category", ("Dry", "Fresh"), 2, 10),
    ("Remark", ("call first", "ring twice"), 8, 190),
    ("Complaint", ("broken", "too warm"), 2, 180),
)
FILLED = Filter("Complaint", "not_empty")
COUNT, DIFFERENT = Measure("count"), Measure("distinct", "Complaint")
NOTE = 'The rows with a Complaint were counted; say "different Complaint" to count its values.'


def deliveries() -> Schema:
    texts = tuple(Field(name, "VARCHAR", "text", values) for name, values, _, _ in COLUMNS)
    fields = (*texts, Field("Day", "DATE", "time"), Field("Amount", "DOUBLE", "number"))
    facts = [
        {"table": "deliveries", "column": name, "distinct": different, "empty": empty}
        for name, _, different, empty in COLUMNS
    ]
    return with_profile(Schema((Table("deliveries", fields, ROWS),)), facts, LEXICON)


def asked(question: str) -> Understood | Declined:
    return understand(question, deliveries(), LEXICON, today=dt.date(2025, 11, 12))


def plan(question: str) -> Plan:
    found = asked(question)
    assert isinstance(found, Understood), found
    return found.plan


@pytest.mark.parametrize(
    ("question", "group"),
    [
        ("how many complaints", None),
        ("number of complaints by customer", Group("Customer")),
        ("complaints by customer", Group("Customer")),
        ("complaints per month", Group("Day", "month")),
        ("top 5 customers by complaints", Group("Customer")),
        ("which customer has the most complaints", Group("Customer")),
        ("customer with the most complaints", Group("Customer")),
    ],
)
def test_the_rows_that_have_one_are_counted_and_it_is_said(
    question: str, group: Group | None
) -> None:
    found = asked(question)
    assert isinstance(found, Understood), found
    assert (found.plan.measure, found.plan.filters) == (COUNT, (FILLED,))
    assert found.plan.group == group
    assert NOTE in found.notes


@pytest.mark.parametrize(
    "question", ["how many different complaints", "number of different complaints by customer"]
)
def test_different_ones_are_counted_where_that_is_said(question: str) -> None:
    assert (plan(question).measure, plan(question).filters) == (DIFFERENT, ())


@pytest.mark.parametrize(
    "question",
    ["how many too warm complaints", "how many complaints were too warm"],
)
def test_with_a_value_it_is_the_rows_with_that_value(question: str) -> None:
    assert plan(question).measure == COUNT
    assert plan(question).filters == (Filter("Complaint", "eq", ("too warm",)),)


def test_groups_with_so_many() -> None:
    found = plan("customers with 5 or more complaints")
    assert (found.group, found.filters) == (Group("Customer"), (FILLED,))
    assert found.having == (Having(COUNT, "ge", (5,)),)


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("how many drivers", "Driver"),  # names of people, though often empty
        ("number of substitute drivers", "Substitute Driver"),
        ("how many categories", "Category"),  # hardly ever empty
        ("number of remarks by customer", "Remark"),  # hardly ever the same
    ],
)
def test_names_and_what_most_rows_have_are_counted_as_different_values(
    question: str, column: str
) -> None:
    assert plan(question).measure == Measure("distinct", column)


def test_beside_another_number_it_is_asked_for_alone() -> None:
    found = asked("total amount and number of complaints by customer")
    assert isinstance(found, Declined)
    assert "Complaint" in found.reason


@pytest.mark.parametrize(
    "question",
    [
        "customers with the fewest complaints",
        "customers with less than 3 complaints",
        "bottom 2 customers by complaints",
    ],
)
def test_the_fewest_would_leave_out_those_with_none(question: str) -> None:
    found = asked(question)
    assert isinstance(found, Declined)
    assert "with no Complaint at all would be missing" in found.reason


def test_members_without_one_are_not_the_rows_with_one() -> None:
    found = asked("which customers never had a too warm complaint")
    assert isinstance(found, Understood), found
    assert [item.has for item in found.plan.members] == [False]
    assert NOTE not in found.notes


def test_neither_of_two_with_their_column_behind_are_rows_that_are_left_out() -> None:
    found = plan("how many notes with neither Bram nor Fatma as driver")
    assert found.filters == (Filter("Driver", "not_in", ("Bram", "Fatma")),)
    assert found.members == ()


def test_a_share_is_of_the_rows_with_one() -> None:
    found = plan("share of complaints by customer")
    assert (found.show, found.filters) == ("share", (FILLED,))
    assert isinstance(asked("share of rows with complaints by customer"), Declined)

"""Words that would be lost, or be taken for a part of something else: named instead. Pure."""

from __future__ import annotations

import datetime as dt

import pytest
from data_agent.asking.asker import Understood, understand
from data_agent.asking.lexicon import load
from data_agent.asking.plan import Filter, Measure
from data_agent.asking.roles import with_profile
from data_agent.asking.schema import Field, Schema, Table
from data_agent.values import Declined

LEXICON = load()
STAFF = Table(
    "staff",
    (
        Field("Employee No", "BIGINT", "number"),
        Field("Name", "VARCHAR", "text"),
        Field("Job Title", "VARCHAR", "text", ("Clerk", "Content manager")),
        Field("Agency", "VARCHAR", "text", ("Nord GmbH", "Zeit AG")),
        Field("Vacation Days Left", "BIGINT", "number"),
        Field("Sick Days", "BIGINT", "number"),
    ),
    60,
)
ORDERS = Table(
    "orders",
    (
        Field("Order No", "BIGINT", "number"),
        Field("Customer", "VARCHAR", "text", ("Ann", "Bob")),
        Field("Country", "VARCHAR", "text", ("France", "Germany")),
        Field("Order Date", "DATE", "time"),
        Field("Amount", "DOUBLE", "number"),
    ),
    60,
)
TO_US = Table(
    "orders",
    tuple(
        Field("Country", "VARCHAR", "text", ("France", "US")) if f.name == "Country" else f
        for f in ORDERS.fields
    ),
    60,
)


def asked(question: str, table: Table) -> Understood | Declined:
    facts = [
        {"table": table.name, "column": f.name, "distinct": 60 if f.name[-2:] == "No" else 2}
        for f in table.fields
    ]
    known = with_profile(Schema((table,)), facts, LEXICON)
    return understand(question, known, LEXICON, today=dt.date(2025, 11, 12))


def meant(question: str, table: Table) -> Understood:
    found = asked(question, table)
    assert isinstance(found, Understood), found
    return found


def declined(question: str, table: Table) -> str:
    found = asked(question, table)
    assert isinstance(found, Declined), found
    return found.reason


@pytest.mark.parametrize(
    "question",
    ["people with no manager", "employees without a manager", "employees without manager"],
)
def test_no_manager_is_no_other_job_title(question: str) -> None:
    assert 'No column is called "manager".' in declined(question, STAFF)


def test_a_name_may_be_left_out_by_a_part_of_it() -> None:
    found = meant("employees without Zeit", STAFF)
    assert found.plan.filters == (Filter("Agency", "ne", ("Zeit AG",)),)


@pytest.mark.parametrize("question", ["how many have left", "how many left"])
def test_who_has_left_are_no_vacation_days(question: str) -> None:
    assert '"left"' in declined(question, STAFF)


def test_people_who_have_left_are_not_those_with_days_left() -> None:
    assert isinstance(asked("how many people have left", STAFF), Declined)


@pytest.mark.parametrize(
    ("question", "operator"),
    [
        ("how many people have more sick days than vacation days left", "gt"),
        ("people with fewer sick days than vacation days left", "lt"),
    ],
)
def test_more_of_one_column_than_of_another(question: str, operator: str) -> None:
    (found,) = meant(question, STAFF).plan.filters
    assert (found.column, found.operator, found.other) == (
        "Sick Days",
        operator,
        "Vacation Days Left",
    )


@pytest.mark.parametrize(
    "question", ["people with more sick days than Ann", "more sick days than last year"]
)
def test_more_than_of_anything_else_is_not_understood(question: str) -> None:
    assert '"more" and "than"' in declined(question, STAFF)


@pytest.mark.parametrize(
    ("question", "column"),
    [
        ("how many vacation days left", "Vacation Days Left"),
        ("how many sick days", "Sick Days"),
    ],
)
def test_days_are_added_up(question: str, column: str) -> None:
    assert meant(question, STAFF).plan.measure == Measure("sum", column)


@pytest.mark.parametrize(
    "question",
    [
        "orders from us",
        "how many orders from us in 2025",
        "customers in us",
        "orders from the US",
        "total amount from US",
    ],
)
def test_a_country_that_nothing_is_from_is_named(question: str) -> None:
    assert '"us"' in declined(question, ORDERS).lower()


def test_where_it_is_a_value_it_is_a_condition() -> None:
    found = meant("how many orders from us", TO_US)
    assert found.plan.filters == (Filter("Country", "eq", ("US",)),)


@pytest.mark.parametrize(
    "question",
    [
        "tell us the total amount",
        "total amount Ann bought from us",
        "amount customer Ann bought from us",
    ],
)
def test_we_are_no_country(question: str) -> None:
    assert meant(question, ORDERS).plan.measure == Measure("sum", "Amount")

"""A date is named by what happened on it: `month of delivery` is about Delivered. Pure."""

from __future__ import annotations

import datetime as dt

import pytest
from data_agent.asking.asker import Understood, understand
from data_agent.asking.lexicon import load
from data_agent.asking.plan import Group, Measure
from data_agent.asking.roles import with_profile
from data_agent.asking.schema import Field, Schema, Table
from data_agent.values import Declined

LEXICON = load()
TODAY = dt.date(2025, 11, 12)
DATES = ("Ordered", "Delivered", "Paid On")


def schema(name: str, *dates: str) -> Schema:
    fields = (
        Field("Note", "VARCHAR", "text"),
        *(Field(date, "DATE", "time") for date in dates),
        Field("Town", "VARCHAR", "text", ("Bath", "Ulm")),
        Field("Status", "VARCHAR", "text", ("Done", "Open")),
        Field("Net Amount", "DOUBLE", "number"),
    )
    facts = [{"table": name, "column": f.name, "distinct": 60, "empty": 0} for f in fields]
    return with_profile(Schema((Table(name, fields, 120),)), facts, LEXICON)


def asked(question: str, *dates: str, table: str = "deliveries") -> Understood | Declined:
    return understand(question, schema(table, *dates), LEXICON, today=TODAY)


def meant(question: str, *dates: str, table: str = "deliveries") -> Understood:
    found = asked(question, *dates, table=table)
    assert isinstance(found, Understood), found
    return found


@pytest.mark.parametrize(
    ("question", "group"),
    [
        ("net amount per month of delivery", Group("Delivered", "month")),
        ("net amount by month of the delivery", Group("Delivered", "month")),
        ("net amount by delivery month", Group("Delivered", "month")),
        ("net amount by month delivered", Group("Delivered", "month")),
        ("net amount by delivery date", Group("Delivered", "day")),
        ("net amount by order date", Group("Ordered", "day")),
        ("net amount by year of payment", Group("Paid On", "year")),
        ("net amount by weekday of payment", Group("Paid On", "weekday")),
    ],
)
def test_a_noun_beside_a_unit_of_time_names_the_date(question: str, group: Group) -> None:
    found = meant(question, *DATES)
    assert found.plan.group == group
    assert not any(note.startswith("Dates are those") for note in found.notes)


@pytest.mark.parametrize(
    "question",
    ["net amount per month of delivery in 2025", "net amount by delivery month in 2025"],
)
def test_the_period_is_of_the_same_date(question: str) -> None:
    found = meant(question, *DATES)
    assert [item.column for item in found.plan.filters] == ["Delivered"]
    assert '"delivery" was read as the column Delivered.' in found.notes


@pytest.mark.parametrize(
    ("question", "date", "column"),
    [
        ("how many rows began after 2020", "Start Date", "Start Date"),
        ("rows booked in March 2025", "Booking Date", "Booking Date"),
        ("rows opened in March 2025", "Created", "Created"),
        ("net amount with payment in March 2025", "Paid On", "Paid On"),
    ],
)
def test_a_verb_or_what_stands_beside_the_rows_names_it(
    question: str, date: str, column: str
) -> None:
    found = meant(question, "Entered", date, table="jobs")
    assert [item.column for item in found.plan.filters] == [column]


def test_a_verb_that_says_no_more_than_the_table_is_its_rows() -> None:
    found = meant("how many different towns ordered", "Order Date", table="orders")
    assert (found.plan.measure, found.plan.filters) == (Measure("distinct", "Town"), ())


def test_a_verb_with_a_period_is_a_date_though_the_table_is_called_so() -> None:
    found = meant("rows delivered in 2025", "Ordered", "Delivery Date")
    assert [item.column for item in found.plan.filters] == ["Delivery Date"]


def test_of_two_that_fit_the_question_is_asked_back() -> None:
    found = asked("net amount by month of payment", "Ordered", "Payment Due", "Paid At Bank")
    assert isinstance(found, Declined)
    assert "by month of Payment Due" in found.reason
    assert "by month of Paid At Bank" in found.reason


def test_a_name_of_nothing_else_comes_first() -> None:
    found = meant("net amount by month of payment", "Ordered", "Payment Due", "Paid On")
    assert found.plan.group == Group("Paid On", "month")


@pytest.mark.parametrize(
    "question", ["deliveries by month", "deliveries month by month", "how many deliveries per year"]
)
def test_the_rows_are_no_date(question: str) -> None:
    found = meant(question, *DATES)
    assert found.plan.group is not None
    assert found.plan.group.column == "Ordered"


def test_without_such_a_date_the_noun_is_what_it_was() -> None:
    group = meant("net amount per month of delivery", "Ordered").plan.group
    assert group == Group("Ordered", "month")


def test_between_two_named_dates() -> None:
    found = meant("average days from order date to delivery date", *DATES)
    calc = found.plan.measure.calc if found.plan.measure else None
    assert calc is not None
    assert (found.plan.measure and found.plan.measure.column, calc.column) == (
        "Ordered",
        "Delivered",
    )

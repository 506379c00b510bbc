"""Words that stand in the data and belong to the language as well: `Total`, `OR`, `no`. Pure."""

from __future__ import annotations

import datetime as dt

import pytest
from data_agent.asking.asker import Understood, understand
from data_agent.asking.lexicon import load
from data_agent.asking.plan import Group, Measure, Plan
from data_agent.asking.schema import Field, Schema, Table
from data_agent.asking.words import filters_words
from data_agent.values import Declined

LEXICON = load()
TODAY = dt.date(2025, 11, 12)
FUEL = Table(
    "fuel_log",
    (
        Field("Date", "DATE", "time", role="time", empty=0),
        Field("Driver", "VARCHAR", "text", ("Max", "May", "Tom"), role="dimension", distinct=3),
        Field("Station", "VARCHAR", "text", ("Aral", "Average", "TOTAL", "Total"),
              role="dimension", distinct=4),
        Field("State", "VARCHAR", "text", ("IN", "IT", "ME", "OR", "US", "WA"), role="geo",
              distinct=6),
        Field("Plan", "VARCHAR", "text", ("Monthly", "Yearly"), role="dimension", distinct=2),
        Field("Amount EUR", "DOUBLE", "number", role="measure", empty=0, low=5, high=200),
        Field("Litres", "DOUBLE", "number", role="measure", empty=0, low=1, high=80),
    ),
    300,
)  # fmt: skip
PATIENTS = Table(
    "patients",
    (
        Field("Born", "DATE", "time", role="time", empty=0),
        Field("City", "VARCHAR", "text", ("Bath", "Ulm"), role="geo", distinct=2),
        Field("Email", "VARCHAR", "text", role="text", distinct=80, empty=40),
        Field("Phone", "VARCHAR", "text", role="text", distinct=80, empty=10),
        Field("Allergies", "VARCHAR", "text", ("latex", "pollen"), role="dimension", distinct=2,
              empty=60),
        Field("Reminder", "VARCHAR", "text", ("email", "no", "sms"), role="dimension", distinct=3,
              empty=4),
        Field("Status", "VARCHAR", "text", ("all", "new", "not", "old"), role="dimension",
              distinct=4),
    ),
    120,
)  # fmt: skip


def asked(question: str, table: Table = FUEL) -> Understood | Declined:
    return understand(question, Schema((table,)), LEXICON, today=TODAY)


def plan(question: str, table: Table = FUEL) -> Plan:
    meant = asked(question, table)
    assert isinstance(meant, Understood), meant
    return meant.plan


@pytest.mark.parametrize(
    ("question", "function"),
    [
        ("total amount by station", "sum"),
        ("Please show me the total amount per station.", "sum"),
        ("Total Amount EUR by Station", "sum"),
        ("TOTAL AMOUNT BY STATION", "sum"),
        ("show me for total amount the sum by station", "sum"),
        ("average amount by station", "avg"),
        ("what is the average litres by station", "avg"),
        ("max amount by station", "max"),
        ("amount by station total", "sum"),
    ],
)
def test_before_a_measure_it_is_what_is_computed(question: str, function: str) -> None:
    found = plan(question)
    assert found.filters == ()
    assert found.group == Group("Station")
    assert found.measure == Measure(found.measure.function if found.measure else "count",
                                    found.measure.column if found.measure else None)  # fmt: skip
    assert found.measure is not None
    assert found.measure.function == function


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("total amount at Total", "Station is TOTAL or Total"),
        ("total amount at total", "Station is TOTAL or Total"),
        ("average amount at Total by month", "Station is TOTAL or Total"),
        ("amount where station is total", "Station is TOTAL or Total"),
        ("how many rows at Total in 2025", "Station is TOTAL or Total and Date is in 2025"),
        (
            "rows at Total with amount over 50",
            "Station is TOTAL or Total and Amount EUR is more than 50",
        ),
        ("how many rows of Aral in 2025", "Station is Aral and Date is in 2025"),
        ("how many rows from us", "State is US"),
        ("rows in it by month", "State is IT"),
        ("litres station Total", "Station is TOTAL or Total"),
        ("amount at Aral or Total", "Station is Aral, TOTAL or Total"),
        ("average amount Total vs Aral", "Station is TOTAL, Total or Aral"),
        ("how many rows from OR", "State is OR"),
        ("how many rows in IN", "State is IN"),
        ("amount from WA or OR", "State is WA or OR"),
        ("amount by state excluding OR and WA", "State is none of OR or WA"),
        ("how many US rows", "State is US"),
        ("how many litres did Max get", "Driver is Max"),
    ],
)
def test_with_its_column_or_a_place_word_it_is_a_value(question: str, where: str) -> None:
    assert filters_words(plan(question), FUEL) == f" where {where}"


@pytest.mark.parametrize(
    "question",
    [
        "tell us the amount by month",
        "how is it by month",
        "what does it amount to by month",
        "show me the amount by month",
        "what was in May 2025 the total amount",
        "monthly amount",
        "yearly litres",
    ],
)
def test_in_the_place_of_grammar_it_filters_nothing_else(question: str) -> None:
    assert not [item for item in plan(question).filters if item.column != "Date"]


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("how many patients have no email", "Email is empty"),
        ("patients without email", "Email is empty"),
        ("how many patients do not have an email", "Email is empty"),
        ("how many patients have an email", "Email is not empty"),
        ("how many patients want email", "Reminder is email"),
        ("how many patients have no phone", "Phone is empty"),
        ("patients with no phone or email", None),
        ("how many patients with reminder no", "Reminder is no"),
        ("how many patients where reminder is no", "Reminder is no"),
        ("how many patients with reminder email", "Reminder is email"),
        ("how many patients with reminder sms or no", "Reminder is sms or no"),
        ("how many patients have no allergies", "Allergies is empty"),
        ("how many patients with status new", "Status is new"),
        ("patients not in Bath", "City is not Bath"),
        ("all patients in Bath", "City is Bath"),
    ],
)
def test_no_and_a_column_is_empty(question: str, where: str | None) -> None:
    if where is None:
        meant = asked(question, PATIENTS)
        assert isinstance(meant, Declined) or "Reminder" not in filters_words(meant.plan, PATIENTS)
    else:
        assert filters_words(plan(question, PATIENTS), PATIENTS) == f" where {where}"


@pytest.mark.parametrize(
    "question",
    [
        "how many patients have no reminder",  # empty, or `no`?
        "how many new patients by city",  # a status, or registered lately?
        "how many patients are not",
    ],
)
def test_what_is_unclear_is_asked_back(question: str) -> None:
    assert isinstance(asked(question, PATIENTS), Declined)

"""Words with a slip, titles before names, a unit that is a column, and words by the way. Pure."""

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
DIARY = Table(
    "appointments",
    (
        Field("Start", "TIMESTAMP", "time", role="time", empty=0),
        Field("Practitioner", "VARCHAR", "text",
              ("Dr. Amara Obi", "Dr. Jonas Lindqvist", "Mia Torres", "Ms Ann Obi", "Sam Becker"),
              role="dimension", distinct=5),
        Field("Treatment", "VARCHAR", "text", ("Massage",), role="dimension", distinct=1),
        Field("Minutes", "BIGINT", "number", role="measure", empty=0, low=10, high=90),
        Field("Waited Minutes", "BIGINT", "number", role="measure", empty=3, low=0, high=60),
        Field("Fee", "DOUBLE", "number", role="measure", empty=0, low=20, high=100),
    ),
    900,
)  # fmt: skip


def asked(question: str) -> Understood | Declined:
    return understand(question, Schema((DIARY,)), LEXICON, today=dt.date(2025, 11, 12))


def plan(question: str) -> Plan:
    found = asked(question)
    assert isinstance(found, Understood), found
    return found.plan


def test_a_slip_in_a_word_of_the_language_is_told() -> None:
    found = asked("averge waited minutes by treatmnt")
    assert isinstance(found, Understood), found
    assert found.plan.measure == Measure("avg", "Waited Minutes")
    assert found.plan.group == Group("Treatment")
    assert '"averge" was read as "average".' in found.notes
    assert plan("total fee per quater").group == Group("Start", "quarter")
    assert filters_words(plan("total fee in Febuary 2025"), DIARY) == (
        " where Start is in February 2025"
    )


@pytest.mark.parametrize(
    "question", ["excelt fee", "cheep fee by treatment", "fee of mounth", "withuot fee"]
)
def test_other_slips_are_named(question: str) -> None:
    assert isinstance(asked(question), Declined)


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("Dr. Obi vs Dr. Lindqvist, number of appointments",
         "Practitioner is Dr. Amara Obi or Dr. Jonas Lindqvist"),
        ("total fee of Dr Obi", "Practitioner is Dr. Amara Obi"),
        ("total fee of Ms Obi", "Practitioner is Ms Ann Obi"),
        ("total fee of Dr. Amara Obi", "Practitioner is Dr. Amara Obi"),
        ("total fee of Becker", "Practitioner is Sam Becker"),
    ],
)  # fmt: skip
def test_a_title_goes_with_the_name_behind_it(question: str, where: str) -> None:
    assert filters_words(plan(question), DIARY) == f" where {where}"


@pytest.mark.parametrize("question", ["total fee of Dr. Torres", "total fee of Dr", "Mr. Obi"])
def test_a_title_that_nobody_of_that_name_has_is_not_understood(question: str) -> None:
    assert isinstance(asked(question), Declined)


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("how many appointments took longer than 45 minutes", "Minutes is more than 45"),
        ("appointments shorter than 20 minutes", "Minutes is less than 20"),
        ("appointments that waited longer than 30 minutes", "Waited Minutes is more than 30"),
    ],
)
def test_a_unit_that_is_a_column_says_which_one(question: str, where: str) -> None:
    assert filters_words(plan(question), DIARY) == f" where {where}"


@pytest.mark.parametrize(
    "question",
    [
        "appointments longer than 45",
        "appointments longer than 2 hours",
        "appointments longer than 45 fee",
        "people who spent more than 100",
    ],
)
def test_what_could_be_another_column_is_asked_back(question: str) -> None:
    assert isinstance(asked(question), Declined)


def test_spent_behind_an_amount_says_nothing_more() -> None:
    assert filters_words(plan("fee spent at neither Massage nor Becker"), DIARY) == (
        " where Treatment is not Massage and Practitioner is not Sam Becker"
    )


def test_where_values_are_missing() -> None:
    found = plan("where are values missing?")
    assert found.study is not None
    assert found.study.kind == "missing"
    assert filters_words(plan("appointments where waited minutes is missing"), DIARY) == (
        " where Waited Minutes is empty"
    )


def test_money_is_what_comes_in() -> None:
    tickets = Table(
        "tickets",
        (
            Field("Section", "VARCHAR", "text", ("Balcony", "Floor"), role="dimension"),
            Field("Fees", "DOUBLE", "number", role="measure", empty=0, low=0, high=9),
            Field("Order Total", "DOUBLE", "number", role="measure", empty=0, low=0, high=900),
        ),
        90,
    )
    found = understand("Which section brings in the most money?", Schema((tickets,)), LEXICON)
    assert isinstance(found, Understood), found
    assert found.plan.measure == Measure("sum", "Order Total")
    assert '"money" was read as the column Order Total.' in found.notes
    assert isinstance(asked("which treatment brings in the most money"), Declined)

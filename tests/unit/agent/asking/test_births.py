"""A date of birth is no date of the table's rows: it is meant only where it is named. Pure."""

from __future__ import annotations

import datetime as dt

import pytest
from data_agent.asking.asker import Understood, understand
from data_agent.asking.lexicon import load
from data_agent.asking.plan import Group, Order
from data_agent.asking.roles import with_profile
from data_agent.asking.schema import Field, Schema, Table
from data_agent.asking.words import filters_words
from data_agent.values import Declined

LEXICON = load()
TODAY = dt.date(2025, 11, 12)


def patients(*dates: str) -> Table:
    fields = (
        Field("Patient No", "VARCHAR", "text"),
        *(Field(name, "DATE", "time") for name in dates),
        Field("City", "VARCHAR", "text", ("Bath", "Ulm")),
    )
    schema = Schema((Table("patients", fields, 120),))
    facts = [
        {"table": "patients", "column": field.name, "distinct": 60, "empty": 0} for field in fields
    ]
    return with_profile(schema, facts, LEXICON).tables[0]


def asked(question: str, *dates: str) -> Understood | Declined:
    return understand(question, Schema((patients(*dates),)), LEXICON, today=TODAY)


def meant(question: str, *dates: str) -> Understood:
    found = asked(question, *dates)
    assert isinstance(found, Understood), found
    return found


@pytest.mark.parametrize("born", ["Born", "Date of birth", "DOB", "Geburtsdatum", "birth_date"])
def test_it_is_never_the_date_that_is_meant_where_none_is_said(born: str) -> None:
    found = meant("new patients by year since 2022", born, "Registered")
    assert found.plan.group == Group("Registered", "year")
    assert filters_words(found.plan, patients(born, "Registered")) == (
        " where Registered is from 2022-01-01 on"
    )
    assert f"Dates are those of Registered; name {born} to have others." in found.notes


def test_of_two_others_the_first_is_taken_and_said() -> None:
    found = meant("patients in 2024", "Born", "Registered", "Last Visit")
    assert [item.column for item in found.plan.filters] == ["Registered"]
    assert any(note.startswith("Dates are those of Registered;") for note in found.notes)


@pytest.mark.parametrize(
    "question", ["patients by year", "how many patients in 2024", "new patients by month"]
)
def test_where_there_is_no_other_it_is_asked_back(question: str) -> None:
    found = asked(question, "Born")
    assert isinstance(found, Declined)
    assert "Born" in found.reason


@pytest.mark.parametrize(
    ("question", "dates"),
    [
        ("how many patients born in 2004", ("Born", "Registered")),
        ("how many patients born before 1980", ("Born",)),
        ("patients by year of Born", ("Born", "Registered")),
        ("patients by year born", ("Born",)),
    ],
)
def test_it_is_taken_where_it_is_named(question: str, dates: tuple[str, ...]) -> None:
    assert "Born" in meant(question, *dates).plan.columns()


def test_the_oldest_of_people_is_who_was_born_first() -> None:
    found = meant("oldest patient", "Born", "Registered")
    assert found.plan.order == Order("Born", "asc")
    assert found.plan.limit == 1
    assert '"oldest" was read as the first Born.' in found.notes


def test_the_youngest_of_people_is_who_was_born_last() -> None:
    found = meant("3 youngest patients", "Born", "Registered")
    assert (found.plan.order, found.plan.limit) == (Order("Born", "desc"), 3)
    assert '"youngest" was read as the last Born.' in found.notes


def test_the_note_stays_where_only_a_period_is_grouped_by() -> None:
    note = "Dates are those of Registered; name Born to have others."
    assert note in meant("patients by year", "Born", "Registered").notes
    assert not any("Dates are" in note for note in meant("patients by year", "Registered").notes)


def test_the_first_of_a_month_is_no_first_row() -> None:
    found = asked("patients on the first of March 2024", "Registered")
    assert isinstance(found, Declined)
    assert '"1 March"' in found.reason
    assert meant("patients on 1 March 2024", "Registered").plan.limit is None


def test_the_newest_is_who_came_last() -> None:
    assert meant("newest patient", "Born", "Registered").plan.order == Order("Registered", "desc")

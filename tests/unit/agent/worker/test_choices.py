"""Types that people choose: over the whole file, or refused with the lines that do not fit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from data_agent.errors import DoesNotFit
from data_agent.values import Reading
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.agent.worker.loading import Imported, load


def chosen(text: str, refuse: bool = True, **choices: str) -> Imported:
    return load(text, Reading(choices, refuse=refuse))


def ask(imported: Imported, name: str) -> list[str]:
    return next(c["ask"] for c in imported.report["columns"] if c["name"] == name)


def test_ambiguous_dates_stay_text_and_ask_until_somebody_chooses() -> None:
    text = "day,n\n03/04/2024,1\n05/06/2024,2\n"
    found = load(text)
    assert found.types["day"] == "VARCHAR"
    assert list(ask(found, "day")) == ["date_dmy", "date_mdy"]
    assert chosen(text, day="date_dmy").rows[0] == (dt.date(2024, 4, 3), 1)
    assert chosen(text, day="date_mdy").rows[0] == (dt.date(2024, 3, 4), 1)


def test_yes_and_no_become_booleans_only_when_chosen() -> None:
    text = "paid,flag\nYes,1\nno,0\nN/A,1\n"
    assert chosen("c\n007\n010\n", c="number").rows == [(7,), (10,)]
    assert load(text).types == {"paid": "VARCHAR", "flag": "BIGINT"}
    imported = chosen(text, paid="boolean", flag="boolean")
    assert imported.types == {"paid": "BOOLEAN", "flag": "BOOLEAN"}
    assert imported.rows == [(True, True), (False, False), (None, True)]
    assert imported.report["columns"][0]["choice"] == "boolean"


def test_text_keeps_every_character() -> None:
    assert chosen("zip,n\n01234,007\n05678,1\n", n="text").rows == [
        ("01234", "007"),
        ("05678", "1"),
    ]


def test_a_number_may_be_read_either_way() -> None:
    text = "v;w\n1.234;x\n5.678;y\n"
    assert [r[0] for r in chosen(text, v="number_comma").rows] == [1234, 5678]
    assert [r[0] for r in chosen(text, v="number_point").rows] == [
        Decimal("1.234"),
        Decimal("5.678"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_does_not_fit_is_named_with_its_line(end: str) -> None:
    rows = ["name,amount", '"two\nlines",1.50', "b,n/a", "c,later", "d,2", "e,12 kg"]
    text = end.join(rows) + end
    with pytest.raises(DoesNotFit) as error:
        chosen(text, amount="number")
    assert str(error.value) == (
        "2 values of amount are not numbers: line 5 “later”, line 7 “12 kg”."
    )
    imported = chosen(text, amount="number lossy")
    assert [row[1] for row in imported.rows] == [Decimal("1.5"), None, None, Decimal(2), None]
    assert "2 values that are no numbers became empty, as chosen" in imported.notes


def test_days_that_no_calendar_has_do_not_fit() -> None:
    with pytest.raises(DoesNotFit, match=r"1 value of day is not dates.*line 3 “31/02/2024”"):
        chosen("day,n\n01/02/2024,1\n31/02/2024,2\n", day="date_dmy")


def test_a_choice_of_an_earlier_file_gives_way_and_says_so() -> None:
    imported = chosen("a,b\nx,1\ny,2\n", refuse=False, a="number", gone="number")
    assert imported.types == {"a": "VARCHAR", "b": "BIGINT"}
    assert "number was chosen for an earlier file, but 2 values here are not numbers" in (
        imported.notes
    )
    assert imported.report["columns"][0]["choice"] == ""


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.lists(
        st.from_regex(r"(0|[1-9][0-9]{0,3})(\.[0-9]{1,2})?|[a-z]{1,4}|", fullmatch=True), min_size=1
    )
)
def test_lossy_numbers_keep_every_number_and_lose_only_words(cells: list[str]) -> None:
    text = "k,v\n" + "".join(f"x,{cell}\n" for cell in cells)
    wanted = [Decimal(cell) if cell[:1].isdigit() else None for cell in cells]
    assert [row[1] for row in chosen(text, v="number lossy").rows] == wanted

"""Candidates from samples and decisions from counts."""

from __future__ import annotations

import datetime as dt

from data_agent.importing.candidates import candidates, next_checks, rival, without_misfit
from data_agent.importing.decide import Count, decide_all
from data_agent.importing.forms import BY_NAME, FORMS, looks_typed
from hypothesis import given
from hypothesis import strategies as st


def names(sample: list[str]) -> list[str]:
    return [c.form.name for c in candidates(sample) if not c.cleaned]


def test_the_preferred_form_comes_first() -> None:
    assert names(["1", "2"])[0] == "integer"
    assert names(["1", "2.5"])[0] == "point"
    assert names(["1,5", "2"])[0] == "comma"
    assert names(["2024-01-31"])[0] == "iso"


def test_readings_that_compete_are_checked_together() -> None:
    assert [c.form.name for c in next_checks(candidates(["1,234"]))] == ["comma", "comma groups"]
    assert [c.form.name for c in next_checks(candidates(["01/02/2024"]))] == ["d/m/y", "m/d/y"]
    assert [c.form.name for c in next_checks(candidates(["31/02/2024"]))] == ["d/m/y"]


def test_a_misfit_rules_out_what_it_does_not_fit() -> None:
    left = candidates(["1", "2"])
    assert without_misfit(left, "oops") == ()
    assert "point" in {c.form.name for c in without_misfit(left, "2.5")}
    assert {c.cleaned for c in without_misfit(left, "N/A")} == {True}


def test_every_rival_is_a_form_of_the_same_family() -> None:
    for form in FORMS:
        other = rival(form)
        if other is not None:
            assert other.family == form.family
            assert other != form
    assert {form.name for form in FORMS} == set(BY_NAME)
    assert len(BY_NAME) == len(FORMS)


def test_booleans_have_no_form() -> None:
    for word in ("Yes", "no", "TRUE", "false", "y", "t"):
        assert not looks_typed(word)


def counted(sample: list[str]) -> list[Count]:
    return [
        Count(c, values=2, fits=2, scale=3 if "," in sample[0] else 0, digits=3)
        for c in next_checks(candidates(sample))
    ]


def test_what_holds_for_the_sample_only_is_not_taken() -> None:
    one = candidates(["1"])[0]
    (typing,) = decide_all(["n"], {0: (Count(one, values=10, fits=9, misfit="x"),)}, ",")
    assert typing.type == "VARCHAR"
    assert "1 of 10 values are no whole numbers, for example 'x'" in typing.notes[0]


def test_a_column_without_checks_is_text() -> None:
    assert [t.type for t in decide_all(["a", "b"], {}, ",")] == ["VARCHAR", "VARCHAR"]


def test_ambiguity_depends_on_what_else_the_file_shows() -> None:
    ambiguous = counted(["1,234"])
    assert decide_all(["a"], {0: ambiguous}, ";")[0].type == "VARCHAR"
    assert decide_all(["a"], {0: ambiguous}, ",")[0].candidate == ambiguous[1].candidate
    clear = [Count(candidates(["0,5"])[0], values=2, fits=2, scale=1, digits=1)]
    decided = decide_all(["a", "b"], {0: ambiguous, 1: clear}, ";")
    assert decided[0].candidate == ambiguous[0].candidate


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2))
def test_plain_decimals_always_look_like_numbers(value: object) -> None:
    assert looks_typed(f"{value:f}")


@given(st.dates(dt.date(1000, 1, 1), dt.date(2999, 12, 31)))
def test_iso_dates_always_look_like_dates(value: object) -> None:
    assert "iso" in names([str(value)])

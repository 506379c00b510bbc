"""Sentences that are longer than a terminal is wide: broken between words, indented, whole."""

from __future__ import annotations

import io
import re

import pytest

from orchestrator.cli import planning, progress, table, text, updating
from orchestrator.cli.screen import Screen
from orchestrator.cli.verbs import doctor, events, status
from orchestrator.client.answers import (
    Check,
    Diagnosis,
    Happening,
    PlannedTenant,
    PlanReport,
    Progress,
    UpdatedTenant,
)
from orchestrator.errors import FleetInvalid, OrchestratorError
from tests.unit.cli.test_terminal import ESCAPES, report, screen, shown

LONG = (
    "update 3: 1 failed, 1 left (suspended), 3 not touched, 1 with an image of their own left"
    " alone (the canary bistro failed; 3 waiting were not touched)"
)


def lines_of(stream: object) -> list[str]:
    assert isinstance(stream, io.StringIO)
    return ESCAPES.sub("", stream.getvalue()).splitlines()


def check(lines: list[str], said: str, columns: int = 80) -> None:
    """All of it, no line wider than the terminal, no word in two."""
    assert max(map(text.width, lines)) <= columns
    assert len(lines) > 1
    assert said in re.sub(r"\s+", " ", " ".join(lines))


def test_the_end_of_some_work(monkeypatch):
    one = screen(monkeypatch)
    assert progress.run_to_end(iter([Progress("done", LONG, ok=True)]), one) == 0
    lines = lines_of(one.out)
    check(lines, f"done: {LONG}")
    assert {line[:6] for line in lines[1:]} == {" " * 6}


def test_its_failing(monkeypatch):
    one = screen(monkeypatch)
    assert progress.run_to_end(iter([Progress("done", LONG, ok=False)]), one) == 1
    check(lines_of(one.err), f"failed: {LONG}")


def test_outcomes_and_notes_of_live_progress(monkeypatch):
    one = screen(monkeypatch)
    work = [Progress("note", LONG, "bistro"), Progress("done", "", ok=True)]
    progress.follow(iter(work), one)
    check(lines_of(one.out), f"· bistro: {LONG}")


def test_errors_and_their_problems(monkeypatch):
    one = screen(monkeypatch)
    one.fail(FleetInvalid(LONG, (LONG,), mend=LONG))
    check(lines_of(one.err), f"error: {LONG}")


def test_events(monkeypatch):
    one = screen(monkeypatch)
    events._show(Happening(at=1795410102.4, tenant=None, kind="update", text=LONG), one)
    lines = lines_of(one.out)
    check(lines, f"2026-11-23 05:01:42Z update platform: {LONG}")
    assert {line[: events.BELOW].strip() for line in lines[1:]} == {""}


def test_doctor(monkeypatch):
    one = screen(monkeypatch)
    found = (Check("limits", ok=True, detail=LONG, mend=""),)
    doctor._show(Diagnosis(ok=True, checks=found), one)
    check(lines_of(one.out)[:-1], LONG)


def test_status_of_one(monkeypatch):
    one = screen(monkeypatch)
    status._show_one(report(why=LONG).tenants[0], one)
    lines = lines_of(one.out)
    check(lines, f"why {LONG}")
    assert lines[3].startswith(" " * 14)


def test_the_line_below_the_table_is_put_on_two_where_it_is_too_long(monkeypatch):
    for columns, count in ((60, 2), (120, 1)):
        one = screen(monkeypatch, columns)
        status.show(report(), one)
        assert len(shown(one).split("\n\n")[1].splitlines()) == count


def test_a_pipe_gets_each_sentence_as_one_line():
    out, err = io.StringIO(), io.StringIO()
    one = Screen(out=out, err=err, env={})
    one.tell(f"{LONG}  {LONG}", "· ")
    one.fail(OrchestratorError(LONG))
    assert out.getvalue() == f"· {LONG}  {LONG}\n"
    assert err.getvalue() == f"error: {LONG}\n"


@pytest.mark.parametrize("columns", [50, 60, 80, 120])
def test_a_plan_with_its_steps(monkeypatch, columns):
    one = screen(monkeypatch, columns)
    planned = PlannedTenant("foxglove-and-partners", "swap", LONG, (), (LONG, "route it"))
    planning.show_plan(PlanReport((planned,), (), None), one, steps=True)
    lines = lines_of(one.out)
    check(lines, f"~ foxglove-and-partners swap {LONG} {LONG} route it", columns)
    assert min(len(line) for line in lines[1:]) > len("route it")


@pytest.mark.parametrize("columns", [60, 70, 80, 120])
def test_the_table_of_an_update_fits_with_the_longest_id(monkeypatch, columns):
    one = screen(monkeypatch, columns)
    row = UpdatedTenant("a" * 32, "returning", LONG, "app:2", "sha256:" + "1" * 64,
                        "sha256:" + "2" * 64, "2.0.0")  # fmt: skip
    drawn = table.lines(updating.COLUMNS, [updating._row(row)], one)
    plain = [ESCAPES.sub("", line) for line in drawn]
    assert max(map(text.width, plain)) <= columns
    assert "a" * 32 in plain[1]
    assert "222222222222" in plain[1]


@pytest.mark.parametrize(
    ("said", "shown_as"),
    [
        ("2026-11-23T05:01:42.756049529Z", "2026-11-23 05:01:42Z"),
        ("2026-11-23T05:01:42Z", "2026-11-23 05:01:42Z"),
        ("2026-11-23T05:01:42+00:00", "2026-11-23 05:01:42Z"),
        ("yesterday", "yesterday"),
        ("", ""),
    ],
)
def test_moments_are_written_as_events_have_them(said, shown_as):
    assert text.instant(said) == shown_as

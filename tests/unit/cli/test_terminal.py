"""At a terminal: colours, widths, live lines; and what hostile text cannot do."""

from __future__ import annotations

import io
import re

import pytest

from orchestrator.cli import progress, table, text
from orchestrator.cli.parser import build
from orchestrator.cli.screen import Screen
from orchestrator.cli.table import Column, Row
from orchestrator.cli.verbs import status
from orchestrator.client.answers import Progress
from orchestrator.client.decode import decode
from orchestrator.core.report import StatusReport
from tests.unit.cli.conftest import STATUS

ESCAPES = re.compile(r"\x1b\[[0-9;]*[mA-K]")
EVIL = "Acme\x1b[2J\x1b]0;owned\x07 [red]x[/red]\r\n‮evil"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def screen(monkeypatch: pytest.MonkeyPatch, columns: int = 80, **env: str) -> Screen:
    monkeypatch.setenv("COLUMNS", str(columns))
    return Screen(out=Terminal(), err=Terminal(), env={"TERM": "xterm", **env})


def shown(one: Screen) -> str:
    assert isinstance(one.out, io.StringIO)
    return one.out.getvalue()


def report(**changes: object) -> StatusReport:
    row = {**STATUS["tenants"][0], **changes}
    return decode(StatusReport, {**STATUS, "tenants": [row, STATUS["tenants"][1]]})


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120])
def test_the_status_table_fits_its_terminal(monkeypatch, columns):
    one = screen(monkeypatch, columns)
    status.show(report(), one)
    plain = ESCAPES.sub("", shown(one))
    rows = plain.splitlines()[:-1]
    assert max(map(text.width, rows)) <= columns
    assert "customer-a" in plain
    assert "running" in plain


def test_at_80_columns_the_image_and_the_data_are_left_out_first(monkeypatch):
    one = screen(monkeypatch, 80)
    status.show(report(), one)
    titles = ESCAPES.sub("", shown(one)).splitlines()[0].split()
    assert titles == "CUSTOMER STATE TIER URL USERS FILES MEMORY".split()


def test_wide_and_combining_characters_keep_the_columns_straight(monkeypatch):
    one = screen(monkeypatch)
    rows = [Row((name, "x"), {}) for name in ("株式会社", "Zoë", "Zoe\u0308", "plain")]
    drawn = table.lines((Column("NAME"), Column("END")), rows, one)
    assert {text.width(ESCAPES.sub("", line)) for line in drawn[1:]} == {11}


def test_no_colour_for_pipes_and_for_those_who_asked_for_none(monkeypatch):
    assert screen(monkeypatch, NO_COLOR="1").paint("x", "red") == "x"
    assert screen(monkeypatch, TERM="dumb").paint("x", "red") == "x"
    assert Screen(out=io.StringIO(), env={"TERM": "xterm"}).paint("x", "red") == "x"
    assert screen(monkeypatch).paint("x", "red") == "\x1b[31mx\x1b[0m"


def test_names_and_reasons_cannot_reach_the_terminal(monkeypatch):
    one = screen(monkeypatch, 200, NO_COLOR="1")
    status.show(report(id=EVIL, tier=EVIL, why=EVIL, url=EVIL, digest=EVIL), one)
    out = shown(one)
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "\u202e" not in out
    assert "\\x1b[2J" in out
    assert "[red]x[/red]" in out


def test_log_lines_cannot_reach_the_terminal():
    assert text.clean_log("a\tb\x1b[31m\x9b5n") == "a       b\\x1b[31m\\x9b5n"


def test_live_progress_redraws_its_lines_and_leaves_outcomes(monkeypatch):
    one = screen(monkeypatch)
    work = iter(
        [
            Progress("step", "create network", "customer-c"),
            Progress("step", "wait until ready", "customer-c"),
            Progress("outcome", "started", "customer-c"),
            Progress("done", "1 customer running", ok=True),
        ]
    )
    assert progress.run_to_end(work, one) == 0
    assert _after_replay(shown(one)) == ["✓ customer-c: started", "done: 1 customer running"]


def test_live_progress_is_cleared_when_the_work_breaks_off(monkeypatch):
    one = screen(monkeypatch)

    def work():
        yield Progress("step", "create network", "customer-c")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        progress.follow(work(), one)
    assert _after_replay(shown(one)) == []


def test_many_customers_at_once_do_not_fill_the_screen(monkeypatch):
    one = screen(monkeypatch)
    steps = [Progress("step", "start", f"customer-{number}") for number in range(30)]
    progress.follow(iter([*steps, Progress("done", "", ok=True)]), one)
    assert "and 22 more" in shown(one)


def test_sizes_and_counts_in_words():
    assert [text.size(value) for value in (None, 0, 999, 1000, 1536, 42_991_616, 3 * 2**30)] == [
        "–", "0 B", "999 B", "1.0 KB", "1.5 KB", "41 MB", "3.0 GB",
    ]  # fmt: skip
    assert text.plural(1, "customer") == "1 customer"
    assert text.fit("株式会社", 5) == "株式…"


def _after_replay(written: str) -> list[str]:
    """What stands on the terminal in the end: cursor up and clear line carried out."""
    lines: list[str] = [""]
    for part in re.split(r"(\x1b\[1A\x1b\[2K|\n)", written):
        if part == "\n":
            lines.append("")
        elif part == "\x1b[1A\x1b[2K":
            lines = [*lines[:-2], ""]
        else:
            lines[-1] += ESCAPES.sub("", part)
    return [line for line in lines if line]


def test_a_failed_outcome_is_not_marked_as_a_good_one(monkeypatch):
    one = screen(monkeypatch)
    outcome = Progress("outcome", "failed to start: no image", "customer-c", ok=False)
    progress.follow(iter([outcome, Progress("done", "", ok=False)]), one)
    assert _after_replay(shown(one)) == ["✗ customer-c: failed to start: no image"]


def test_help_fits_80_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    parser = build()
    verbs = next(action for action in parser._actions if action.dest == "verb").choices
    for one in (parser, *verbs.values()):
        wide = [line for line in one.format_help().splitlines() if len(line) > 80]
        assert not wide, one.prog

"""An update in words, at each of its moments."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.core.builds import Build
from orchestrator.core.campaign import Campaign, Entry
from orchestrator.core.campaign_words import happened, told, went_wrong

OLD, NEW = Build("app:1", "sha256:1"), Build("app:2", "sha256:2")
DIED = "it was ready, then its process ended with exit code 3"


def campaign(**states: str) -> Campaign:
    entries = tuple(Entry(name, OLD, NEW, state) for name, state in states.items())  # type: ignore[arg-type]
    return Campaign(7, "update", 0.0, entries, NEW)


def test_at_its_beginning_they_are_still_to_go():
    begun = campaign(a="waiting", b="waiting", c="skipped")
    assert happened(begun) == "update 7 begins: 1 with nothing to do, 2 to go"


def test_while_it_goes_on_that_is_said_and_nobody_is_left_out():
    one = replace(campaign(a="updated", b="updating", c="waiting", d="returning"), state="running")
    assert told(one) == "update 7 goes on: 1 updated, 1 under way, 1 on the way back, 1 to go"


def test_while_it_is_stopped_who_waits_will_not_be_touched():
    one = replace(campaign(a="updating", b="waiting"), state="stopping")
    assert happened(one) == "update 7 is being stopped: 1 under way, 1 not touched"


def test_at_its_end():
    one = replace(
        campaign(a="updated", b="left", c="waiting"),
        state="stopped", reason="the operator stopped it", pinned=("own",),
    )  # fmt: skip
    counts = (
        "1 updated, 1 left (suspended), 1 not touched, 1 with an image of their own left alone"
        " (the operator stopped it)"
    )
    assert told(one) == f"update 7: {counts}"
    assert happened(one) == f"update 7 was stopped: {counts}"
    back = replace(campaign(a="updated"), kind="rollback", state="done")
    assert happened(back) == "rollback 7 is done: 1 brought back"
    assert told(replace(campaign(), state="done")) == "update 7: nobody"


def test_the_last_log_lines_are_said_once():
    reason = f"{DIED}. Last log lines: begins | the flux ran dry"
    back = Entry("a", OLD, NEW, "returning", reason)
    assert went_wrong(back) == f"goes back to {OLD}: {DIED}"
    assert went_wrong(replace(back, state="failed")) == f"failed: {reason}"

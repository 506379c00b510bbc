"""What a campaign decides: canary, batches, failures, stopping, and what each tenant runs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.applied import Applied
from orchestrator.core.builds import Build, Held, still_held, with_newcomers
from orchestrator.core.campaign import (
    Campaign,
    Entry,
    Options,
    former,
    resumed,
    turn,
    watch_due,
)
from orchestrator.core.campaign_back import abort, rollback
from orchestrator.core.campaign_begin import Asked, Now, update
from orchestrator.core.campaign_holds import on_campaign, standing
from orchestrator.core.fleet import Fleet, Tenant, Tier
from orchestrator.errors import Refused, UnknownTenant

OLD, NEW, OTHER = Build("app:1", "sha256:old"), Build("app:2", "sha256:new"), Build("x", "sha256:x")
IDS = ("a", "b", "c", "d", "e")


def applied(*tenants: str, own: str = "") -> Applied:
    fleet = Fleet(
        domain="localhost",
        tls="off",
        watch=False,
        tiers={"small": Tier("small", 1, 1, 2**28, 500, 2**30)},
        tenants=tuple(Tenant(one, one, "small", "app:1") for one in tenants or IDS),
    )
    if own:
        pinned = Tenant(own, own, "small", "x", own_image=True)
        fleet = replace(fleet, tenants=(*fleet.tenants, pinned))
    return Applied(1, fleet, {"app:1": "sha256:old", "x": "sha256:x"})


def now(of: Applied, builds: dict[str, Build] | None = None) -> Now:
    ids = [tenant.id for tenant in of.fleet.tenants]
    all_of = frozenset(ids)
    return Now(of, builds or dict.fromkeys(ids, OLD), all_of, number=1, at=0.0, running=all_of)


def begun(options: Options = Options(), *tenants: str) -> Campaign:  # noqa: B008 - frozen
    return turn(update(now(applied(*tenants)), Asked(options=options), NEW))


def under_way(campaign: Campaign) -> list[str]:
    return [entry.tenant for entry in campaign.of("updating")]


def run(campaign: Campaign, bad: frozenset[str] = frozenset()) -> Campaign:
    """To its end, where these fail."""
    for _ in range(100):
        after = turn(campaign)
        for entry in after.of("updating"):
            state = "failed" if entry.tenant in bad else "updated"
            after = after.marked({entry.tenant}, state, "bad")
        if after == campaign:
            return campaign
        campaign = after
    raise AssertionError(f"no end: {campaign}")


def test_the_canary_goes_first_and_alone() -> None:
    first = turn(begun(Options(canary="c", batch=3)))
    assert under_way(first) == ["c"]
    assert turn(first) == first
    second = turn(first.marked({"c"}, "updated"))
    assert under_way(second) == ["a", "b", "d"]


def test_somebody_is_the_canary_if_nobody_is_named() -> None:
    assert begun().options.canary == "a"
    sleepy = replace(now(applied()), awake=frozenset({"d"}), running=())
    assert update(sleepy, Asked(), NEW).options.canary == "d"


def test_a_canary_that_fails_is_the_end_whatever_may_fail() -> None:
    end = run(begun(Options(canary="c", max_failures=5)), frozenset("c"))
    assert end.state == "failed"
    assert end.reason == "the canary c failed; 4 waiting were not touched"
    assert len(end.of("waiting")) == 4


def test_more_failures_than_may_be_end_it() -> None:
    end = run(begun(Options(batch=1, max_failures=1)), frozenset("bc"))
    assert [entry.state for entry in end.entries] == [
        "updated", "failed", "failed", "waiting", "waiting",
    ]  # fmt: skip
    assert end.reason == "2 failed, 1 may; 2 waiting were not touched"


def test_few_enough_failures_go_on_and_are_told() -> None:
    end = run(begun(Options(max_failures=2)), frozenset("bc"))
    assert end.state == "failed"
    assert not end.of("waiting")


def test_who_is_under_way_is_finished_before_it_stops() -> None:
    first = replace(turn(begun()), state="stopping")
    assert turn(first) == first
    end = turn(first.marked({"a"}, "updated"))
    assert (end.state, len(end.of("waiting"))) == ("stopped", 4)


def test_resumed_it_tries_the_failed_again() -> None:
    end = run(begun(), frozenset("a"))
    again = run(resumed(end))
    assert again.state == "done"
    assert {entry.state for entry in again.entries} == {"updated"}


def test_nothing_to_do_is_done() -> None:
    same = update(now(applied()), Asked(), replace(OLD, image="app:1"))
    assert run(same).state == "done"
    assert {entry.state for entry in run(same).entries} == {"skipped"}


@given(
    st.frozensets(st.sampled_from(IDS)),
    st.integers(1, 6),
    st.integers(0, 5),
    st.sampled_from((None, *IDS)),
)
def test_any_campaign_ends_and_bounds_its_failures(
    bad: frozenset[str], batch: int, most: int, canary: str | None
) -> None:
    end = run(begun(Options(canary, batch, most)), bad)
    assert end.state == ("done" if not bad else "failed")
    assert not end.of("updating")
    assert end.failures <= most + batch
    assert run(resumed(end)).state == "done"


def test_who_waits_runs_what_it_ran_and_who_is_released_what_is_new() -> None:
    first = turn(begun())
    amended = on_campaign(applied(), first)
    assert {tenant.image for tenant in amended.fleet.tenants} == {"app:2"}
    assert amended.image_ids["app:2"] == "sha256:new"
    assert sorted(amended.held) == ["b", "c", "d", "e"]
    assert amended.held["b"].build == OLD
    assert "waiting for its turn" in amended.held["b"].why
    failed = on_campaign(amended, first.marked({"a"}, "failed", "no good"))
    assert failed.held["a"].why == "update failed: no good; still on app:1 (old)"
    done = on_campaign(failed, run(begun()))
    assert done.held == {}


def test_an_update_of_some_leaves_what_the_file_means() -> None:
    one = update(now(applied()), Asked(("b",)), NEW)
    assert (one.default, one.pin) == (None, OLD)
    amended = on_campaign(applied(), run(one))
    assert {key: held.build for key, held in amended.held.items()} == {"b": NEW}
    assert {tenant.image for tenant in amended.fleet.tenants} == {"app:1"}


def test_a_hold_ends_when_the_file_means_something_else() -> None:
    there = applied()
    held = {"a": Held(NEW, instead_of=OLD)}
    assert still_held(there.fleet, there.image_ids, held) == held
    assert still_held(there.fleet, {"app:1": "sha256:rebuilt"}, held) == {}
    renamed = replace(there.fleet.tenants[0], id="z", renamed_from="a")
    assert still_held(replace(there.fleet, tenants=(renamed,)), there.image_ids, held) == {
        "z": held["a"]
    }


def test_those_with_an_image_of_their_own_are_left_alone() -> None:
    made = update(now(applied(own="own")), Asked(), NEW)
    assert made.pinned == ("own",)
    assert made.entry("own") is None
    amended = on_campaign(applied(own="own"), run(made))
    assert amended.fleet.tenants[-1].image == "x"
    with pytest.raises(Refused, match="image of its own"):
        update(now(applied(own="own")), Asked(("own",)), NEW)


def test_who_is_not_there_is_told() -> None:
    with pytest.raises(UnknownTenant):
        update(now(applied()), Asked(("nobody",)), NEW)
    with pytest.raises(Refused, match="the canary nobody"):
        update(now(applied()), Asked(options=Options("nobody")), NEW)


def test_a_rollback_goes_one_update_back_and_then_one_more() -> None:
    third = Build("app:3", "sha256:third")
    one = replace(run(begun()), number=1)
    entries = tuple(Entry(key, NEW, third, "updated") for key in IDS)
    two = replace(one, number=2, entries=entries)
    back = replace(one, number=3, kind="rollback", entries=(Entry("a", third, NEW, "updated"),))
    assert former((one, two), "a", third) == NEW
    assert former((one, two, back), "a", NEW) == OLD
    assert former((one, two), "a", OTHER) is None


def test_a_rollback_of_all_takes_those_that_were_updated() -> None:
    update_of_one = run(update(now(applied()), Asked(("b",)), NEW))
    builds = {**dict.fromkeys(IDS, OLD), "b": NEW}
    made = rollback(now(applied(), builds), Asked(), [update_of_one])
    assert [(entry.tenant, entry.after) for entry in made.entries] == [("b", OLD)]
    with pytest.raises(Refused, match="no update of a"):
        rollback(now(applied(), builds), Asked(("a",)), [update_of_one])


def test_the_first_that_runs_is_the_canary_and_no_other_may_be() -> None:
    some = replace(
        now(applied()), running=frozenset("cd"), suspended=frozenset("a"), asleep=frozenset("e")
    )
    assert update(some, Asked(), NEW).options.canary == "c"
    assert update(some, Asked(options=Options("e")), NEW).options.canary == "e"
    for one, why in (("a", "a is suspended"), ("b", "b does not run")):
        with pytest.raises(Refused, match=why):
            update(some, Asked(options=Options(one)), NEW)


def test_who_is_suspended_is_left_on_its_build() -> None:
    some = replace(now(applied()), suspended=frozenset("b"))
    end = run(update(some, Asked(), NEW))
    entry = end.entry("b")
    assert entry is not None
    assert (end.state, entry.state, entry.build) == ("done", "left", OLD)
    assert entry.reason == "suspended; `tenantctl update b` after `resume`"
    amended = on_campaign(applied(), end)
    assert {key: held.build for key, held in amended.held.items()} == {"b": OLD}
    assert standing(end, amended) == ""
    with pytest.raises(Refused, match="b: suspended"):
        update(some, Asked(("b",)), NEW)


def test_those_updated_are_watched_after_the_canary_and_after_the_last() -> None:
    first = turn(begun(Options(batch=2)))
    due = []
    for _ in range(8):
        first = turn(first)
        first = first.marked({entry.tenant for entry in first.of("updating")}, "updated")
        due.append((watch_due(first), len(first.of("updated"))))
    assert due[:3] == [(True, 1), (False, 3), (True, 5)]
    assert not any(is_due for is_due, _ in due[3:])


def test_who_does_not_stay_well_goes_back_before_it_ends() -> None:
    sick = begun().marked({"a"}, "updated")
    sick = sick.marked({"a"}, "returning", "it crashed")
    entry = sick.entry("a")
    assert entry is not None
    assert entry.build == OLD
    assert turn(sick) == sick
    assert not watch_due(sick)
    end = turn(sick.marked({"a"}, "failed", "it crashed"))
    assert (end.state, end.reason) == ("failed", "the canary a failed; 4 waiting were not touched")


def failed() -> tuple[Campaign, Applied]:
    end = run(begun(), frozenset("a"))
    return end, on_campaign(applied(), end)


def test_no_apply_brings_what_an_update_failed_with() -> None:
    end, after = failed()
    ids = {"app:2": "sha256:rebuilt"}
    held = still_held(after.fleet, ids, after.held)
    assert {key: one.build for key, one in held.items()} == dict.fromkeys(IDS, OLD)
    assert {one.instead_of for one in held.values()} == {Build("app:2", "sha256:rebuilt")}
    assert "5 customers stay on app:1 (old)" in standing(end, after)
    back = still_held(after.fleet, {"app:2": "sha256:old"}, held)
    assert back == {}


def test_a_new_customer_begins_with_what_the_others_have() -> None:
    _, after = failed()
    more = replace(
        after.fleet, tenants=(*after.fleet.tenants, replace(after.fleet.tenants[0], id="new"))
    )
    held = with_newcomers(more, after.image_ids, after.held, set(IDS))
    assert held["new"].build == OLD
    begun_anew = replace(after, fleet=more, held=held)
    builds = {**dict.fromkeys(IDS, OLD), "new": OLD}
    end = run(update(now(begun_anew, builds), Asked(), NEW))
    assert on_campaign(begun_anew, end).held == {}


def test_who_came_during_an_update_gets_it_when_it_is_done() -> None:
    first = turn(begun())
    there = on_campaign(applied(), first)
    more = replace(
        there.fleet, tenants=(*there.fleet.tenants, replace(there.fleet.tenants[0], id="new"))
    )
    held = with_newcomers(more, there.image_ids, there.held, set(IDS))
    assert held["new"].build == OLD
    assert on_campaign(replace(there, fleet=more, held=held), run(first)).held == {}


def test_an_update_that_failed_is_taken_back_for_all() -> None:
    end = run(begun(Options(batch=1)), frozenset("b"))
    after = on_campaign(applied(), end)
    builds = {**dict.fromkeys(IDS, OLD), "a": NEW}
    made = abort(now(after, builds), end, lambda build: build == OLD)
    assert [(one.tenant, one.after) for one in made.of("waiting")] == [("a", OLD)]
    assert (made.default, made.pin) == ("app:1", OLD)
    undone = on_campaign(after, run(made))
    assert undone.held == {}
    assert {tenant.image for tenant in undone.fleet.tenants} == {"app:1"}
    assert standing(run(made), undone) == ""


def test_a_tag_that_means_the_bad_build_keeps_nobody_there_after_the_way_back() -> None:
    rebuilt = Build("app:1", "sha256:bad")
    end = run(update(now(applied()), Asked(), rebuilt), frozenset("a"))
    after = on_campaign(applied(), end)
    made = abort(now(after), end, lambda build: build == rebuilt)
    assert made.default is None
    undone = on_campaign(after, run(made))
    assert {key: one.build for key, one in undone.held.items()} == dict.fromkeys(IDS, OLD)


def test_a_rollback_of_all_puts_the_image_of_all_back() -> None:
    end = run(begun())
    after = on_campaign(applied(), end)
    builds = dict.fromkeys(IDS, NEW)
    made = rollback(now(after, builds), Asked(), [end], lambda _: True)
    assert (made.default, made.pin) == ("app:1", OLD)
    assert on_campaign(after, run(made)).held == {}
    moved = rollback(now(after, builds), Asked(), [end], lambda _: False)
    assert moved.default is None

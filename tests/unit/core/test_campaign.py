"""What a campaign decides: canary, batches, failures, stopping, and what each tenant runs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.core.applied import Applied
from orchestrator.core.builds import Build, Held, still_held
from orchestrator.core.campaign import (
    Campaign,
    Entry,
    Options,
    former,
    on_campaign,
    resumed,
    turn,
)
from orchestrator.core.campaign_begin import Asked, Now, rollback, update
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
    return Now(of, builds or dict.fromkeys(ids, OLD), frozenset(ids), number=1, at=0.0)


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
    sleepy = replace(now(applied()), awake=frozenset({"d"}))
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

"""Tenants that cannot run: the reason is told, visitors get an honest page, others go on."""

from __future__ import annotations

import pytest

from tests.support.docker_cli import docker
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet

pytestmark = pytest.mark.docker


def test_a_tenant_that_crashes_again_and_again_fails_with_its_last_words(
    stack: Stack, fleet: Fleet
) -> None:
    (calm,) = fleet.start("calm")
    before = fleet.life(calm)
    with stack.visitors(calm) as visits:
        broken = fleet.add("broken", mode="crash")
        done = stack.tenantctl("apply")
        assert done.code == 1
    row = stack.wait_for_state(broken, "failed")
    assert "exit code 7" in row["why"]
    assert "the flux is missing" in row["why"]
    assert "times in a row" in row["why"]
    answer = stack.get(broken)
    assert (answer.status, answer.headers["retry-after"]) == (503, "60")
    assert "Broken cannot be reached right now" in answer.body
    assert "flux" not in answer.body
    assert visits.failures == {}
    assert fleet.life(calm) == before
    assert "the flux is missing" in stack.tenantctl("logs", broken).out
    events = stack.tenantctl("events", broken, "--json").json()["events"]
    crashes = [event["text"] for event in events if event["kind"] == "crashed"]
    assert len(crashes) >= 3
    assert all("exit code 7" in text and "\n" not in text for text in crashes)

    fleet.tenants[broken].pop("image")
    fleet.write()
    fleet.apply()
    assert stack.get(broken).status == 200
    assert fleet.life(calm) == before


def test_a_tenant_out_of_memory_says_so_and_comes_back(stack: Stack, fleet: Fleet) -> None:
    hungry, calm = fleet.start("hungry", "calm")
    before = fleet.life(calm)
    docker("exec", "-d", f"tenant-{hungry}", "python3", "-c", EAT)
    stack.wait_until(
        "the event tells it", lambda: "out of memory" in stack.tenantctl("events", hungry).out
    )
    stack.wait_until("it answers again", lambda: stack.get(hungry).status == 200)
    assert fleet.life(calm) == before


EAT = "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/eat', timeout=60)"


def test_a_tenant_that_never_gets_ready_delays_nobody(stack: Stack, fleet: Fleet) -> None:
    hanging = fleet.add("hanging", mode="hang")
    quick = fleet.add("quick")
    done = stack.tenantctl("apply", "--no-wait")
    assert done.code == 0, done.err
    stack.wait_until("the other is served", lambda: stack.get(quick).status == 200)
    row = fleet.row(hanging)
    assert (row["state"], stack.get(quick).json()["tenant"]) == ("starting", "Quick")
    answer = stack.get(hanging, headers={"Accept": "text/html"})  # a program would be held
    assert (answer.status, answer.headers["retry-after"]) == (503, "2")
    assert "Hanging is starting" in answer.body
    late = fleet.add("late")
    assert stack.tenantctl("apply", "--no-wait").code == 0
    stack.wait_until("a later one is served", lambda: stack.get(late).status == 200)


def test_a_tenant_that_never_gets_ready_may_be_mended_or_dropped_at_once(
    stack: Stack, fleet: Fleet
) -> None:
    mended, dropped = fleet.add("mended", mode="hang"), fleet.add("dropped", mode="hang")
    assert stack.tenantctl("apply", "--no-wait").code == 0
    fleet.tenants[mended].pop("image")
    fleet.drop(dropped)
    stack.apply(timeout=40)  # An agent is waited for a minute.
    assert stack.get(mended).json()["tenant"] == "Mended"
    assert [fleet.row(tenant)["state"] for tenant in (mended, dropped)] == ["running", "retired"]


def test_an_image_that_is_not_there_blocks_that_tenant_with_the_reason(
    stack: Stack, fleet: Fleet
) -> None:
    imageless = fleet.add("imageless", image="no-such-image:anywhere")
    good = fleet.add("good")
    done = stack.tenantctl("apply")
    assert done.code == 1
    row = fleet.row(imageless)
    assert row["state"] == "failed"
    assert "no image no-such-image:anywhere is on this machine" in row["why"]
    assert stack.get(good).status == 200
    assert stack.get(imageless).status == 503


def test_an_answer_that_is_cut_off_is_our_page_and_not_traefiks(stack: Stack, fleet: Fleet) -> None:
    (tenant,) = fleet.start("brittle")
    answer = stack.get(tenant, "/crash")
    assert answer.status == 503
    assert "retry-after" in answer.headers
    stack.wait_until("it answers again", lambda: stack.get(tenant).status == 200)

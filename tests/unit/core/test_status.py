"""Status rows: one state and one honest reason per tenant."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.core.history import Attempts
from orchestrator.core.observed import DataDir, Observed, Unknown
from orchestrator.core.routes import Limits
from orchestrator.core.status import Knowledge, StatusReport, Usage, report
from orchestrator.core.swap import Swap
from tests.support.fleets import tenant, wanted
from tests.support.model_world import ModelWorld, container_of

DESIRED = wanted("a", "b")


def world() -> ModelWorld:
    made = ModelWorld()
    for spec in DESIRED.values():
        made.add(spec)
    return made


def status(observed: Observed, **changed: object) -> StatusReport:
    known = Knowledge(DESIRED, observed, {}, 0.0, routes_confirmed=True, http_port=80)
    return report(replace(known, **changed))  # type: ignore[arg-type]


def test_everything_runs() -> None:
    found = status(world().observed())
    assert [(row.id, row.state, row.why) for row in found.tenants] == [
        ("a", "running", ""),
        ("b", "running", ""),
    ]
    assert found.converged
    assert found.tenants[0].url == "http://a.localhost"


def test_a_row_has_the_limits_that_hold() -> None:
    desired = wanted(tenant("a", requests_per_second=50, hold_for=10), "b")
    rows = status(world().observed(), desired=desired, limits=Limits(7, 3, 60)).tenants
    limits = [(row.requests_per_second, row.requests_at_once, row.hold_for) for row in rows]
    assert limits == [(50, 3, 10), (7, 3, 60)]
    assert rows[0].state == "running", "its visitors notice nothing of the change"


def test_the_url_names_a_port_that_is_not_the_usual_one() -> None:
    assert status(world().observed(), http_port=8080).tenants[0].url == "http://a.localhost:8080"


def test_a_tenant_without_a_container_is_starting() -> None:
    made = world()
    made.containers = {key: one for key, one in made.containers.items() if one.tenant == "a"}
    found = status(made.observed())
    assert [row.state for row in found.tenants] == ["running", "starting"]
    assert not found.converged


def test_a_crash_loop_is_failed_with_reason_and_next_try() -> None:
    made = world()
    ended = container_of(DESIRED["a"], state="exited", exit_code=1)
    made.containers[ended.id] = ended
    attempts = Attempts(failures=4, next_at=30.0, reason="its process ended with exit code 1")
    row = status(made.observed(), history={"a": attempts}).tenants[0]
    assert row.state == "failed"
    assert row.why == (
        "failed 4 times in a row; next try in 30 s. its process ended with exit code 1"
    )


def test_an_engine_that_does_not_answer_is_said_and_nothing_is_called_failed() -> None:
    unknown = Unknown("the Docker engine does not answer")
    found = status(Observed(unknown, unknown))
    assert {row.state for row in found.tenants} == {"starting"}
    assert "the Docker engine does not answer" in found.problems
    assert not found.converged


def test_retired_tenants_are_listed_while_their_data_is_kept() -> None:
    made = world()
    made.data_dirs["gone"] = DataDir("gone", 9)
    found = status(made.observed(), usage={"gone": Usage(data_bytes=5)})
    assert [(row.id, row.state, row.data_bytes) for row in found.tenants][2:] == [
        ("gone", "retired", 5)
    ]
    assert found.converged


def test_a_kept_tenant_says_why_its_change_is_not_in() -> None:
    row = status(world().observed(), kept={"a": "its entry has a problem"}).tenants[0]
    assert (row.state, row.why) == ("running", "its entry has a problem")


def test_a_running_tenant_that_cannot_be_changed_says_so_and_is_not_settled() -> None:
    found = status(world().observed(), desired=wanted(tenant("a", image="typo:1"), "b"))
    assert found.tenants[0].state == "running"
    assert found.tenants[0].why.startswith("it runs as it was before: no image typo:1")
    assert not found.converged


def test_suspended_is_settled() -> None:
    desired = wanted(tenant("a", state="suspended"))
    made = ModelWorld()
    made.add(desired["a"])
    made.settle(desired)
    found = status(made.observed(), desired=desired)
    assert found.tenants[0].state == "suspended"
    assert found.converged


def test_a_foreign_object_of_its_name_is_a_failure_with_a_mend() -> None:
    observed = replace(ModelWorld().observed(), foreign_names=frozenset({"tenant-a"}))
    row = status(observed).tenants[0]
    assert row.state == "failed"
    assert "rename or remove it" in row.why


def test_a_swap_on_record_is_told_whatever_was_seen_last() -> None:
    new = {**DESIRED, "a": replace(DESIRED["a"], image_id="sha256:" + "b" * 64)}
    begun = Swap("a", DESIRED["a"].container_fields, DESIRED["a"].fingerprint, new["a"].fingerprint)
    states = []
    for state in ("begun", "failed", "refused"):
        made = world()
        made.swaps = {"a": replace(begun, state=state, reason="it ended. ")}  # type: ignore[arg-type]
        row = status(made.observed(), desired=new).tenants[0]
        states.append((row.state, row.why))
    assert [state for state, _ in states] == ["swapping", "swapping", "running"]
    assert states[2][1] == "update failed: it ended; still on image sha256:aaaaaaaaaaaa"


def test_an_update_that_was_refused_is_not_converged() -> None:
    new = {**DESIRED, "a": replace(DESIRED["a"], image_id="sha256:" + "b" * 64)}
    made = world()
    made.swaps = {
        "a": Swap(
            "a",
            DESIRED["a"].container_fields,
            DESIRED["a"].fingerprint,
            new["a"].fingerprint,
            state="refused",
        )
    }
    assert not status(made.observed(), desired=new).converged


def test_who_sleeps_is_sleeping_and_that_is_fine() -> None:
    made = world()
    made.asleep = frozenset({"a"})
    made.settle(DESIRED)
    found = status(made.observed())
    assert [(row.state, row.why) for row in found.tenants] == [("sleeping", ""), ("running", "")]
    assert found.converged


def test_what_is_being_done_names_the_state_of_who_is_not_served() -> None:
    made = world()
    del made.routed["a"]
    for action, state in (("swap", "swapping"), ("sleep", "sleeping"), ("wake", "starting")):
        known = status(made.observed(), busy={"a": "a step"}, doing={"a": action})
        assert (known.tenants[0].state, known.tenants[0].why) == (state, "a step")

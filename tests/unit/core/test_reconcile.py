"""Each row of the rule table, by the plan that it leads to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.core import plan as steps
from orchestrator.core.history import Attempts
from orchestrator.core.observed import DataDir, RouteEntry, Unknown
from orchestrator.core.plan import Plan, TenantPlan
from orchestrator.core.reconcile import reconcile
from tests.support.fleets import tenant, wanted
from tests.support.model_world import ModelWorld, container_of, network_of


def kinds(plan: Plan) -> list[str]:
    return [type(step).__name__ for step in plan.steps]


def only(plan: Plan) -> TenantPlan:
    assert len(plan.tenants) == 1
    return plan.tenants[0]


def world_of(desired: dict, **options: bool) -> ModelWorld:
    world = ModelWorld()
    for spec in desired.values():
        world.add(spec, **options)
    return world


def test_a_new_tenant_gets_network_data_container_and_then_a_route() -> None:
    plan = ModelWorld().plan(wanted("a"))
    assert only(plan).action == "start"
    assert kinds(plan) == [
        "CreateNetwork",
        "PrepareData",
        "CreateContainer",
        "StartContainer",
        "AwaitReady",
        "Route",
    ]


def test_a_fleet_as_wanted_has_zero_steps() -> None:
    desired = wanted("a", "b")
    assert world_of(desired).plan(desired) == Plan()


def test_a_changed_limit_recreates_exactly_that_tenant_and_says_what_changed() -> None:
    before = wanted("a", "b")
    after = wanted(tenant("a", tier="medium"), "b")
    plan = only(world_of(before).plan(after))
    assert (plan.tenant, plan.action) == ("a", "swap")
    changed = [str(change) for change in plan.changes]
    assert "memory: 384m → 768m" in changed
    assert "cpus: 0.5 → 1" in changed
    assert "users: 5 → 10" in changed


def test_one_that_does_not_serve_is_remade_with_its_route_in_place() -> None:
    before, after = wanted("a"), wanted(tenant("a", name="Another"))
    world = world_of(before)
    stopped = container_of(before["a"], state="exited")
    world.containers = {stopped.id: stopped}
    plan = only(world.plan(after))
    assert plan.action == "restart"
    assert [type(step).__name__ for step in plan.steps] == [
        "RemoveContainer", "PrepareData", "CreateContainer", "StartContainer", "AwaitReady",
        "Route",
    ]  # fmt: skip


def test_a_new_image_recreates() -> None:
    after = wanted("a", image_id="sha256:" + "b" * 64)
    plan = only(world_of(wanted("a")).plan(after))
    assert plan.action == "swap"
    assert [change.field for change in plan.changes] == ["image"]


def test_a_missing_image_blocks_and_stops_nothing() -> None:
    plan = only(world_of(wanted("a")).plan(wanted("a", image_id=None)))
    assert (plan.action, plan.steps) == ("blocked", ())
    assert "no image data-agent:latest" in plan.why


def test_a_stopped_container_is_started_although_its_image_has_lost_its_name() -> None:
    world = world_of(wanted("a"))
    stopped = container_of(wanted("a")["a"], state="exited")
    world.containers = {stopped.id: stopped}
    plan = only(world.plan(wanted("a", image_id=None)))
    assert plan.action == "heal"
    assert "CreateContainer" not in [type(step).__name__ for step in plan.steps]


def test_a_container_whose_data_is_gone_is_never_started_empty() -> None:
    desired = wanted("a")
    world = world_of(desired)
    world.data_dirs.clear()
    plan = only(world.plan(desired))
    assert (plan.action, plan.steps) == ("blocked", ())
    assert "restore it from a backup" in plan.why


def test_a_domain_that_moves_leaves_its_old_tenant_first_even_when_that_one_is_blocked() -> None:
    before = wanted(tenant("a", domains=("moved.example.com",)), "b")
    after = wanted(tenant("a", image="typo:1"), tenant("b", domains=("moved.example.com",)))
    world = world_of(before)
    plan = world.plan(after)
    assert [(one.tenant, one.action) for one in plan.tenants] == [("a", "blocked"), ("b", "route")]
    assert plan.tenants[0].steps == (steps.Narrow(after["a"]),)
    world.settle(after)
    assert world.routed["a"].hosts == ("a.localhost",)
    assert world.routed["b"].hosts == ("b.localhost", "moved.example.com")


def test_hosts_only_change_routes_again_without_a_restart() -> None:
    after = wanted(tenant("a", domains=("data.example.com",)))
    plan = world_of(wanted("a")).plan(after)
    assert kinds(plan) == ["AwaitReady", "Route"]
    assert [str(change) for change in only(plan).changes] == [
        "hosts: a.localhost → a.localhost, data.example.com"
    ]


def test_limits_of_requests_route_again_without_a_restart() -> None:
    world = world_of(wanted("a"))
    after = wanted(tenant("a", requests_per_second=50, hold_for=60))
    plan = world.plan(after)
    assert kinds(plan) == ["AwaitReady", "Route"]
    assert only(plan).why == "its limits changed"
    assert [str(change) for change in only(plan).changes] == ["requests per second: — → 50"]
    world.settle(after)
    assert not world.plan(wanted(tenant("a", requests_per_second=50, hold_for=10))).tenants


def test_a_tenant_that_left_is_taken_down_and_its_data_stays() -> None:
    world = world_of(wanted("a", "b"))
    plan = world.plan(wanted("a"))
    assert only(plan).action == "retire"
    assert kinds(plan) == ["Unroute", "StopContainer", "RemoveContainer", "RemoveNetwork"]
    world.settle(wanted("a"))
    assert set(world.data_dirs) == {"a", "b"}


def test_a_tenant_that_comes_back_gets_its_old_data_and_number() -> None:
    desired = wanted("a", "b")
    world = world_of(desired)
    world.settle(wanted("a"))
    plan = only(world.plan(desired))
    assert (plan.action, plan.why) == ("start", "it has no container")
    world.settle(desired)
    assert world.data_dirs["b"].index == 1


def test_a_rename_moves_the_data_and_starts_under_the_new_name() -> None:
    world = world_of(wanted("old"))
    desired = wanted(tenant("new", renamed_from="old"), indexes={"old": 0})
    plan = world.plan(desired)
    assert only(plan).action == "rename"
    assert kinds(plan)[:5] == [
        "Unroute",
        "StopContainer",
        "RemoveContainer",
        "RemoveNetwork",
        "MoveData",
    ]
    world.settle(desired)
    assert set(world.data_dirs) == {"new"}
    assert world.routed["new"].hosts == ("new.localhost",)


def test_a_rename_onto_existing_data_is_blocked() -> None:
    world = world_of(wanted("old"))
    world.data_dirs["new"] = DataDir("new", 7)
    desired = wanted(tenant("new", renamed_from="old"), indexes={"new": 7, "old": 0})
    plan = only(world.plan(desired))
    assert plan.action == "blocked"
    assert "both old and new hold data" in plan.why


def test_suspended_unroutes_and_stops_and_is_then_left_alone() -> None:
    world = world_of(wanted("a"))
    desired = wanted(tenant("a", state="suspended"))
    assert kinds(world.plan(desired)) == ["Unroute", "StopContainer"]
    world.settle(desired)
    assert world.plan(desired) == Plan()
    world.settle(wanted("a"))
    assert "a" in world.routed


def test_suspended_stops_a_paused_container_too() -> None:
    world = world_of(wanted("a"), routed=False)
    paused = container_of(wanted("a")["a"], state="paused")
    world.containers = {paused.id: paused}
    assert kinds(world.plan(wanted(tenant("a", state="suspended")))) == ["StopContainer"]


def test_a_stopped_container_is_started_again() -> None:
    desired = wanted("a")
    world = world_of(desired)
    stopped = container_of(desired["a"], state="exited")
    world.containers = {stopped.id: stopped}
    plan = world.plan(desired)
    assert only(plan).action == "heal"
    assert kinds(plan) == ["PrepareData", "StartContainer", "AwaitReady", "Route"]


def test_a_removed_container_comes_back() -> None:
    desired = wanted("a")
    world = world_of(desired)
    world.containers.clear()
    world.settle(desired)
    assert [one.state for one in world.containers.values()] == ["running"]


def test_a_removed_network_is_made_again_with_the_container() -> None:
    desired = wanted("a")
    world = world_of(desired)
    world.networks.clear()
    plan = world.plan(desired)
    assert only(plan).why == "its network is gone"
    assert kinds(plan)[:3] == ["StopContainer", "RemoveContainer", "CreateNetwork"]


@pytest.mark.parametrize("drift", [{"icc": True}, {"internal": False}, {"subnet": "10.9.0.0/29"}])
def test_a_network_changed_by_hand_is_made_again(drift: dict) -> None:
    desired = wanted("a")
    world = world_of(desired)
    changed = network_of(desired["a"], **drift)
    world.networks = {changed.id: changed}
    world.settle(desired)
    assert [(n.icc, n.internal, n.subnet) for n in world.networks.values()] == [
        (False, True, desired["a"].subnet)
    ]


def test_a_container_cut_off_its_network_is_remade() -> None:
    desired = wanted("a")
    world = world_of(desired)
    cut_off = container_of(desired["a"], address=None)
    world.containers = {cut_off.id: cut_off}
    assert only(world.plan(desired)).why == "its container was taken off its network"


def test_a_paused_container_goes_on_where_it_was() -> None:
    desired = wanted("a")
    world = world_of(desired)
    paused = container_of(desired["a"], state="paused")
    world.containers = {paused.id: paused}
    plan = only(world.plan(desired))
    assert plan.why == "its container is paused"
    assert kinds(plan) == ["PrepareData", "StartContainer", "AwaitReady", "Route"]


def test_an_agent_that_stopped_answering_is_restarted() -> None:
    desired = wanted("a")
    world = world_of(desired)
    observed = replace(world.observed(), health={desired["a"].address: "unready"})
    plan = reconcile(desired, observed, {}, 0.0)
    assert kinds(plan) == [
        "Unroute",
        "StopContainer",
        "PrepareData",
        "StartContainer",
        "AwaitReady",
        "Route",
    ]


def test_unknown_health_changes_nothing() -> None:
    desired = wanted("a")
    observed = replace(world_of(desired).observed(), health={})
    assert reconcile(desired, observed, {}, 0.0) == Plan()


@pytest.mark.parametrize("part", ["containers", "networks", "data_dirs", "routed"])
def test_an_unknown_part_of_the_world_decides_nothing(part: str) -> None:
    observed = replace(
        world_of(wanted("a", "b")).observed(), **{part: Unknown("the engine did not answer")}
    )
    assert reconcile(wanted("c"), observed, {}, 0.0) == Plan()


def test_a_foreign_container_of_our_name_is_never_touched() -> None:
    observed = replace(ModelWorld().observed(), foreign_names=frozenset({"tenant-a"}))
    plan = only(reconcile(wanted("a"), observed, {}, 0.0))
    assert (plan.action, plan.steps) == ("blocked", ())
    assert "not ours" in plan.why


def test_a_data_directory_of_another_number_is_never_mounted() -> None:
    world = ModelWorld(data_dirs={"a": DataDir("a", 41)})
    plan = only(world.plan(wanted("a")))
    assert (plan.action, plan.steps) == ("blocked", ())


def test_a_copy_of_the_container_under_another_name_is_removed() -> None:
    desired = wanted("a")
    world = world_of(desired)
    stray = container_of(desired["a"], id="stray", name="tenant-a-old")
    world.containers[stray.id] = stray
    plan = world.plan(desired)
    assert [step for step in plan.steps if isinstance(step, steps.RemoveContainer)] == [
        steps.RemoveContainer("stray")
    ]


def test_backing_off_waits_and_shows_an_honest_page() -> None:
    desired = wanted("a")
    world = world_of(desired)
    ended = container_of(desired["a"], state="exited")
    world.containers = {ended.id: ended}
    history = {"a": Attempts(failures=3, next_at=10.0, reason="exit code 1")}
    plan = only(reconcile(desired, world.observed(), history, 9.0))
    assert (plan.action, plan.why) == ("wait", "exit code 1")
    assert plan.steps == (steps.Unroute("a"),)
    later = only(reconcile(desired, world.observed(), history, 10.0))
    assert later.action == "heal"


def test_busy_tenants_are_left_to_the_plan_that_runs() -> None:
    assert reconcile(wanted("a"), ModelWorld().observed(), {}, 0.0, busy=["a"]) == Plan()


def test_a_route_to_another_address_is_corrected() -> None:
    desired = wanted("a", "b")
    world = world_of(desired)
    world.routed["a"] = RouteEntry(desired["b"].address, ("a.localhost",))
    world.settle(desired)
    assert world.routed["a"].address == desired["a"].address


def test_another_llm_privacy_restarts_and_another_token_budget_does_not() -> None:
    before = wanted("a")
    world = world_of(before)
    changed = {"a": replace(before["a"], llm_privacy="nothing", llm_tokens_per_day=7)}
    plan = only(world.plan(changed))
    assert [str(change) for change in plan.changes] == ["LLM privacy: names → nothing"]
    assert world.plan({"a": replace(before["a"], llm_tokens_per_day=7)}) == Plan()

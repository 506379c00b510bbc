"""(Desired, Observed, history, now) → Plan. Pure: the same world always gives the same plan.

Each tenant's decision is the first row of `RULES` whose condition holds. Unknown parts of the
world decide nothing: then the plan is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from orchestrator.core import moves
from orchestrator.core.case import Case, World
from orchestrator.core.changes import changes
from orchestrator.core.desired import Desired
from orchestrator.core.history import History
from orchestrator.core.observed import Observed
from orchestrator.core.plan import Action, Plan, Step, TenantPlan


@dataclass(frozen=True)
class Rule:
    """When it holds, what is done, and how that is called and explained."""

    name: str
    holds: Callable[[Case], bool]
    action: Action | None  # None: the tenant is as it should be
    why: Callable[[Case], str]
    steps: Callable[[Case], tuple[Step, ...]] = moves.nothing


def reconcile(
    desired: Desired,
    observed: Observed,
    history: History,
    now: float,
    *,
    busy: Collection[str] = (),
) -> Plan:
    """What to do about every tenant that is not `busy` (a plan for it is being carried out)."""
    world = World.of(observed)
    if world is None:
        return Plan()
    wanted = (
        decide(Case.of(spec, world, history, now))
        for spec in desired.values()
        if spec.id not in busy and spec.renamed_from not in busy
    )
    gone = (
        moves.retire(tenant, world)
        for tenant in retired(desired, world)
        if tenant not in busy and not _waits(history, tenant, now)
    )
    return Plan(tuple(plan for plan in (*wanted, *gone) if plan is not None))


def decide(case: Case) -> TenantPlan | None:
    """The first rule that holds; None when the tenant is as it should be."""
    for rule in RULES:
        if rule.holds(case):
            if rule.action is None:
                return None
            return TenantPlan(
                tenant=case.spec.id,
                action=rule.action,
                why=rule.why(case),
                steps=(*moves.narrow(case), *rule.steps(case)),
                changes=changes(case),
            )
    return None


def retired(desired: Desired, world: World) -> list[str]:
    """Tenants that have something of ours running or routed, but are not wanted any more."""
    there = set(world.containers) | set(world.networks) | set(world.routed)
    moving = {
        spec.renamed_from for spec in desired.values() if spec.renamed_from in world.data_dirs
    }
    return sorted(there - set(desired) - moving)


def _waits(history: History, tenant: str, now: float) -> bool:
    return tenant in history and history[tenant].next_at > now


def _backing_off(case: Case) -> bool:
    ready = case.running and case.health == "ready"
    return case.attempts.next_at > case.now and not ready


def _gone_wrong(case: Case) -> bool:
    return case.container is not None and case.container.state in ("paused", "dead", "restarting")


def _must_be_remade(case: Case) -> bool:
    container = case.container
    return container is not None and container.fingerprint != case.spec.fingerprint


def _detached(case: Case) -> bool:
    container = case.container
    return container is not None and container.address not in (None, case.spec.address)


def _cut_off(case: Case) -> bool:
    return case.running and case.container is not None and case.container.address is None


RULES: tuple[Rule, ...] = (
    Rule(
        "foreign name",
        lambda case: case.name_is_foreign,
        "blocked",
        lambda case: (
            f"a container or network named {case.name} exists that is not ours; rename or remove it"
        ),
    ),
    Rule(
        "foreign data",
        lambda case: (
            case.data_dir is not None and case.data_dir.index not in (None, case.spec.index)
        ),
        "blocked",
        lambda case: (
            f"its data directory belongs to tenant number "
            f"{case.data_dir.index if case.data_dir else '?'}, this one is number {case.spec.index}"
        ),
    ),
    Rule(
        "rename clash",
        lambda case: case.rename_clash,
        "blocked",
        lambda case: (
            f"both {case.spec.renamed_from} and {case.spec.id} hold data; move one away "
            "by hand or drop renamed_from"
        ),
    ),
    Rule(
        "strays",
        lambda case: bool(case.strays),
        "heal",
        lambda case: f"a container of this tenant goes by the name {case.strays[0].name}",
        moves.remove_strays,
    ),
    Rule(
        "rename",
        lambda case: case.rename_pending,
        "rename",
        lambda case: f"it was called {case.spec.renamed_from}",
        moves.rename,
    ),
    Rule(
        "suspended",
        lambda case: case.spec.state == "suspended" and bool(moves.suspend(case)),
        "stop",
        lambda _: "tenants.yaml says suspended",
        moves.suspend,
    ),
    Rule(
        "suspended already",
        lambda case: case.spec.state == "suspended",
        None,
        lambda _: "",
    ),
    Rule(
        "backing off",
        _backing_off,
        "wait",
        lambda case: case.attempts.reason,
        moves.withdraw_route,
    ),
    Rule(
        "being removed",
        lambda case: case.container is not None and case.container.state == "removing",
        "wait",
        lambda _: "the engine is still removing its old container",
    ),
    Rule(
        "data gone",
        lambda case: case.container is not None and case.data_dir is None,
        "blocked",
        lambda case: (
            f"its data directory {case.spec.data_dir} is gone: restore it from a backup, "
            f"or remove container {case.name} to start with no data"
        ),
    ),
    Rule(
        "no image, stopped",
        lambda case: case.spec.image_id is None and case.container is not None and not case.running,
        "heal",
        lambda case: case.attempts.reason or "its container is not running",
        moves.start,
    ),
    Rule(
        "no image",
        lambda case: case.spec.image_id is None,
        "blocked",
        lambda case: (
            f"no image {case.spec.image} is on this machine; build or pull it, then apply again"
        ),
    ),
    Rule(
        "network",
        lambda case: case.container is not None and not case.network_as_wanted,
        "heal",
        lambda case: "its network is gone" if case.network is None else "its network was changed",
        moves.remake_all,
    ),
    Rule(
        "new",
        lambda case: case.container is None and case.data_dir is None,
        "start",
        lambda _: "new tenant",
        moves.bring_up,
    ),
    Rule(
        "no container",
        lambda case: case.container is None,
        "start",
        lambda _: "it has no container",
        moves.bring_up,
    ),
    Rule(
        "spec changed",
        _must_be_remade,
        "restart",
        lambda _: "its settings or image changed",
        moves.remake,
    ),
    Rule(
        "detached",
        lambda case: _detached(case) or _cut_off(case),
        "heal",
        lambda _: "its container was taken off its network",
        moves.remake,
    ),
    Rule(
        "gone wrong",
        _gone_wrong,
        "heal",
        lambda case: f"its container is {case.container.state if case.container else 'gone'}",
        moves.remake,
    ),
    Rule(
        "stopped",
        lambda case: not case.running,
        "heal",
        lambda case: case.attempts.reason or "its container is not running",
        moves.start,
    ),
    Rule(
        "unready",
        lambda case: case.health == "unready",
        "heal",
        lambda case: case.attempts.reason or "it stopped answering /readyz",
        moves.restart,
    ),
    Rule(
        "route",
        lambda case: not case.routed_as_wanted,
        "route",
        lambda case: "its hosts changed" if case.route else "it is to be routed",
        moves.route,
    ),
)

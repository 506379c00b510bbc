"""(Desired, Observed, history, now) → Plan. Pure: the same world always gives the same plan.

Each tenant's decision is the first row of `RULES` whose condition holds. Unknown parts of the
world decide nothing: then the plan is empty.
"""

from __future__ import annotations

from collections.abc import Collection

from orchestrator.core import moves
from orchestrator.core.case import Case, World
from orchestrator.core.changes import changes
from orchestrator.core.desired import Desired
from orchestrator.core.history import History
from orchestrator.core.observed import Observed
from orchestrator.core.plan import Plan, TenantPlan
from orchestrator.core.rules import RULES


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
    there |= set(world.swaps) | world.asleep
    moving = {
        spec.renamed_from for spec in desired.values() if spec.renamed_from in world.data_dirs
    }
    return sorted(there - set(desired) - moving)


def _waits(history: History, tenant: str, now: float) -> bool:
    return tenant in history and history[tenant].next_at > now

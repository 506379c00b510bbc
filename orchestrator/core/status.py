"""What people are told: one state and one reason per tenant, from desired, observed and history."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from orchestrator.core.case import Case, World
from orchestrator.core.desired import Desired, TenantSpec
from orchestrator.core.history import History
from orchestrator.core.observed import Observed, Unknown
from orchestrator.core.plan import Action, TenantPlan
from orchestrator.core.reconcile import decide
from orchestrator.core.report import StatusReport as StatusReport
from orchestrator.core.report import TenantState as TenantState
from orchestrator.core.report import TenantStatus as TenantStatus
from orchestrator.core.routes import Limits, limits_of
from orchestrator.core.words import DIGEST_SHOWN

# What a tenant that is not served now is called while this is done to it.
_STATES: Mapping[Action | None, TenantState] = {
    "swap": "swapping", "fall back": "swapping", "sleep": "sleeping",
}  # fmt: skip


@dataclass(frozen=True)
class Usage:
    """What was measured of one tenant lately; None for not measured."""

    users: int | None = None
    csv_files: int | None = None
    memory_bytes: int | None = None
    data_bytes: int | None = None
    last_request: str | None = None


@dataclass(frozen=True)
class Knowledge:
    """All that a status report is made from."""

    desired: Desired
    observed: Observed
    history: History
    now: float
    routes_confirmed: bool
    http_port: int
    limits: Limits = field(
        default_factory=Limits
    )  # of requests, where a tenant has none of its own
    busy: Mapping[str, str] = field(default_factory=dict)  # tenant id → the step being done
    doing: Mapping[str, Action] = field(default_factory=dict)  # tenant id → what that is part of
    usage: Mapping[str, Usage] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)  # tenant id → why its change is not in
    held: Mapping[str, str] = field(default_factory=dict)  # tenant id → why it is on another build
    problems: tuple[str, ...] = ()


def report(knowledge: Knowledge) -> StatusReport:
    """One row per tenant of the fleet, then one per retired tenant whose data is kept."""
    rows = [_wanted_row(knowledge, spec) for spec in knowledge.desired.values()]
    rows += [_retired_row(knowledge, one) for one in _retired(knowledge)]
    unknown = knowledge.observed.unknown_because()
    settled = not unmet(knowledge) and all(_settled(row, knowledge) for row in rows)
    return StatusReport(
        tenants=tuple(rows),
        routes_confirmed=knowledge.routes_confirmed,
        converged=settled and unknown is None and not knowledge.busy,
        problems=(*knowledge.problems, *((unknown,) if unknown else ())),
    )


def tenant_state(knowledge: Knowledge, spec: TenantSpec) -> tuple[TenantState, str]:
    """State and reason of one tenant of the fleet."""
    world = World.of(knowledge.observed)
    if world is None:
        return "starting", f"its state is unknown: {knowledge.observed.unknown_because()}"
    case = Case.of(spec, world, knowledge.history, knowledge.now)
    plan = decide(case)
    step = knowledge.busy.get(spec.id, "")
    blocked = plan is not None and plan.action == "blocked"
    if _is_swapped(case):  # whatever was seen last: it is diverted
        return "swapping", step or (plan.why if plan else "")
    if _serves(case, blocked=blocked):
        return "running", _joined(_aside(plan, step), _refused(case))
    if spec.state == "suspended":
        return "suspended", step
    if plan is not None and blocked:
        return "failed", plan.why
    if case.attempts.failed:
        return "failed", _failure(case)
    doing = knowledge.doing.get(spec.id) or (plan.action if plan else None)
    state = _STATES.get(doing, "sleeping" if case.asleep else "starting")
    return state, _joined(step or (plan.why if plan else ""), _refused(case))


def _is_swapped(case: Case) -> bool:
    wanted = case.spec.state == "running" and not case.attempts.failed
    return wanted and case.swap_under_way is not None


def _serves(case: Case, *, blocked: bool) -> bool:
    return (
        case.running
        and case.health != "unready"
        and (case.route is not None if blocked else case.reached_as_wanted)
    )


def unmet(knowledge: Knowledge) -> frozenset[str]:
    """Tenants that are not as tenants.yaml wants them, whatever they are otherwise."""
    world = World.of(knowledge.observed)
    if world is None:
        return frozenset(knowledge.desired)
    cases = (
        Case.of(spec, world, knowledge.history, knowledge.now)
        for spec in knowledge.desired.values()
    )
    return frozenset(case.spec.id for case in cases if case.falls_back or decide(case) is not None)


def _aside(plan: TenantPlan | None, step: str) -> str:
    """What there is to say about a tenant that runs."""
    if plan is not None and plan.action == "blocked":
        return f"it runs as it was before: {plan.why}"
    return f"{step} ({plan.why})" if step and plan else ""


def _refused(case: Case) -> str:
    """That it is not as tenants.yaml wants it, since that did not work."""
    swap = case.swap
    if swap is None or not case.falls_back or swap.under_way:
        return ""
    image = (case.spec.image_id or "")[:DIGEST_SHOWN]
    return f"update failed: {swap.reason.rstrip('. ')}; still on image {image}"


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _failure(case: Case) -> str:
    wait = case.attempts.next_at - case.now
    again = f"next try in {wait:.0f} s" if wait >= 1 else "trying again"
    return f"failed {case.attempts.failures} times in a row; {again}. {case.attempts.reason}"


def _wanted_row(knowledge: Knowledge, spec: TenantSpec) -> TenantStatus:
    state, why = tenant_state(knowledge, spec)
    aside = (knowledge.kept.get(spec.id, ""), knowledge.held.get(spec.id, ""))
    usage = knowledge.usage.get(spec.id, Usage())
    containers = knowledge.observed.containers
    there = () if isinstance(containers, Unknown) else containers.get(spec.id, ())
    limits = limits_of(spec, knowledge.limits)
    return TenantStatus(
        id=spec.id,
        name=spec.name,
        tier=spec.tier,
        state=state,
        why=_joined(why, *aside),
        url=url(spec.url_host, knowledge.http_port),
        image=spec.image,
        digest=there[0].image_id if there else spec.image_id,
        users=usage.users,
        csv_files=usage.csv_files,
        memory_bytes=usage.memory_bytes,
        data_bytes=usage.data_bytes,
        last_request=usage.last_request,
        deployed_at=(there[0].created_at or None) if there else None,
        hosts=spec.hosts,
        requests_per_second=limits.per_s,
        requests_at_once=limits.in_flight,
        hold_for=limits.hold_s,
    )


def _retired_row(knowledge: Knowledge, tenant: str) -> TenantStatus:
    usage = knowledge.usage.get(tenant, Usage())
    step = knowledge.busy.get(tenant, "")
    return TenantStatus(
        id=tenant,
        name=tenant,
        tier="",
        state="retired",
        why=step or "it left tenants.yaml; its data is kept until `purge`",
        url="",
        image="",
        digest=None,
        users=usage.users,
        csv_files=usage.csv_files,
        memory_bytes=None,
        data_bytes=usage.data_bytes,
        last_request=None,
        deployed_at=None,
    )


def url(host: str, http_port: int) -> str:
    """Address for a browser; the port is left out when it is the protocol's own."""
    return f"http://{host}" if http_port == 80 else f"http://{host}:{http_port}"


def _retired(knowledge: Knowledge) -> Collection[str]:
    parts = (knowledge.observed.containers, knowledge.observed.data_dirs)
    there = {one for part in parts if not isinstance(part, Unknown) for one in part}
    moving = {spec.renamed_from for spec in knowledge.desired.values()}
    return sorted(there - set(knowledge.desired) - moving)


def _settled(row: TenantStatus, knowledge: Knowledge) -> bool:
    if row.state in ("running", "suspended", "sleeping"):
        return not knowledge.busy.get(row.id)
    containers = knowledge.observed.containers
    return (
        row.state == "retired" and not isinstance(containers, Unknown) and row.id not in containers
    )

"""What the gate is to do with a request for a tenant."""

from __future__ import annotations

from orchestrator.core.case import Case
from orchestrator.core.report import GateMode, TenantState

EXPLAINED = ("suspended", "failed", "retired")


def gate_mode(case: Case | None, state: TenantState, *, held: bool) -> GateMode:
    """`case` is None while the world is unknown: then the agent is asked, and nobody is told off.

    `held`: a plan is being carried out that has begun to hold and has not released the tenant yet.
    """
    suspended = case is not None and case.spec.state == "suspended"  # whether stopped yet or not
    if suspended or (state in EXPLAINED and not held):
        return "explain"
    if held or (case is not None and case.swap_under_way is not None):
        return "hold"
    if case is not None and case.asleep:
        return "wake"
    if case is not None and case.running and case.health == "ready":
        return "forward"
    return "probe"

"""Who has been idle for long enough to be put to sleep."""

from __future__ import annotations

from orchestrator.core.case import Case

JITTER = 0.10  # of sleep_after, at most: tenants that were idle together do not stop together
STEPS = 97  # a prime: neighbours in number are not neighbours in time


def is_idle(case: Case) -> bool:
    """It serves, its agent says that nothing is under way, and has said so for long enough."""
    activity, patience = case.activity, patience_s(case)
    return (
        patience is not None
        and case.running
        and case.health == "ready"
        and activity is not None
        and activity.in_flight == 0
        and activity.idle_s >= patience
    )


def patience_s(case: Case) -> float | None:
    """Seconds without a request after which it sleeps; None: never."""
    spec = case.spec
    if spec.sleep_after is None or spec.always_on:
        return None
    share = (spec.index * 37 % STEPS) / STEPS
    return spec.sleep_after * (1 + JITTER * share)

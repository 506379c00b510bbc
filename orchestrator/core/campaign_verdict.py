"""Whether an update of one tenant has ended, and how, from what is seen of the tenant."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.core.campaign import Entry, EntryState
from orchestrator.core.case import Case
from orchestrator.core.reconcile import decide


@dataclass(frozen=True)
class Verdict:
    """How it ended."""

    state: EntryState
    reason: str = ""


def verdict(case: Case, entry: Entry) -> Verdict | None:
    """None while it goes on. The look must be of after the release, and nobody at work on it."""
    if case.swap_under_way is not None or case.wanted.image_id != entry.after.image_id:
        return None
    if case.falls_back:
        return Verdict("failed", case.swap.reason if case.swap else "")
    if case.attempts.failed:
        return Verdict("failed", case.attempts.reason)
    plan = decide(case)
    if plan is not None and plan.action == "blocked":
        return Verdict("failed", plan.why)
    if plan is not None and plan.action != "sleep":
        return None
    return _well(case, entry)


def _well(case: Case, entry: Entry) -> Verdict | None:
    container = case.container
    if case.spec.state == "suspended":
        return Verdict("updated", "suspended: it begins with it when it is resumed")
    if container is not None and container.image_id != entry.after.image_id:
        return None
    return Verdict("updated", "asleep" if case.asleep else "")

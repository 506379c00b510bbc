"""Whether an update of one tenant has ended, and how, from what is seen of the tenant; and whether
it stays well afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.core.campaign import Entry, EntryState, Kind
from orchestrator.core.case import Case
from orchestrator.core.reconcile import decide


@dataclass(frozen=True)
class Verdict:
    """How it ended."""

    state: EntryState
    reason: str = ""


def left(kind: Kind, tenant: str) -> str:
    """Why a suspended tenant stays as it is, and what to do about it."""
    return f"suspended; `tenantctl {kind} {tenant}` after `resume`"


def verdict(case: Case, entry: Entry, kind: Kind = "update") -> Verdict | None:
    """None while it goes on. The look must be of after the release, and nobody at work on it."""
    found = _arrived(case, entry, kind)
    if found is None or entry.state != "returning":
        return found
    if found.state == "failed":
        reason = f"{entry.reason.rstrip('. ')}; and it could not be brought back: {found.reason}"
        return Verdict("failed", reason)
    return Verdict("failed", entry.reason)


def ailing(case: Case, entry: Entry) -> str:
    """What went wrong with one that was updated, or "": it crashed, or does not answer."""
    container = case.container
    if not _is_watched(case, entry) or container is None:
        return ""
    attempts = case.attempts
    crashed = attempts.failures and attempts.counted_exit.startswith(f"{container.id}:")
    if crashed or attempts.failed:
        return f"it was ready, then {attempts.reason}"
    if case.health == "unready":
        return "it was ready, then it stopped answering /readyz"
    return ""


def is_awake(case: Case, entry: Entry) -> bool:
    """Whether watching it tells anything."""
    return _is_watched(case, entry) and case.running


def _is_watched(case: Case, entry: Entry) -> bool:
    """It is to run, what it was updated to, and nothing else is going on with it."""
    return (
        case.spec.state == "running"
        and not case.asleep
        and case.swap_under_way is None
        and case.container is not None
        and case.container.image_id == entry.build.image_id
    )


def _arrived(case: Case, entry: Entry, kind: Kind) -> Verdict | None:
    """Whether it runs what it is to run."""
    if case.swap_under_way is not None or case.wanted.image_id != entry.build.image_id:
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
    return _well(case, entry, kind)


def _well(case: Case, entry: Entry, kind: Kind) -> Verdict | None:
    container = case.container
    runs_it = container is not None and container.image_id == entry.build.image_id
    if case.spec.state == "suspended" and not runs_it:
        if kind == "rollback":
            return Verdict("updated", "suspended: it begins with it when it is resumed")
        return Verdict("left", left(kind, entry.tenant))
    if container is not None and not runs_it:
        return None
    return Verdict("updated", "asleep" if case.asleep else "")

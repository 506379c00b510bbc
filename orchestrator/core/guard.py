"""What an apply may not do without a number typed by a person: lose sight of customers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from orchestrator.core.fleet import Fleet

RETIRE_SHARE = 0.10  # of the tenants, at least one, may retire at once unconfirmed


@dataclass(frozen=True)
class Refusal:
    """Why the apply is refused, the number that confirms it, and the mend."""

    detail: str
    count: int
    mend: str


def check(fleet: Fleet, current: Collection[str], known: Collection[str]) -> Refusal | None:
    """Compare the wanted fleet with the tenants that are there now.

    `current` are the ids applied or observed on the engine; `known` all ids that ever had an index.
    """
    wanted = {tenant.id: tenant.renamed_from for tenant in fleet.tenants}
    renamed = {old for old in wanted.values() if old}
    retiring = sorted(set(current) - set(wanted) - renamed)
    if not retiring:
        return None
    arriving = sorted(
        new for new, old in wanted.items() if new not in current and new not in known and not old
    )
    if arriving:
        return _maybe_rename(retiring, arriving)
    if not wanted or len(retiring) > max(1, RETIRE_SHARE * len(current)):
        return _too_many(retiring, wanted)
    return None


def _maybe_rename(retiring: list[str], arriving: list[str]) -> Refusal:
    number = len(retiring)
    return Refusal(
        detail=(
            f"{_listed(retiring)} would retire while {_listed(arriving)} would start empty: "
            "a rename would leave the customer's data behind"
        ),
        count=number,
        mend=(
            f"For a rename write `renamed_from: {retiring[0]}` under {arriving[0]}. If "
            f"{_listed(retiring)} is really to retire, confirm with --confirm-retire {number}."
        ),
    )


def _too_many(retiring: list[str], wanted: Mapping[str, str | None]) -> Refusal:
    left = f"{len(wanted)} would stay" if wanted else "none would stay"
    return Refusal(
        detail=f"{len(retiring)} tenants would retire at once ({_listed(retiring)}); {left}",
        count=len(retiring),
        mend=(
            "Look for a mistake in tenants.yaml. Data is kept in any case; if it is meant, confirm "
            f"with --confirm-retire {len(retiring)}."
        ),
    )


def _listed(ids: list[str], most: int = 3) -> str:
    shown = ", ".join(ids[:most])
    return f"{shown} and {len(ids) - most} more" if len(ids) > most else shown

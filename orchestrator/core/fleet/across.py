"""What must hold across tenants: a host name and an old id belong to one tenant only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from orchestrator.core.dns import is_at_or_below
from orchestrator.core.fleet.drafts import Draft
from orchestrator.core.fleet.sections import Item, Place
from orchestrator.core.fleet.values import DOMAINS_MAX


def check_across(drafts: Sequence[Draft], domain: str | None) -> None:
    """Report at every tenant concerned. `domain` is None when the file's own is no good."""
    for draft in drafts:
        _check_domains(draft, domain)
    _check_hosts_are_unique(drafts)
    _check_renames(drafts)


def _check_domains(draft: Draft, domain: str | None) -> None:
    items: Sequence[Item] = draft.section.values.get("domains", ())
    if len(items) > DOMAINS_MAX:
        message = f"has {len(items)} names"
        draft.place.below("domains").report(
            draft.line, message, f"at most {DOMAINS_MAX} are possible"
        )
    for item in items:
        if domain is not None and is_at_or_below(item.value, domain):
            _place(draft, item).report(
                item.line,
                f"'{item.value}' is the platform's own, at or below {domain}",
                f"remove it; the tenant has {draft.id}.{domain} already",
            )


def _check_hosts_are_unique(drafts: Sequence[Draft]) -> None:
    claims: dict[str, list[tuple[Draft, Item]]] = defaultdict(list)
    for draft in drafts:
        for item in draft.section.values.get("domains", ()):
            claims[item.value].append((draft, item))
    for host, claimants in claims.items():
        for draft, item in claimants if len(claimants) > 1 else ():
            other, its = next(claim for claim in claimants if claim[1] is not item)
            if other is draft:
                message = f"'{host}' stands twice, also in line {its.line}"
            else:
                message = f"'{host}' is also a domain of {other.id} in line {its.line}"
            _place(draft, item).report(item.line, message, "leave it to one tenant, once")


def _check_renames(drafts: Sequence[Draft]) -> None:
    ids = {draft.id for draft in drafts}
    claims: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if (old := draft.section.values.get("renamed_from")) is not None:
            claims[old].append(draft)
    for old, claimants in claims.items():
        for draft in claimants:
            place = draft.place.below("renamed_from")
            line = draft.section.lines["renamed_from"]
            other = next((other for other in claimants if other is not draft), None)
            if old == draft.id:
                place.report(line, "is the tenant's own id", "write the id that it had before")
            elif old in ids:
                place.report(
                    line, f"'{old}' is still a tenant of this file", f"remove {old} or this line"
                )
            if other is not None:
                mend = "its data can move to one tenant only"
                place.report(line, f"'{old}' is also claimed by {other.id}", mend)


def _place(draft: Draft, item: Item) -> Place:
    return draft.place.below("domains").below(f"[{item.index}]")

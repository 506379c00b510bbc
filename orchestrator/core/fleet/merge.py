"""An error in one tenant keeps that tenant's last good state, and lets the others go on."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.core.dns import is_at_or_below
from orchestrator.core.fleet.model import Fleet, Tenant
from orchestrator.core.fleet.validation import Validation


def merge_last_good(validation: Validation, last: Fleet | None) -> Fleet | None:
    """The fleet to act on: the file's good tenants, and the last good state of the bad ones.

    A file that cannot be used as a whole yields `last`: None when there is none.
    A kept tenant's tier is the file's one of that name; its last good one when the file has none.
    A host that a good tenant has taken over is no longer the kept tenant's.
    """
    new = validation.fleet_without_bad_tenants
    if new is None:
        return last
    good = {tenant.id for tenant in new.tenants}
    last_tenants = last.tenants if last is not None else ()
    kept = [tenant for tenant in last_tenants if tenant.id in validation.kept - good]
    if last is None or not kept:
        return new
    ids = good | {tenant.id for tenant in kept}
    tenants = [*new.tenants, *(_beside(new, tenant, ids) for tenant in kept)]
    place = {tenant_id: number for number, tenant_id in enumerate(validation.order)}
    tenants.sort(key=lambda tenant: place.get(tenant.id, len(place)))
    old_tiers = {tenant.tier: last.tiers[tenant.tier] for tenant in kept}
    return replace(new, tiers={**old_tiers, **new.tiers}, tenants=tuple(tenants))


def _beside(new: Fleet, kept: Tenant, ids: set[str]) -> Tenant:
    """The kept tenant without what belongs to others by now."""
    taken = {host for tenant in new.tenants for host in tenant.domains}
    domains = tuple(
        host for host in kept.domains if host not in taken and not is_at_or_below(host, new.domain)
    )
    renamed_from = None if kept.renamed_from in ids else kept.renamed_from
    return replace(kept, domains=domains, renamed_from=renamed_from)

"""Who is in an update or a rollback, and from which build to which."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from orchestrator.core.applied import Applied
from orchestrator.core.builds import Build, meant
from orchestrator.core.campaign import Campaign, Entry, Options, former, ordered
from orchestrator.core.fleet import Tenant
from orchestrator.errors import Refused, UnknownTenant


@dataclass(frozen=True)
class Asked:
    """What the operator asked for: these tenants, or all when there are none."""

    tenants: tuple[str, ...] = ()
    options: Options = field(default_factory=Options)


@dataclass(frozen=True)
class Now:
    """What there is: the applied fleet, the build that each tenant runs, and who is awake."""

    applied: Applied
    builds: Mapping[str, Build]
    awake: Collection[str]
    number: int  # of the new campaign
    at: float


def update(now: Now, asked: Asked, target: Build) -> Campaign:
    """To this build: all that name no image of their own, or some of them. Refused,
    UnknownTenant."""
    chosen, pinned = _chosen(now.applied, asked.tenants)
    entries = tuple(
        _entry(one.id, now.builds[one.id], target) for one in chosen if one.id in now.builds
    )
    image = chosen[0].image
    everybody = not asked.tenants
    return Campaign(
        number=now.number,
        kind="update",
        at=now.at,
        entries=ordered(entries, _canary(now, asked, entries)),
        pin=target if everybody else _pin(now.applied, chosen[0]),
        options=Options(
            _canary(now, asked, entries), asked.options.batch, asked.options.max_failures
        ),
        default=target.image if everybody and target.image != image else None,
        pinned=pinned,
    )


def rollback(now: Now, asked: Asked, campaigns: Collection[Campaign]) -> Campaign:
    """To what each ran before its last update. Refused when that is known of none."""
    chosen, pinned = _chosen(now.applied, asked.tenants)
    entries = []
    for tenant in chosen:
        build = now.builds.get(tenant.id)
        before = former(campaigns, tenant.id, build) if build else None
        if build is not None and before is not None:
            entries.append(_entry(tenant.id, build, before))
        elif asked.tenants:
            raise Refused(
                f"no update of {tenant.id} is on record that it could be taken back from",
                mend=f"Name the image: `tenantctl update {tenant.id} --image NAME`.",
            )
    if not entries:
        raise Refused(
            "no update is on record that could be taken back",
            mend="Name the image: `tenantctl update --image NAME`.",
        )
    return Campaign(
        number=now.number,
        kind="rollback",
        at=now.at,
        entries=ordered(tuple(entries), asked.options.canary),
        pin=_pin(now.applied, chosen[0]),
        options=asked.options,
        pinned=pinned,
    )


def _entry(tenant: str, before: Build, after: Build) -> Entry:
    if before.image_id == after.image_id:
        return Entry(tenant, before, after, "skipped", "it has that already")
    return Entry(tenant, before, after)


def _chosen(
    applied: Applied, tenants: Collection[str]
) -> tuple[tuple[Tenant, ...], tuple[str, ...]]:
    """Those to be changed, in the fleet's order, and those that have an image of their own."""
    known = {tenant.id for tenant in applied.fleet.tenants}
    for tenant in tenants:
        if tenant not in known:
            raise UnknownTenant(
                f"there is no tenant {tenant}", mend="Run `tenantctl status` for those that exist."
            )
    meant_ones = [one for one in applied.fleet.tenants if not tenants or one.id in tenants]
    chosen = tuple(one for one in meant_ones if not one.own_image)
    pinned = tuple(one.id for one in meant_ones if one.own_image)
    if not chosen:
        raise Refused(
            "every customer meant names an image of its own, and is left alone",
            mend="Change it there: `tenantctl set ID image=NAME --apply`.",
        )
    if len({one.image for one in applied.fleet.tenants if not one.own_image}) > 1:
        raise Refused(
            "which customers name an image of their own was not written down by an earlier version",
            mend="Run `tenantctl apply` once, then try again.",
        )
    return chosen, pinned


def _pin(applied: Applied, tenant: Tenant) -> Build:
    found = meant(tenant, applied.image_ids)
    if found is None:
        raise Refused(
            f"no image {tenant.image} was on this machine at the last apply",
            mend="Build or pull it, then run `tenantctl apply`.",
        )
    return found


def _canary(now: Now, asked: Asked, entries: Collection[Entry]) -> str | None:
    """As asked for, or the first that is awake: somebody always goes alone. Refused."""
    waiting = [entry.tenant for entry in entries if entry.state == "waiting"]
    wanted = asked.options.canary
    if wanted is None:
        return next((one for one in waiting if one in now.awake), next(iter(waiting), None))
    if wanted not in {entry.tenant for entry in entries}:
        raise Refused(
            f"the canary {wanted} is not among the customers to update",
            mend="Choose one that is; customers with an image of their own are left alone.",
        )
    return wanted

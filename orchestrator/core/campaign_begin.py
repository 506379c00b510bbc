"""Who is in an update, and from which build to which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from orchestrator.core.applied import Applied
from orchestrator.core.builds import Build, meant
from orchestrator.core.campaign import Campaign, Entry, Kind, Options, ordered
from orchestrator.core.campaign_verdict import left
from orchestrator.core.fleet import Tenant
from orchestrator.errors import Refused, UnknownTenant


@dataclass(frozen=True)
class Asked:
    """What the operator asked for: these tenants, or all when there are none."""

    tenants: tuple[str, ...] = ()
    options: Options = field(default_factory=Options)


@dataclass(frozen=True)
class Now:
    """What there is: the applied fleet, the build that each tenant runs, who is awake, who of those
    runs and is ready, and who is suspended."""

    applied: Applied
    builds: Mapping[str, Build]
    awake: Collection[str]
    number: int  # of the new campaign
    at: float
    running: Collection[str] = ()
    suspended: Collection[str] = ()
    asleep: Collection[str] = ()


def update(now: Now, asked: Asked, target: Build) -> Campaign:
    """To this build: all that name no image of their own, or some of them. Refused,
    UnknownTenant."""
    chosen, pinned = chosen_of(now.applied, asked.tenants)
    entries = tuple(
        _left("update", now, entry_of(one.id, now.builds[one.id], target))
        for one in chosen
        if one.id in now.builds
    )
    image = chosen[0].image
    everybody = not asked.tenants
    if asked.tenants and entries and all(entry.state == "left" for entry in entries):
        raise Refused(
            f"{', '.join(entry.tenant for entry in entries)}: suspended, so nothing of it could "
            "be looked at",
            mend=f"Run `tenantctl resume {entries[0].tenant}`, then try again.",
        )
    canary = _canary(now, asked, entries)
    return Campaign(
        number=now.number,
        kind="update",
        at=now.at,
        entries=ordered(entries, canary),
        pin=target if everybody else pin_of(now.applied, chosen[0]),
        options=replace(asked.options, canary=canary),
        default=target.image if everybody and target.image != image else None,
        pinned=pinned,
        everybody=everybody,
        former=_former(entries, target) if everybody else None,
    )


def entry_of(tenant: str, before: Build, after: Build) -> Entry:
    """Waiting, or with nothing to do."""
    if before.image_id == after.image_id:
        return Entry(tenant, before, after, "skipped", "it has that already")
    return Entry(tenant, before, after)


def chosen_of(
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


def pin_of(applied: Applied, tenant: Tenant) -> Build:
    """What the tenant's image meant at the last apply. Refused."""
    found = meant(tenant, applied.image_ids)
    if found is None:
        raise Refused(
            f"no image {tenant.image} was on this machine at the last apply",
            mend="Build or pull it, then run `tenantctl apply`.",
        )
    return found


def _canary(now: Now, asked: Asked, entries: Collection[Entry]) -> str | None:
    """As asked for, or the first that runs, or sleeps: somebody always goes alone. Refused."""
    waiting = [entry.tenant for entry in entries if entry.state == "waiting"]
    wanted = asked.options.canary
    if wanted is None:
        for likely in (now.running, now.awake):
            if found := next((one for one in waiting if one in likely), None):
                return found
        return next(iter(waiting), None)
    if wanted not in {entry.tenant for entry in entries}:
        raise Refused(
            f"the canary {wanted} is not among the customers to update",
            mend="Choose one that is; customers with an image of their own are left alone.",
        )
    if wanted in now.suspended:
        raise Refused(
            f"{wanted} is suspended: it would prove nothing as the canary",
            mend="Choose one that runs: `tenantctl status` shows who does.",
        )
    if wanted not in now.running and wanted not in now.asleep:
        raise Refused(
            f"{wanted} does not run: it would prove nothing as the canary",
            mend="Choose one that runs: `tenantctl status` shows who does.",
        )
    return wanted


def _left(kind: Kind, now: Now, entry: Entry) -> Entry:
    """Nobody would see what a build does to one that is suspended."""
    if entry.tenant not in now.suspended or entry.state != "waiting":
        return entry
    return replace(entry, state="left", reason=left(kind, entry.tenant))


def _former(entries: Collection[Entry], target: Build) -> Build | None:
    """What most ran before; None when all have the build already."""
    before = Counter(entry.before for entry in entries if entry.before.image_id != target.image_id)
    return before.most_common(1)[0][0] if before else None

"""The ways back: a rollback of some or all, and the end of an update that failed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from orchestrator.core.builds import Build
from orchestrator.core.campaign import Campaign, former, ordered
from orchestrator.core.campaign_begin import Asked, Now, chosen_of, entry_of, pin_of
from orchestrator.core.fleet import Tenant
from orchestrator.errors import Refused


def rollback(
    now: Now,
    asked: Asked,
    campaigns: Collection[Campaign],
    stands: Callable[[Build], bool] = lambda _: False,
) -> Campaign:
    """To what each ran before its last update. Refused when that is known of none.

    `stands`: whether the build's name still means it. Then tenants.yaml gets that name again, if
    all go back to the same one.
    """
    chosen, pinned = chosen_of(now.applied, asked.tenants)
    entries = []
    for tenant in chosen:
        build = now.builds.get(tenant.id)
        before = former(campaigns, tenant.id, build) if build else None
        if build is not None and before is not None:
            entries.append(entry_of(tenant.id, build, before))
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
    made = Campaign(
        number=now.number,
        kind="rollback",
        at=now.at,
        entries=ordered(tuple(entries), asked.options.canary),
        pin=pin_of(now.applied, chosen[0]),
        options=asked.options,
        pinned=pinned,
        everybody=not asked.tenants,
    )
    goal = {one.tenant: one.after for one in entries}
    builds = {goal.get(one.id) or now.builds.get(one.id) for one in chosen}
    only = builds.pop() if len(builds) == 1 else None
    return _put_back(made, chosen[0], only, stands) if made.everybody else made


def abort(now: Now, ended: Campaign, stands: Callable[[Build], bool]) -> Campaign:
    """Back to how it was before an update of all that failed or was stopped: whoever it reached
    gets the former build, the others keep theirs, and tenants.yaml the former name."""
    chosen, pinned = chosen_of(now.applied, ())
    entries = []
    for tenant in chosen:
        build, old = now.builds.get(tenant.id), ended.entry(tenant.id)
        if build is None:
            continue
        reached = old is not None and old.after.image_id == build.image_id
        before = old.before if old is not None and reached else build
        entries.append(entry_of(tenant.id, build, before))
    made = Campaign(
        number=now.number,
        kind="rollback",
        at=now.at,
        entries=tuple(entries),
        pin=pin_of(now.applied, chosen[0]),
        options=replace(ended.options, canary=None, max_failures=len(entries), soak=0.0),
        pinned=pinned,
        everybody=True,
    )
    return _put_back(made, chosen[0], ended.former, stands)


def _put_back(
    made: Campaign, tenant: Tenant, build: Build | None, stands: Callable[[Build], bool]
) -> Campaign:
    if build is None or build.image == tenant.image or not stands(build):
        return made
    return replace(made, default=build.image, pin=build)

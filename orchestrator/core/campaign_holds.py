"""What a campaign means for the applied fleet: who is held on which build, and how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from orchestrator.core.applied import Applied
from orchestrator.core.builds import Held, Until, meant, still_held
from orchestrator.core.campaign import Campaign, Entry
from orchestrator.core.fleet import Fleet


def on_campaign(applied: Applied, campaign: Campaign) -> Applied:
    """The applied fleet with every tenant of the campaign on the build that it is to run now."""
    fleet, image_ids, pin = applied.fleet, applied.image_ids, campaign.pin
    if campaign.default is not None:
        tenants = (
            tenant if tenant.own_image else replace(tenant, image=campaign.default)
            for tenant in fleet.tenants
        )
        fleet = replace(fleet, tenants=tuple(tenants))
    image_ids = {**image_ids, pin.image: pin.image_id}
    before = still_held(fleet, image_ids, applied.held)
    if campaign.everybody and campaign.state == "done":  # newcomers of meanwhile as well
        before = {key: one for key, one in before.items() if one.until != "asked"}
    held = held_by(campaign, fleet, image_ids, before)
    return replace(applied, fleet=fleet, image_ids=image_ids, held=held)


def held_by(
    campaign: Campaign, fleet: Fleet, image_ids: Mapping[str, str], held: Mapping[str, Held]
) -> dict[str, Held]:
    """`held`, with the campaign's word on its own tenants in the place of older ones."""
    found = dict(held)
    for tenant in fleet.tenants:
        entry, wanted = campaign.entry(tenant.id), meant(tenant, image_ids)
        if entry is None or wanted is None or tenant.own_image:
            continue
        found.pop(tenant.id, None)
        if entry.build.image_id != wanted.image_id:
            until: Until = "asked" if entry.state in ("waiting", "failed") else "changed"
            found[tenant.id] = Held(entry.build, wanted, _why(campaign, entry), until)
    return found


def standing(campaign: Campaign | None, applied: Applied | None) -> str:
    """One sentence about those whom no apply brings what tenants.yaml means; "" without any."""
    held = applied.held if applied is not None else {}
    kept = [one for one in held.values() if one.until == "asked"]
    if not kept or (campaign is not None and campaign.active):
        return ""
    who = "1 customer stays" if len(kept) == 1 else f"{len(kept)} customers stay"
    ended = campaign is not None and campaign.kind == "update" and campaign.everybody
    early = ended and campaign is not None and campaign.state in ("failed", "stopped")
    back = "; `tenantctl update --abort` takes it back, in tenants.yaml too" if early else ""
    return (
        f"{who} on {kept[0].build} whatever is applied, since an update failed or was stopped: "
        f"`tenantctl update` tries the image as built now, one customer first{back}"
    )


def _why(campaign: Campaign, entry: Entry) -> str:
    on = f"on {entry.build}"
    if entry.state == "left":
        return f"{on}, since it was suspended during the {campaign.kind}"
    if entry.state == "returning":
        return f"{campaign.kind} failed: {entry.reason.rstrip('. ')}; back {on}"
    if entry.state == "failed":
        return f"{campaign.kind} failed: {entry.reason.rstrip('. ')}; still {on}"
    if entry.state == "waiting" and campaign.active:
        return f"{on}, waiting for its turn in the {campaign.kind}"
    if entry.state == "waiting":
        return f"{on}, since the {campaign.kind} stopped before it"
    return f"{on} since the {campaign.kind}, not as tenants.yaml says"

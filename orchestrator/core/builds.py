"""Which build of its image a tenant runs, when that is not the one that tenants.yaml means."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from orchestrator.core.fleet import Fleet, Tenant

DIGITS_SHOWN = 12  # of an image id, as docker prints it
# changed  it ends by itself when the file, or a rebuilt tag, means anything else
# asked    an update failed or was stopped before it: it ends when the operator asks for an update,
#          or for the way back, and no apply does that
Until = Literal["changed", "asked"]


@dataclass(frozen=True)
class Build:
    """An image as it was built: a rebuilt tag is another one. `image_id` is the engine's."""

    image: str
    image_id: str

    def __str__(self) -> str:
        return f"{self.image} ({self.image_id.removeprefix('sha256:')[:DIGITS_SHOWN]})"


@dataclass(frozen=True)
class Held:
    """A tenant runs `build`, and not `instead_of`, which tenants.yaml means; `why` in words."""

    build: Build
    instead_of: Build
    why: str = ""
    until: Until = "changed"


def meant(tenant: Tenant, image_ids: Mapping[str, str]) -> Build | None:
    """What tenants.yaml means for the tenant; None when no such image was on the machine."""
    image_id = image_ids.get(tenant.image)
    return Build(tenant.image, image_id) if image_id else None


def still_held(
    fleet: Fleet, image_ids: Mapping[str, str], held: Mapping[str, Held]
) -> dict[str, Held]:
    """Those of `held` that are in force for this fleet, under the ids that the tenants have now."""
    found = {}
    for tenant in fleet.tenants:
        one = held.get(tenant.id) or held.get(tenant.renamed_from or "")
        wanted = meant(tenant, image_ids)
        if one is None or wanted is None:
            continue
        if one.instead_of == wanted:
            found[tenant.id] = one
        elif (
            one.until == "asked"
            and not tenant.own_image
            and (one.build.image_id != wanted.image_id)
        ):
            found[tenant.id] = replace(one, instead_of=wanted)
    return found


def with_newcomers(
    fleet: Fleet, image_ids: Mapping[str, str], held: Mapping[str, Held], known: Collection[str]
) -> dict[str, Held]:
    """`held`, and who is not among the `known` tenants begins with the build that those run whom an
    update has not reached: what they are kept from is not tried out on a new customer either."""
    found = dict(held)
    kept = next((one.build for one in held.values() if one.until == "asked"), None)
    for tenant in fleet.tenants:
        wanted = meant(tenant, image_ids)
        same = kept is not None and wanted is not None and kept.image_id == wanted.image_id
        is_new = tenant.id not in known and (tenant.renamed_from or "") not in known
        if kept is None or wanted is None or tenant.own_image or not is_new or same:
            continue
        found[tenant.id] = Held(kept, wanted, f"on {kept}, as those before the update", "asked")
    return found

"""Which build of its image a tenant runs, when that is not the one that tenants.yaml means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.core.fleet import Fleet, Tenant

DIGITS_SHOWN = 12  # of an image id, as docker prints it


@dataclass(frozen=True)
class Build:
    """An image as it was built: a rebuilt tag is another one. `image_id` is the engine's."""

    image: str
    image_id: str

    def __str__(self) -> str:
        return f"{self.image} ({self.image_id.removeprefix('sha256:')[:DIGITS_SHOWN]})"


@dataclass(frozen=True)
class Held:
    """A tenant runs `build`, as long as tenants.yaml means `instead_of`; `why` in words.

    It ends by itself when the file, or a rebuilt tag, means anything else.
    """

    build: Build
    instead_of: Build
    why: str = ""


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
        if one is not None and one.instead_of == meant(tenant, image_ids):
            found[tenant.id] = one
    return found

"""Small fleets and specs for tests."""

from __future__ import annotations

from orchestrator.core.desired import Desired, Site, desired
from orchestrator.core.fleet import Fleet, Tenant, Tier

SITE = Site(instance="0123456789ab", data_root="/data-root")
SMALL = Tier("small", 5, 10, 384 * 2**20, 500, 2**30, 200, 50)
MEDIUM = Tier("medium", 10, 25, 768 * 2**20, 1000, 5 * 2**30, 1000, 100)
IMAGE = "data-agent:latest"
IMAGE_ID = "sha256:" + "a" * 64


def tenant(tenant_id: str, **changed: object) -> Tenant:
    return Tenant(
        **{"id": tenant_id, "name": tenant_id, "tier": "small", "image": IMAGE, **changed}
    )  # type: ignore[arg-type]


def fleet(*tenants: Tenant | str, domain: str = "localhost") -> Fleet:
    return Fleet(
        domain=domain,
        tls="off",
        watch=False,
        tiers={"small": SMALL, "medium": MEDIUM},
        tenants=tuple(tenant(one) if isinstance(one, str) else one for one in tenants),
    )


def wanted(
    *tenants: Tenant | str,
    indexes: dict[str, int] | None = None,
    image_id: str | None = IMAGE_ID,
) -> Desired:
    """Specs of these tenants, numbered in order unless `indexes` says otherwise."""
    made = fleet(*tenants)
    given = indexes or {one.id: number for number, one in enumerate(made.tenants)}
    return desired(made, given, {IMAGE: image_id} if image_id else {}, SITE)

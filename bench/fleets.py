"""Fleets of any size, and the world as it is when nothing is left to do about them."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.core import names, routes
from orchestrator.core.desired import Desired, Site, TenantSpec, desired
from orchestrator.core.fleet import Fleet, Tenant, Tier
from orchestrator.core.observed import DataDir, Observed, ObservedContainer, ObservedNetwork

SMALL = Tier("small", 5, 10, 384 * 2**20, 500, 2**30, 200, 50)  # as in tenants.yaml
IMAGE_ID = "sha256:" + "a" * 64


def ids(number: int, first: str = "bench") -> list[str]:
    """bench-001, bench-002, …"""
    return [f"{first}-{count:03d}" for count in range(1, number + 1)]


def specs(
    tenants: Sequence[str], image: str, site: Site, tier: Tier = SMALL, first: int = 0
) -> Desired:
    """One spec per id, all of one tier; their numbers begin at `first`."""
    fleet = Fleet(
        domain="localhost",
        tls="off",
        watch=False,
        tiers={tier.name: tier},
        tenants=tuple(Tenant(id=one, name=one, tier=tier.name, image=image) for one in tenants),
    )
    indexes = {tenant: number for number, tenant in enumerate(tenants, first)}
    return desired(fleet, indexes, {image: IMAGE_ID}, site)


def as_wanted(fleet: Desired) -> Observed:
    """A world in which every tenant of the fleet runs, is ready and is routed."""
    return Observed(
        containers={spec.id: (_container(spec),) for spec in fleet.values()},
        networks={spec.id: _network(spec) for spec in fleet.values()},
        data_dirs={spec.id: DataDir(spec.id, spec.index) for spec in fleet.values()},
        routed={spec.id: routes.entry(spec) for spec in fleet.values()},
        health={spec.address: "ready" for spec in fleet.values()},
    )


def _container(spec: TenantSpec) -> ObservedContainer:
    return ObservedContainer(
        id=f"container-{spec.id}",
        name=names.container_name(spec.id),
        tenant=spec.id,
        state="running",
        fingerprint=spec.fingerprint,
        fields=dict(spec.container_fields),
        image_id=spec.image_id or "",
        index=spec.index,
        address=spec.address,
    )


def _network(spec: TenantSpec) -> ObservedNetwork:
    return ObservedNetwork(
        id=f"network-{spec.id}",
        name=names.network_name(spec.id),
        tenant=spec.id,
        index=spec.index,
        subnet=spec.subnet,
        bridge=spec.bridge,
        internal=True,
        icc=False,
    )

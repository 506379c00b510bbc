"""Who stands in the way of a tenant's network. Pure: it looks at facts, not at words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, ip_network
from typing import Any

from orchestrator.adapters import docker_observe
from orchestrator.adapters.docker_profile import BRIDGE_NAME
from orchestrator.core import names
from orchestrator.core.desired import TenantSpec

Json = Mapping[str, Any]

MEND = "Remove or rename it if it is not needed, then run `tenantctl apply`."


def is_there(networks: Iterable[Json], spec: TenantSpec, instance: str) -> bool:
    """Whether the tenant's own network exists, just as the spec wants it."""
    for entry in networks:
        owner = docker_observe.ours(entry["Labels"], instance)
        if owner is None or entry["Name"] != names.network_name(spec.id):
            continue
        seen = docker_observe.network(entry, owner)
        same = (seen.tenant, seen.subnet, seen.bridge) == (spec.id, spec.subnet, spec.bridge)
        return same and seen.internal and not seen.icc
    return False


def taken_by(networks: Iterable[Json], spec: TenantSpec, instance: str) -> str | None:
    """The sentence that says which network holds what this tenant needs; None when none does."""
    for entry in networks:
        owner = docker_observe.ours(entry["Labels"], instance)
        if owner is not None and owner.tenant == spec.id:
            continue
        what = _held(entry, spec)
        if what:
            return f"The network {entry['Name']}, which is not of tenant {spec.id}, holds {what}"
    return None


def _held(entry: Json, spec: TenantSpec) -> str | None:
    """What of the tenant's this network holds, in words."""
    if entry["Name"] == names.network_name(spec.id):
        return f"the name {entry['Name']}"
    if (entry["Options"] or {}).get(BRIDGE_NAME) == spec.bridge:
        return f"the bridge {spec.bridge}"
    wanted = IPv4Network(spec.subnet)
    for subnet in map(ip_network, docker_observe.subnets(entry)):
        if isinstance(subnet, IPv4Network) and subnet.overlaps(wanted):
            return f"the subnet {subnet}, which overlaps {spec.subnet}"
    return None

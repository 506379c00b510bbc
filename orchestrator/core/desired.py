"""What should run: one spec per tenant, complete down to the address and the image id.

`desired(fleet, …)` is the only way from what tenants.yaml says to what the engine is asked for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import IPv4Network
from typing import Literal

from orchestrator.core import names
from orchestrator.core.builds import Held
from orchestrator.core.fleet import Fleet, LlmPrivacy, Tenant

SUBNET_PREFIX = 29  # six addresses: gateway .1, the agent .2; a /16 holds 8,192 tenants
UID_BASE = 100_000  # tenant uid = UID_BASE + index: far above the host's own users
AGENT_PORT = 8000
LLM_PORT = 8482  # of the LLM gateway, on every tenant's gateway address
PIDS = 256  # processes and threads: web process, worker and duckdb's threads fit four times

WantedState = Literal["running", "suspended"]


@dataclass(frozen=True)
class Site:
    """Where this platform stands: what is the same for every tenant of one installation."""

    instance: str
    data_root: str
    subnet_pool: str = "10.200.0.0/16"
    bridge_prefix: str = "brt"
    llm_port: int = LLM_PORT


@dataclass(frozen=True)
class Limits:
    """What the engine enforces (memory, cpus, pids) and what the agent does (the rest).

    Bytes for memory and disk, thousandths of a core for cpus; None means unlimited.
    """

    memory_bytes: int
    millicpus: int
    disk_bytes: int
    users: int | None
    csv_files: int | None
    questions_per_day: int | None
    pids: int = PIDS


@dataclass(frozen=True)
class TenantSpec:
    """Everything about one tenant's container, network and route. Equal specs run equally."""

    id: str
    name: str
    tier: str
    state: WantedState
    image: str
    image_id: str | None  # None: no image of that name is on this machine
    hosts: tuple[str, ...]
    limits: Limits
    index: int
    uid: int
    subnet: str
    gateway: str
    address: str
    bridge: str
    data_dir: str
    token_file: str
    renamed_from: str | None = None
    llm_port: int = LLM_PORT
    llm_privacy: LlmPrivacy = "names"
    llm_tokens_per_day: int | None = None  # held by the LLM gateway; None: unlimited
    sleep_after: int | None = None  # seconds without a request; None: never
    always_on: bool = False  # nobody may put it to sleep, and it is started before others
    requests_per_second: int | None = None  # this and the next two: None is the platform's setting
    requests_at_once: int | None = None
    hold_for: int | None = None  # seconds that the gate holds a request

    @cached_property
    def container_fields(self) -> Mapping[str, object]:
        """The fields that a running container cannot change: another value means recreate."""
        return {
            "image": self.image_id,
            "name": self.name,
            **{f"limits.{key}": value for key, value in vars(self.limits).items()},
            "uid": self.uid,
            "subnet": self.subnet,
            "address": self.address,
            "bridge": self.bridge,
            "data_dir": self.data_dir,
            "llm_port": self.llm_port,
            "llm_privacy": self.llm_privacy,
            "profile": PROFILE,
        }

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over `container_fields`, 16 hex digits; kept as a label on the container."""
        canonical = json.dumps(self.container_fields, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    @property
    def url_host(self) -> str:
        """The host name that people are given first: the subdomain of the platform."""
        return self.hosts[0]


PROFILE = 2  # raise it when the container profile in adapters/docker_profile.py changes

Desired = Mapping[str, TenantSpec]


def desired(
    fleet: Fleet,
    indexes: Mapping[str, int],
    image_ids: Mapping[str, str],
    site: Site,
    held: Mapping[str, Held] | None = None,
) -> Desired:
    """Every tenant's spec. `indexes` must hold each tenant (or the id that it had before a
    rename); `image_ids` maps image name to id; `held` are those in force."""
    held = held or {}
    return {
        tenant.id: _on_its_build(
            _spec(fleet, tenant, index_of(tenant, indexes), image_ids, site), held.get(tenant.id)
        )
        for tenant in fleet.tenants
    }


def _on_its_build(spec: TenantSpec, held: Held | None) -> TenantSpec:
    if held is None:
        return spec
    return replace(spec, image=held.build.image, image_id=held.build.image_id)


def index_of(tenant: Tenant, indexes: Mapping[str, int]) -> int:
    """The tenant's number, which it keeps through a rename. KeyError when it has none yet."""
    before = tenant.renamed_from
    if tenant.id not in indexes and before is not None:
        return indexes[before]
    return indexes[tenant.id]


def _spec(
    fleet: Fleet, tenant: Tenant, index: int, image_ids: Mapping[str, str], site: Site
) -> TenantSpec:
    subnet = tenant_subnet(site.subnet_pool, index)
    tier = fleet.tiers[tenant.tier]
    return TenantSpec(
        id=tenant.id,
        name=tenant.name,
        tier=tenant.tier,
        state=tenant.state,
        image=tenant.image,
        image_id=image_ids.get(tenant.image),
        hosts=(f"{tenant.id}.{fleet.domain}", *tenant.domains),
        limits=Limits(
            memory_bytes=tier.memory,
            millicpus=tier.millicpus,
            disk_bytes=tier.disk,
            users=tier.users,
            csv_files=tier.csv_files,
            questions_per_day=tier.questions_per_day,
        ),
        index=index,
        uid=UID_BASE + index,
        subnet=str(subnet),
        gateway=str(subnet[1]),
        address=str(subnet[2]),
        bridge=names.bridge_name(site.bridge_prefix, index),
        data_dir=f"{site.data_root}/tenants/{tenant.id}",
        token_file=f"{site.data_root}/platform/secrets/{tenant.id}/token",
        renamed_from=tenant.renamed_from,
        llm_port=site.llm_port,
        llm_privacy=tenant.llm_privacy,
        llm_tokens_per_day=tier.llm_tokens_per_day,
        sleep_after=None if tenant.always_on else tenant.sleep_after,
        always_on=tenant.always_on,
        requests_per_second=tenant.requests_per_second,
        requests_at_once=tenant.requests_at_once,
        hold_for=tenant.hold_for,
    )


def tenant_subnet(pool: str, index: int) -> IPv4Network:
    """The `index`-th /29 of the pool. ValueError when the pool is used up."""
    network = IPv4Network(pool)
    size = 2 ** (32 - SUBNET_PREFIX)
    if index < 0 or (index + 1) * size > network.num_addresses:
        raise ValueError(f"subnet pool {pool} has no place for tenant number {index}")
    return IPv4Network((int(network.network_address) + index * size, SUBNET_PREFIX))

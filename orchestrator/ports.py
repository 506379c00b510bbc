"""What the controller needs of the world. Adapters provide it; tests may bring their own.

All methods of `Engine`, `DataRoot` and `Ledger` block (the executor runs them in threads, with the
adapter's own time-outs) and are idempotent where the name allows it: creating what is there, or
removing what is gone, succeeds. Errors are those of errors.py and no others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from orchestrator.core.applied import Applied
from orchestrator.core.campaign import Campaign
from orchestrator.core.desired import TenantSpec
from orchestrator.core.fleet import Validation
from orchestrator.core.llm_usage import Booking, DayOfUsage
from orchestrator.core.observed import DataDir, ObservedContainer, ObservedNetwork
from orchestrator.core.swap import Swap


@dataclass(frozen=True)
class EngineSnapshot:
    """Everything of ours on the engine, plus the `tenant-*` names that are not ours."""

    containers: Mapping[str, tuple[ObservedContainer, ...]]
    networks: Mapping[str, ObservedNetwork]
    foreign_names: frozenset[str]


@dataclass(frozen=True)
class Event:
    """One line of the ledger's history. `at` is seconds since the epoch, UTC."""

    at: float
    tenant: str | None
    kind: str  # applied refused started stopped crashed healed routed retired renamed purged …
    text: str


class Engine(Protocol):
    """The Docker engine. EngineUnavailable from any of them means: outcome unknown."""

    def snapshot(self) -> EngineSnapshot: ...
    def image_id(self, image: str) -> str | None: ...
    def create_network(self, spec: TenantSpec) -> None:
        """NameTaken when a foreign network holds the name, subnet or bridge."""

    def remove_network(self, network_id: str) -> None: ...
    def create_container(self, spec: TenantSpec) -> None:
        """Create, not start. NameTaken for a foreign container; ours is left as it is."""

    def start_container(self, name: str) -> None:
        """Start it, with processor time lent to it until `settle`."""

    def settle(self, name: str) -> None:
        """Take the lent processor time back. Silent when it is gone, or has none."""

    def stop_container(self, container_id: str, grace_s: int, cut: bool = False) -> None:
        """Returns after the process has ended. Silent when it is gone or not running. `cut`: it
        is told twice, by which an agent knows not to wait for what is under way."""

    def remove_container(self, container_id: str) -> None: ...
    def is_running(self, name: str) -> bool:
        """Whether a container of this name runs now; False when there is none."""

    def try_image(self, spec: TenantSpec) -> str:
        """Start the image apart from network and data, then remove it. Why it is no good, or ""."""

    def logs(self, name: str, tail: int) -> str: ...
    def follow_logs(self, name: str, tail: int) -> Iterator[str]: ...
    def memory_bytes(self, container_id: str) -> int | None: ...
    def events(self) -> Iterator[str]:
        """Tenant ids as things happen to their containers or networks; ends when cut off."""

    def version(self) -> str: ...


class DataRoot(Protocol):
    """DATA_ROOT: tenants' directories, platform secrets. Nothing here removes but `purge`."""

    def observe(self) -> Mapping[str, DataDir]: ...
    def prepare(self, spec: TenantSpec) -> None: ...
    def move(self, old: str, spec: TenantSpec) -> None: ...
    def first_password(self, tenant_id: str) -> str | None:
        """The first admin password while it is unused, else None."""

    def has_users(self, tenant_id: str) -> bool: ...
    def token(self, tenant_id: str) -> str: ...
    def usage(self, tenant_id: str) -> DataDir: ...
    def purge(self, tenant_id: str) -> None: ...


class Snapshots(Protocol):
    """Copies of tenants' data from before a swap."""

    def check_room(self, tenant_id: str) -> None:
        """DataRootError when the disk has no room for a copy of the tenant's data."""

    def begin(self, tenant_id: str, name: str) -> None:
        """Copy ahead what can be while the data is in use, so that `take` is quick."""

    def take(self, tenant_id: str, name: str) -> None:
        """Copy the data aside, whole or not at all; silent when there is such a copy already."""

    def restore(self, tenant_id: str, name: str) -> None:
        """Put the copy in the place of the data, which is set aside; silent when there is none."""

    def prune(self, kept: Collection[str]) -> None:
        """Remove copies that are old, and all but each tenant's last; never one of `kept`."""


class Ledger(Protocol):
    """Index per tenant, never reused; events; LLM usage; swaps under way; who sleeps.

    Lost, the indexes are rebuilt from labels and tenant.json.
    """

    def indexes(self) -> Mapping[str, int]: ...
    def allocate(self, tenant_id: str) -> int: ...
    def adopt(self, tenant_id: str, index: int) -> None: ...
    def rename(self, old: str, new: str) -> None: ...
    def forget(self, tenant_id: str) -> None:
        """After a purge: the id is free again, its index is never given out again."""

    def record(self, event: Event) -> None: ...
    def events(self, tenant_id: str | None, limit: int) -> tuple[Event, ...]: ...
    def book(self, bookings: Sequence[Booking], today: str) -> None:
        """Booked again, a key replaces what it was booked with. `today` is ISO 8601, UTC."""

    def llm_usage(self, since: str) -> tuple[DayOfUsage, ...]:
        """Every tenant's days from this one on, by tenant, newest first."""

    def swaps(self) -> Mapping[str, Swap]:
        """Under way or refused, by tenant."""

    def put_swap(self, swap: Swap) -> None:
        """In the place of the tenant's last one; durable on return, as are the next two."""

    def drop_swap(self, tenant_id: str) -> None: ...
    def asleep(self) -> frozenset[str]: ...
    def set_asleep(self, tenant_id: str, *, asleep: bool) -> None: ...
    def campaigns(self) -> tuple[Campaign, ...]:
        """The last updates and rollbacks, newest last."""

    def put_campaign(self, campaign: Campaign) -> None:
        """In the place of what was written of it before; durable on return."""

    def booted(self, boot_id: str, sleepers: Collection[str]) -> bool:
        """Whether the host was booted since this was last asked; False at the very first. Then
        `sleepers` are on record as asleep: both or neither."""


class RouteFile(Protocol):
    """The one generated file that Traefik reads."""

    def read(self) -> Mapping[str, object] | None:
        """The document as it stands; None when there is none. DataRootError when unreadable."""

    def write(self, document: Mapping[str, object]) -> None: ...


class Prober(Protocol):
    """HTTP from the platform to the agents and to Traefik."""

    async def ready(self, address: str) -> bool: ...
    async def activity(self, address: str, token: str) -> Mapping[str, object] | None:
        """What the agent says of itself (in_flight, last_request …); None without an answer."""

    async def generation(self) -> str | None:
        """The route generation that Traefik serves; None when it does not answer."""


class Firewall(Protocol):
    """The host's nft table that closes the host to the tenants' bridges."""

    counts_sources: bool  # connections of each address to the public port, and limits them

    def ensure(self) -> bool:
        """Make the table as it must be; True when it had to be changed. FirewallError."""


class TenantsFile(Protocol):
    """tenants.yaml: read into a fleet, edited with comments and order kept."""

    def load(self) -> Validation: ...
    def add(self, tenant_id: str, values: Mapping[str, object]) -> list[str]: ...
    def remove(self, tenant_id: str) -> list[str]: ...
    def set_values(self, tenant_id: str, values: Mapping[str, object]) -> list[str]: ...
    def set_image(self, image: str) -> list[str]:
        """Of all tenants that name none of their own."""


class AppliedFile(Protocol):
    """The fleet that was applied last."""

    def read(self) -> Applied | None: ...
    def write(self, applied: Applied) -> None: ...


@dataclass(frozen=True)
class Ports:
    """The whole world, as the controller is given it."""

    engine: Engine
    data_root: DataRoot
    ledger: Ledger
    route_file: RouteFile
    prober: Prober
    firewall: Firewall
    tenants_file: TenantsFile
    applied_file: AppliedFile
    snapshots: Snapshots

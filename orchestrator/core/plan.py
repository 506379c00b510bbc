"""Steps as values: what would be done, in order, for which tenant, and why.

A plan can be printed, compared, serialised and tested; the executor is what carries it out.
No step removes a data directory: there is none to write down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.desired import TenantSpec

Action = Literal["start", "restart", "stop", "retire", "rename", "heal", "route", "wait", "blocked"]


@dataclass(frozen=True)
class PrepareData:
    """Make the data directory, tenant.json and the platform token; own them to the tenant's uid."""

    spec: TenantSpec


@dataclass(frozen=True)
class MoveData:
    """Give the data directory of `old` to the tenant `spec` (one rename(2))."""

    old: str
    spec: TenantSpec


@dataclass(frozen=True)
class CreateNetwork:
    spec: TenantSpec


@dataclass(frozen=True)
class RemoveNetwork:
    network_id: str


@dataclass(frozen=True)
class CreateContainer:
    spec: TenantSpec


@dataclass(frozen=True)
class StartContainer:
    """Start the tenant's container; by name, since an earlier step may just have made it."""

    name: str


@dataclass(frozen=True)
class StopContainer:
    """SIGTERM, and SIGKILL after the grace period; then wait for the exit."""

    container_id: str


@dataclass(frozen=True)
class RemoveContainer:
    container_id: str


@dataclass(frozen=True)
class AwaitReady:
    """Wait until /readyz answers 200 at the tenant's address."""

    spec: TenantSpec


@dataclass(frozen=True)
class Route:
    """Publish the tenant's hosts and wait until Traefik confirmed it."""

    spec: TenantSpec


@dataclass(frozen=True)
class Narrow:
    """Take back those of the tenant's routed hosts that are no longer its own."""

    spec: TenantSpec


@dataclass(frozen=True)
class Unroute:
    """Take the tenant's hosts back and wait until Traefik confirmed it."""

    tenant: str


Step = (
    PrepareData
    | MoveData
    | CreateNetwork
    | RemoveNetwork
    | CreateContainer
    | StartContainer
    | StopContainer
    | RemoveContainer
    | AwaitReady
    | Route
    | Narrow
    | Unroute
)


@dataclass(frozen=True)
class FieldChange:
    """One field of the spec that differs from what runs, ready to print."""

    field: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.field}: {self.old} → {self.new}"


@dataclass(frozen=True)
class TenantPlan:
    """What happens to one tenant. `wait` and `blocked` have at most steps for its route."""

    tenant: str
    action: Action
    why: str
    steps: tuple[Step, ...] = ()
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All tenants with something to do or to say, in the fleet's order."""

    tenants: tuple[TenantPlan, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step of every tenant."""
        return tuple(step for tenant in self.tenants for step in tenant.steps)

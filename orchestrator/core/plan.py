"""Steps as values: what would be done, in order, for which tenant, and why.

A plan can be printed, compared, serialised and tested; the executor is what carries it out.
No step removes a data directory: there is none to write down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.core.desired import TenantSpec
from orchestrator.core.swap import Swap

Action = Literal[
    "start", "restart", "swap", "fall back", "sleep", "wake", "stop", "retire", "rename", "heal",
    "route", "wait", "blocked",
]  # fmt: skip
READY_S = 60.0  # for an agent that starts
BACK_READY_S = 30.0  # for what ran before, when it is started again while visitors wait


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
    """SIGTERM, and SIGKILL after the grace period; then wait for the exit.

    `held`: whose visitors wait meanwhile. It is told to cut off what is still under way, and its
    grace is the stop's part of their budget. `kill`: nothing that it does is of use any more.
    """

    container_id: str
    held: TenantSpec | None = None
    kill: bool = False


@dataclass(frozen=True)
class RemoveContainer:
    container_id: str


@dataclass(frozen=True)
class AwaitReady:
    """Wait until /readyz answers 200 at the tenant's address, `within_s` seconds at most.

    None: what ran before can be started again, so no longer than leaves time for that.
    """

    spec: TenantSpec
    within_s: float | None = READY_S


@dataclass(frozen=True)
class Settle:
    """Take back the processor time that it was lent for its start or end. Each plan ends with that:
    this is for where a controller was killed before."""

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


@dataclass(frozen=True)
class Divert:
    """Hold the tenant's requests at the gate: lead its hosts there, and wait for Traefik."""

    tenant: str


@dataclass(frozen=True)
class AwaitCalm:
    """Before anybody is held: wait until nothing that takes long is under way, a bounded time.

    `must`: until nothing at all is, else do not go on.
    """

    spec: TenantSpec
    must: bool = False


@dataclass(frozen=True)
class Drain:
    """Wait until the agent has no request under way, a bounded time. `must`: else do not go on."""

    spec: TenantSpec
    must: bool = False


@dataclass(frozen=True)
class Preflight:
    """Try the new image apart from everything; one that does not start is refused at once."""

    spec: TenantSpec
    swap: Swap


@dataclass(frozen=True)
class BeginSwap:
    """Write down what runs and what it is to become. From here on it is finished or undone."""

    swap: Swap


@dataclass(frozen=True)
class TakeSnapshot:
    """Copy the data of a stopped tenant, unless there is a copy of this name already."""

    spec: TenantSpec
    name: str


@dataclass(frozen=True)
class RestoreData:
    """Give the tenant the data of this copy back, if there is one; what it had is set aside."""

    spec: TenantSpec
    name: str


@dataclass(frozen=True)
class Release:
    """The container that is ready may be seen: end the swap on record, let go what is held.

    `refused`: what was tried instead, to be remembered until something else is asked for.
    """

    tenant: str
    refused: Swap | None = None


@dataclass(frozen=True)
class MarkAsleep:
    """Write down that the tenant sleeps. It does not count as ended when it stops."""

    tenant: str


@dataclass(frozen=True)
class Forget:
    """Strike the record of swap and sleep of a tenant that is no more."""

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
    | Settle
    | Route
    | Narrow
    | Unroute
    | Divert
    | AwaitCalm
    | Drain
    | Preflight
    | BeginSwap
    | TakeSnapshot
    | RestoreData
    | Release
    | MarkAsleep
    | Forget
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

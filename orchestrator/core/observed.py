"""What is: containers, networks, data directories, routes and readiness, as last seen.

*Unknown* is a value of its own. A part that could not be observed is `Unknown(why)`, never empty:
nothing is stopped, removed or unrouted because of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from orchestrator.core.swap import Swap

ContainerState = Literal["created", "running", "paused", "restarting", "removing", "exited", "dead"]
Health = Literal["ready", "unready", "unknown"]


@dataclass(frozen=True)
class Unknown:
    """This part of the world did not answer, and why."""

    why: str


@dataclass(frozen=True)
class ObservedContainer:
    """A container with our label and instance id, as the engine lists it."""

    id: str
    name: str
    tenant: str
    state: ContainerState
    fingerprint: str
    fields: Mapping[str, object]  # `container_fields` of the spec that made it (from its label)
    image_id: str
    index: int
    address: str | None  # on its tenant network; None when it is attached to none
    created_at: str = ""  # RFC 3339, UTC
    started_at: str = ""  # engine's RFC 3339 time stamps; compared for equality only
    finished_at: str = ""
    exit_code: int | None = None
    oom_killed: bool = False
    altered: tuple[str, ...] = ()  # what somebody changed by hand since it was made, in words
    boosted: bool = False  # it has the processor time of a start still


@dataclass(frozen=True)
class ObservedNetwork:
    """A network with our label and instance id."""

    id: str
    name: str
    tenant: str
    index: int
    subnet: str
    bridge: str
    internal: bool
    icc: bool


@dataclass(frozen=True)
class DataDir:
    """A directory under DATA_ROOT/tenants.

    `index` comes from the directory's owner (uid minus UID_BASE), since a tenant could forge its
    tenant.json, which counts only for a directory that no tenant owns yet; None when neither tells.
    """

    tenant: str
    index: int | None
    users: int | None = None
    csv_files: int | None = None
    data_bytes: int | None = None


@dataclass(frozen=True)
class RouteEntry:
    """Where a tenant's hosts lead, and its own limits; None: the platform's."""

    address: str
    hosts: tuple[str, ...]
    per_s: int | None = None
    in_flight: int | None = None


@dataclass(frozen=True)
class Activity:
    """What an agent says of itself. `idle_s`: seconds since it last had a request, or was seen."""

    in_flight: int
    idle_s: float


@dataclass(frozen=True)
class Observed:
    """One look at the world."""

    containers: Mapping[str, tuple[ObservedContainer, ...]] | Unknown  # by tenant id
    networks: Mapping[str, ObservedNetwork] | Unknown  # by tenant id
    foreign_names: frozenset[str] = frozenset()  # `tenant-*` names that are not ours
    data_dirs: Mapping[str, DataDir] | Unknown = field(default_factory=dict)
    routed: Mapping[str, RouteEntry] | Unknown = field(default_factory=dict)  # by tenant id
    health: Mapping[str, Health] = field(default_factory=dict)  # by container address
    activity: Mapping[str, Activity] = field(default_factory=dict)  # by tenant id; few are known
    swaps: Mapping[str, Swap] = field(default_factory=dict)  # on record, by tenant id
    asleep: frozenset[str] = frozenset()  # on record: put to sleep, and not woken since

    def unknown_because(self) -> str | None:
        """Why parts that a decision needs could not be seen, or None when all were."""
        for part in (self.containers, self.networks, self.data_dirs, self.routed):
            if isinstance(part, Unknown):
                return part.why
        return None

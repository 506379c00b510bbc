"""One tenant's case: what is wanted and what is there, with the questions that the rules ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from orchestrator.core import names, routes
from orchestrator.core.desired import TenantSpec
from orchestrator.core.history import NONE, Attempts, History
from orchestrator.core.observed import (
    DataDir,
    Health,
    Observed,
    ObservedContainer,
    ObservedNetwork,
    RouteEntry,
)


@dataclass(frozen=True)
class World:
    """An observation without unknown parts: what decisions may be based on."""

    containers: Mapping[str, tuple[ObservedContainer, ...]]
    networks: Mapping[str, ObservedNetwork]
    foreign_names: frozenset[str]
    data_dirs: Mapping[str, DataDir]
    routed: Mapping[str, RouteEntry]
    health: Mapping[str, Health]

    @classmethod
    def of(cls, observed: Observed) -> World | None:
        """None when any part is unknown."""
        parts = (observed.containers, observed.networks, observed.data_dirs, observed.routed)
        if not all(isinstance(part, Mapping) for part in parts):
            return None
        return cls(*parts[:2], observed.foreign_names, *parts[2:], observed.health)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Case:
    """Everything that decides about one tenant of the fleet."""

    spec: TenantSpec
    world: World
    attempts: Attempts
    now: float

    @classmethod
    def of(cls, spec: TenantSpec, world: World, history: History, now: float) -> Case:
        return cls(spec, world, history.get(spec.id, NONE), now)

    @property
    def name(self) -> str:
        return names.container_name(self.spec.id)

    @property
    def claimants(self) -> tuple[ObservedContainer, ...]:
        """Every container that carries this tenant's label."""
        return self.world.containers.get(self.spec.id, ())

    @cached_property
    def container(self) -> ObservedContainer | None:
        """The one with the right name. Nearly every rule asks for it."""
        return next((one for one in self.claimants if one.name == self.name), None)

    @property
    def strays(self) -> tuple[ObservedContainer, ...]:
        """Containers of this tenant under another name (renamed or copied by hand)."""
        return tuple(one for one in self.claimants if one.name != self.name)

    @property
    def network(self) -> ObservedNetwork | None:
        return self.world.networks.get(self.spec.id)

    @property
    def data_dir(self) -> DataDir | None:
        return self.world.data_dirs.get(self.spec.id)

    @property
    def route(self) -> RouteEntry | None:
        return self.world.routed.get(self.spec.id)

    @property
    def routed_as_wanted(self) -> bool:
        return self.route == routes.entry(self.spec)

    @property
    def health(self) -> Health:
        return self.world.health.get(self.spec.address, "unknown")

    @property
    def running(self) -> bool:
        return self.container is not None and self.container.state == "running"

    @property
    def name_is_foreign(self) -> bool:
        return self.name in self.world.foreign_names

    @property
    def network_as_wanted(self) -> bool:
        network = self.network
        return network is not None and (
            (network.subnet, network.bridge, network.internal, network.icc)
            == (self.spec.subnet, self.spec.bridge, True, False)
        )

    @property
    def rename_pending(self) -> bool:
        """The data still stands under the old id, and nowhere else."""
        old = self.spec.renamed_from
        return old is not None and old in self.world.data_dirs and self.data_dir is None

    @property
    def rename_clash(self) -> bool:
        old = self.spec.renamed_from
        return old is not None and old in self.world.data_dirs and self.data_dir is not None

"""One tenant's case: what is wanted and what is there, with the questions that the rules ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from orchestrator.core import names, routes
from orchestrator.core.desired import TenantSpec
from orchestrator.core.history import NONE, Attempts, History
from orchestrator.core.observed import (
    Activity,
    DataDir,
    Health,
    Observed,
    ObservedContainer,
    ObservedNetwork,
    RouteEntry,
)
from orchestrator.core.swap import Swap, effective


@dataclass(frozen=True)
class World:
    """An observation without unknown parts: what decisions may be based on."""

    containers: Mapping[str, tuple[ObservedContainer, ...]]
    networks: Mapping[str, ObservedNetwork]
    foreign_names: frozenset[str]
    data_dirs: Mapping[str, DataDir]
    routed: Mapping[str, RouteEntry]
    health: Mapping[str, Health]
    activity: Mapping[str, Activity]
    swaps: Mapping[str, Swap]
    asleep: frozenset[str]

    @classmethod
    def of(cls, observed: Observed) -> World | None:
        """None when any part is unknown."""
        parts = (observed.containers, observed.networks, observed.data_dirs, observed.routed)
        if not all(isinstance(part, Mapping) for part in parts):
            return None
        also = (observed.health, observed.activity, observed.swaps, observed.asleep)
        return cls(*parts[:2], observed.foreign_names, *parts[2:], *also)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Case:
    """Everything that decides about one tenant of the fleet.

    `spec` is what it is to be; other than `wanted`, what tenants.yaml says, when a swap to that has
    failed.
    """

    spec: TenantSpec
    world: World
    attempts: Attempts
    now: float
    wanted: TenantSpec

    @classmethod
    def of(cls, spec: TenantSpec, world: World, history: History, now: float) -> Case:
        swap = world.swaps.get(spec.id)
        return cls(effective(spec, swap), world, history.get(spec.id, NONE), now, spec)

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
    def reached_as_wanted(self) -> bool:
        """Its hosts lead to it, whatever its limits are."""
        route = self.route
        return route is not None and (
            (route.address, route.hosts) == (self.spec.address, self.spec.hosts)
        )

    @property
    def health(self) -> Health:
        return self.world.health.get(self.spec.address, "unknown")

    @property
    def running(self) -> bool:
        return self.container is not None and self.container.state == "running"

    @property
    def altered(self) -> str:
        """What somebody changed of its container by hand, in words."""
        return ", ".join(self.container.altered) if self.container else ""

    @property
    def changed(self) -> bool:
        """The container was made from another spec, and is not the one that was gone back to."""
        if self.container is None:
            return False
        fits = {self.spec.fingerprint}
        if self.falls_back and self.swap is not None:
            fits.add(self.swap.from_fingerprint)
        return self.container.fingerprint not in fits

    @property
    def image_changed(self) -> bool:
        return self.container is not None and self.container.image_id != self.spec.image_id

    @property
    def swap(self) -> Swap | None:
        """On record for this tenant."""
        return self.world.swaps.get(self.spec.id)

    @property
    def swap_under_way(self) -> Swap | None:
        return self.swap if self.swap is not None and self.swap.under_way else None

    @property
    def falls_back(self) -> bool:
        """It is to be as before, because a swap to what is wanted has failed."""
        return self.spec is not self.wanted

    @property
    def asleep(self) -> bool:
        return self.spec.id in self.world.asleep and not self.spec.always_on

    @property
    def activity(self) -> Activity | None:
        return self.world.activity.get(self.spec.id)

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

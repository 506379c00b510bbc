"""A model of engine, data root and Traefik, for tests of the pure core only.

Each step does what the real adapters do, so that plans can be run to their end, cut off anywhere,
and looked at from all sides, thousands of times a minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from orchestrator.core import names, routes
from orchestrator.core import plan as steps
from orchestrator.core.desired import Desired, TenantSpec
from orchestrator.core.observed import (
    Activity,
    DataDir,
    Observed,
    ObservedContainer,
    ObservedNetwork,
    RouteEntry,
)
from orchestrator.core.plan import Plan, Step, TenantPlan
from orchestrator.core.reconcile import reconcile
from orchestrator.core.swap import Swap


class Broken(Exception):
    """A step that fails, as one does of an image that cannot work."""


def container_of(spec: TenantSpec, **changed: object) -> ObservedContainer:
    """The container that this spec makes, running."""
    made = ObservedContainer(
        id=f"c-{spec.id}-{spec.fingerprint}",
        name=names.container_name(spec.id),
        tenant=spec.id,
        state="running",
        fingerprint=spec.fingerprint,
        fields=dict(spec.container_fields),
        image_id=spec.image_id or "",
        index=spec.index,
        address=spec.address,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def network_of(spec: TenantSpec, **changed: object) -> ObservedNetwork:
    """The network that this spec makes."""
    made = ObservedNetwork(
        id=f"n-{spec.id}-{spec.subnet}",
        name=names.network_name(spec.id),
        tenant=spec.id,
        index=spec.index,
        subnet=spec.subnet,
        bridge=spec.bridge,
        internal=True,
        icc=False,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


@dataclass
class ModelWorld:
    """Containers by engine id, networks by engine id, data directories, routes, health.

    `written`: the images that have had a tenant's data in their hands; `copies` are the snapshots
    of that. `bad` images never get ready, `stillborn` ones do not even start when they are tried.
    """

    containers: dict[str, ObservedContainer] = field(default_factory=dict)
    networks: dict[str, ObservedNetwork] = field(default_factory=dict)
    data_dirs: dict[str, DataDir] = field(default_factory=dict)
    routed: dict[str, RouteEntry] = field(default_factory=dict)
    healthy: bool = True
    swaps: dict[str, Swap] = field(default_factory=dict)
    asleep: frozenset[str] = frozenset()
    idle: frozenset[str] = frozenset()
    written: dict[str, frozenset[str]] = field(default_factory=dict)
    copies: dict[str, frozenset[str]] = field(default_factory=dict)
    bad: frozenset[str] = frozenset()
    stillborn: frozenset[str] = frozenset()

    def copy(self) -> ModelWorld:
        held = {key: dict(one) if isinstance(one, dict) else one for key, one in vars(self).items()}
        return ModelWorld(**held)

    def add(self, spec: TenantSpec, *, routed: bool = True) -> None:
        """A tenant that runs as wanted."""
        self.containers[container_of(spec).id] = container_of(spec)
        self.networks[network_of(spec).id] = network_of(spec)
        self.data_dirs[spec.id] = DataDir(spec.id, spec.index)
        if routed:
            self.routed[spec.id] = routes.entry(spec)

    def observed(self) -> Observed:
        by_tenant: dict[str, tuple[ObservedContainer, ...]] = {}
        for one in self.containers.values():
            by_tenant[one.tenant] = (*by_tenant.get(one.tenant, ()), one)
        running = [one for one in self.containers.values() if one.state == "running"]
        return Observed(
            containers=by_tenant,
            networks={one.tenant: one for one in self.networks.values()},
            data_dirs=dict(self.data_dirs),
            routed=dict(self.routed),
            health={one.address: "ready" for one in running if one.address and self.healthy},
            activity={tenant: Activity(0, 1e9) for tenant in self.idle},
            swaps=dict(self.swaps),
            asleep=self.asleep,
        )

    def plan(self, desired: Desired) -> Plan:
        return reconcile(desired, self.observed(), {}, 0.0)

    def settle(self, desired: Desired, most: int = 8) -> None:
        """Reconcile until nothing is left to do."""
        for _ in range(most):
            plan = self.plan(desired)
            if not plan.steps:
                return
            for one in plan.tenants:
                self.carry_out(one)
        raise AssertionError(f"no fixpoint after {most} turns: {plan}")

    def carry_out(self, plan: TenantPlan, most: int | None = None) -> None:
        """The whole plan, or its first so many steps; as the executor does, up to a failure."""
        for step in plan.steps[:most]:
            try:
                self.perform(step)
            except Broken:
                swap = self.swaps.get(plan.tenant)
                if swap is not None and swap.state == "begun":
                    self.swaps[plan.tenant] = replace(swap, state="failed", reason="broken")
                return

    def perform(self, step: Step) -> None:  # noqa: C901 - a table, one row per step
        """One side effect, whole."""
        match step:
            case steps.PrepareData(spec):
                self.data_dirs.setdefault(spec.id, DataDir(spec.id, spec.index))
            case steps.MoveData(old, spec):
                if old in self.data_dirs:
                    assert spec.id not in self.data_dirs, "a move would overwrite data"
                    del self.data_dirs[old]
                    self.data_dirs[spec.id] = DataDir(spec.id, spec.index)
            case steps.CreateNetwork(spec):
                same_subnet = [n for n in self.networks.values() if n.subnet == spec.subnet]
                assert all(one.tenant == spec.id for one in same_subnet), "subnet is taken"
                self.networks[network_of(spec).id] = network_of(spec)
            case steps.RemoveNetwork(network_id):
                self.networks.pop(network_id, None)
            case steps.CreateContainer(spec):
                self._create(spec)
            case steps.StartContainer(name):
                self._start(name)
            case steps.StopContainer(container_id):
                self._each(lambda one: one.id == container_id, "exited")
            case steps.RemoveContainer(container_id):
                gone = self.containers.pop(container_id, None)
                assert gone is None or gone.state != "running", "removed while running"
            case steps.AwaitReady(spec):
                if spec.image_id in self.bad:
                    raise Broken
            case steps.Route(spec):
                self.routed = routes.claimed(self.routed, spec.id, routes.entry(spec))
            case steps.Narrow(spec):
                self._narrow(spec)
            case steps.Unroute(tenant) | steps.Divert(tenant):
                self.routed.pop(tenant, None)
            case steps.Settle(spec):
                for one in [one for one in self.containers.values() if one.tenant == spec.id]:
                    self.containers[one.id] = replace(one, boosted=False)
            case steps.AwaitCalm() | steps.Drain():
                pass
            case _:
                self._record(step)

    def _record(self, step: Step) -> None:  # noqa: C901 - a table, one row per step
        match step:
            case steps.Preflight(spec, swap):
                if spec.image_id in self.stillborn:
                    self.swaps[spec.id] = replace(swap, state="refused", reason="stillborn")
                    raise Broken
            case steps.BeginSwap(swap):
                self.swaps[swap.tenant] = swap
            case steps.TakeSnapshot(spec, name):
                self._check_stopped(spec.id)
                self.copies.setdefault(name, self.written.get(spec.id, frozenset()))
            case steps.RestoreData(spec, name):
                self._check_stopped(spec.id)
                if name in self.copies:
                    self.written[spec.id] = self.copies[name]
            case steps.Release(tenant, None):
                self.swaps.pop(tenant, None)
            case steps.Release(tenant, refused):
                self.swaps[tenant] = refused
            case steps.MarkAsleep(tenant):
                self.asleep |= {tenant}
            case steps.Forget(tenant):
                self.swaps.pop(tenant, None)
                self.asleep -= {tenant}
            case _:
                raise AssertionError(f"no such step: {step}")

    def _check_stopped(self, tenant: str) -> None:
        states = [one.state for one in self.containers.values() if one.tenant == tenant]
        assert "running" not in states, "data is copied while somebody writes it"

    def _start(self, name: str) -> None:
        self._each(lambda one: one.name == name, "running")
        for one in self.containers.values():
            if one.name == name:
                self.written[one.tenant] = self.written.get(one.tenant, frozenset()) | {
                    one.image_id
                }

    def _narrow(self, spec: TenantSpec) -> None:
        held = self.routed.get(spec.id)
        left = tuple(host for host in held.hosts if host in spec.hosts) if held else ()
        narrowed = replace(held, hosts=left) if held and left else None
        self.routed = routes.claimed(self.routed, spec.id, narrowed)

    def _create(self, spec: TenantSpec) -> None:
        if any(one.name == names.container_name(spec.id) for one in self.containers.values()):
            return
        assert spec.id in self.data_dirs, "created without its data directory"
        assert any(n.tenant == spec.id for n in self.networks.values()), "no network"
        made = container_of(spec, state="created")
        self.containers[made.id] = made

    def _each(self, chosen: Callable[[ObservedContainer], bool], state: str) -> None:
        for key, one in self.containers.items():
            if chosen(one):
                self.containers[key] = replace(one, state=state)  # type: ignore[arg-type]

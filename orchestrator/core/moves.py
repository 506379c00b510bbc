"""The step sequences that rules point at. Order matters, and each is safe to start over.

A route stays in place while a container is remade under the same address: requests that meet the
gap are held by Traefik instead of failing. It goes first when the tenant is to be away for long.
"""

from __future__ import annotations

from orchestrator.core.case import Case, World
from orchestrator.core.desired import TenantSpec
from orchestrator.core.observed import ObservedContainer, ObservedNetwork
from orchestrator.core.plan import (
    AwaitReady,
    CreateContainer,
    CreateNetwork,
    Forget,
    MoveData,
    Narrow,
    PrepareData,
    RemoveContainer,
    RemoveNetwork,
    Route,
    Settle,
    StartContainer,
    Step,
    StopContainer,
    TakeSnapshot,
    TenantPlan,
    Unroute,
)
from orchestrator.core.swap import snapshot_name

Steps = tuple[Step, ...]
STOPPABLE = ("running", "paused", "restarting")


def nothing(_: Case) -> Steps:
    return ()


def bring_up(case: Case) -> Steps:
    """From nothing, or from what is left of it, to a routed tenant."""
    return (*ensure_network(case), *make(case), *route(case))


def start(case: Case) -> Steps:
    """Start what is there. Its token may have gone missing meanwhile, as after a restore."""
    return (PrepareData(case.spec), StartContainer(case.name), *route(case))


def restart(case: Case) -> Steps:
    return (*withdraw_route(case), *stop(case.container, case.spec), *start(case))


def remake(case: Case) -> Steps:
    """The same tenant in a new container; network and data stay."""
    return (
        *_withdraw_wrong_route(case),
        *remove(case.container),
        *make(case),
        *route(case),
    )


def remake_all(case: Case) -> Steps:
    return (*_withdraw_wrong_route(case), *remove(case.container), *bring_up(case))


def route(case: Case) -> Steps:
    return (AwaitReady(case.spec), Route(case.spec))


def settle(case: Case) -> Steps:
    return (Settle(case.spec),)


def why_routed(case: Case) -> str:
    if case.route is None:
        return "it is to be routed"
    return "its limits changed" if case.reached_as_wanted else "its hosts changed"


def suspend(case: Case) -> Steps:
    return (*withdraw_route(case), *stop(case.container))


def withdraw_route(case: Case) -> Steps:
    return (Unroute(case.spec.id),) if case.route else ()


def remove_strays(case: Case) -> Steps:
    return tuple(step for stray in case.strays for step in remove(stray))


def rename(case: Case) -> Steps:
    """Retire the old name, hand its data over, bring up the new one. Another image at the same
    time sees the data after a copy was made of it."""
    old = str(case.spec.renamed_from)
    former = next(iter(case.world.containers.get(old, ())), None)
    copy: Steps = ()
    if former is not None and former.image_id != case.spec.image_id:
        name = snapshot_name(case.spec.id, former.id, former.started_at)
        copy = (TakeSnapshot(case.spec, name),)
    up = () if case.spec.state == "suspended" else bring_up(case)
    return (*_take_down(old, case.world), MoveData(old, case.spec), *copy, *up)


def retire(tenant: str, world: World) -> TenantPlan:
    """A tenant left tenants.yaml: unroute, stop, remove container and network. Data stays."""
    on_record = tenant in world.swaps or tenant in world.asleep
    return TenantPlan(
        tenant=tenant,
        action="retire",
        why="it left tenants.yaml; its data is kept",
        steps=(*_take_down(tenant, world), *((Forget(tenant),) if on_record else ())),
    )


def _take_down(tenant: str, world: World) -> Steps:
    network = world.networks.get(tenant)
    return (
        *((Unroute(tenant),) if tenant in world.routed else ()),
        *(step for one in world.containers.get(tenant, ()) for step in remove(one)),
        *((RemoveNetwork(network.id),) if network else ()),
    )


def make(case: Case) -> Steps:
    """A container of the tenant's spec, started."""
    return (PrepareData(case.spec), CreateContainer(case.spec), StartContainer(case.name))


def narrow(case: Case) -> Steps:
    """First of all: hosts that went to another tenant must not lead here a moment longer."""
    strange = set(case.route.hosts) - set(case.spec.hosts) if case.route else set()
    return (Narrow(case.spec),) if strange else ()


def ensure_network(case: Case) -> Steps:
    """Nothing may hang on the old one when there is one that is not as wanted."""
    if case.network_as_wanted:
        return ()
    return (*_drop(case.network), CreateNetwork(case.spec))


def _drop(network: ObservedNetwork | None) -> Steps:
    return (RemoveNetwork(network.id),) if network else ()


def stop(
    container: ObservedContainer | None, held: TenantSpec | None = None, *, kill: bool = False
) -> Steps:
    """Nothing for one that does not run. `held` and `kill` as in StopContainer."""
    if container is None or container.state not in STOPPABLE:
        return ()
    return (StopContainer(container.id, held, kill),)


def remove(
    container: ObservedContainer | None, held: TenantSpec | None = None, *, kill: bool = False
) -> Steps:
    """Nothing for none."""
    if container is None:
        return ()
    return (*stop(container, held, kill=kill), RemoveContainer(container.id))


def _withdraw_wrong_route(case: Case) -> Steps:
    keeps = case.route is not None and case.route.address == case.spec.address
    return () if keeps else withdraw_route(case)

"""Swap, and what finishes one that was cut off anywhere or goes back after one that failed.

Data is copied aside before a new image sees it, and given back only as long as nobody has seen
what the new one wrote: until it is released.
"""

from __future__ import annotations

from dataclasses import replace

from orchestrator.core.case import Case
from orchestrator.core.moves import Steps, ensure_network, make, remove, stop, withdraw_route
from orchestrator.core.observed import ObservedContainer
from orchestrator.core.plan import (
    BACK_READY_S,
    AwaitCalm,
    AwaitReady,
    BeginSwap,
    CreateContainer,
    Divert,
    Drain,
    MarkAsleep,
    Preflight,
    PrepareData,
    Release,
    RemoveContainer,
    RestoreData,
    Route,
    StartContainer,
    TakeSnapshot,
)
from orchestrator.core.swap import Swap, snapshot_name


def swap(case: Case) -> Steps:
    """Calm, hold, drain, stop, copy, start the new one, release: no request sees the gap."""
    record, container = _record(case), case.container
    assert container is not None
    return (
        *((Preflight(case.spec, record),) if case.image_changed else ()),
        AwaitCalm(case.spec),
        Divert(case.spec.id),
        Drain(case.spec),
        BeginSwap(record),
        *stop(container, case.spec),
        *_copy(case, record),
        RemoveContainer(container.id),
        *make(case),
        *_ready(case),
        Release(case.spec.id),
        Route(case.spec),
    )


def swap_down(case: Case) -> Steps:
    """The same for one that does not serve, and gets another image: nobody is drained."""
    record, container = _record(case), case.container
    assert container is not None
    return (
        Preflight(case.spec, record),
        *((Divert(case.spec.id),) if case.route else ()),
        BeginSwap(record),
        *stop(container, case.spec),
        *_copy(case, record),
        RemoveContainer(container.id),
        *_anew(case),
        *_ready(case),
        Release(case.spec.id),
        Route(case.spec),
    )


def swap_asleep(case: Case) -> Steps:
    """The same for a tenant that sleeps on: nobody waits. Started only to see a new image work."""
    record, container = _record(case), case.container
    assert container is not None
    if not case.image_changed:
        return (RemoveContainer(container.id), *lay_down(case))
    return (
        Preflight(case.spec, record),
        BeginSwap(record),
        *_copy(case, record),
        RemoveContainer(container.id),
        *_anew(case),
        *_ready(case),
        Release(case.spec.id),
    )


def lay_down(case: Case) -> Steps:
    """A container that sleeps: made and not started."""
    return (*ensure_network(case), PrepareData(case.spec), CreateContainer(case.spec))


def finish(case: Case) -> Steps:
    """Take up a swap where it was cut off, from what is there and what is on record."""
    record = case.swap_under_way
    assert record is not None
    begin, do = _back(case, record) if case.falls_back else _forth(case, record)
    refused = replace(record, state="refused") if case.falls_back else None
    end = () if case.asleep else (Route(case.spec),)
    hold = (Divert(case.spec.id),) if case.route else ()
    ready = AwaitReady(case.spec, BACK_READY_S if case.falls_back else None)
    return (*hold, *begin, *do, ready, Release(case.spec.id, refused), *end)


def _forth(case: Case, record: Swap) -> tuple[Steps, Steps]:
    """Towards what is wanted, which may have changed since the swap was begun."""
    container, spec = case.container, case.spec
    if container is not None and container.fingerprint == record.from_fingerprint:
        return _from_the_old(case, record, container)
    turned = record.state == "failed" or record.to_fingerprint != spec.fingerprint
    now = replace(record, to_fingerprint=spec.fingerprint, state="begun", reason="")
    begin: Steps = (BeginSwap(now),) if turned else ()
    usable = case.network_as_wanted and not turned
    if container is not None and usable and container.fingerprint == spec.fingerprint:
        return begin, _start(case)
    # What stands there is of no use, and what it wrote nobody has seen.
    restore = (RestoreData(spec, record.snapshot),) if turned and record.snapshot else ()
    down = remove(container, spec)
    return begin, (*down, *restore, *_copy(case, now), *_anew(case))


def _from_the_old(case: Case, record: Swap, container: ObservedContainer) -> tuple[Steps, Steps]:
    """The old container is still there: its data is what counts, as this life of it left it."""
    if container.fingerprint == case.spec.fingerprint and case.network_as_wanted:
        return (), _start(case)
    now = _record(case)
    drain = (Drain(case.spec),) if case.running else ()
    begin: Steps = () if now == record else (BeginSwap(now),)
    down = (*stop(container, case.spec), *_copy(case, now), RemoveContainer(container.id))
    return (*drain, *begin), (*down, *_anew(case))


def _back(case: Case, record: Swap) -> tuple[Steps, Steps]:
    """What ran before, with the data that it left."""
    container = case.container
    own = (record.from_fingerprint, case.spec.fingerprint)
    if container is not None and container.fingerprint in own:
        if case.network_as_wanted:
            return (), _start(case)
        return (), (*remove(container, case.spec), *_anew(case))
    restore = (RestoreData(case.spec, record.snapshot),) if record.snapshot else ()
    return (), (*remove(container, kill=True), *restore, *_anew(case))


def fall_asleep(case: Case) -> Steps:
    """Written down before it stops: a kill in between must not start it again. Nobody is held for
    one that is at work and stays awake."""
    return (
        AwaitCalm(case.spec, must=True),
        Divert(case.spec.id),
        Drain(case.spec, must=True),
        MarkAsleep(case.spec.id),
        *stop(case.container, case.spec),
    )


def sleep_on(case: Case) -> Steps:
    """It is on record as asleep, and runs or is routed."""
    return (*withdraw_route(case), *stop(case.container, case.spec))


def restart(case: Case) -> Steps:
    """The operator's: whoever comes meanwhile is held."""
    down = stop(case.container, case.spec)
    return (*_hold(case), *down, *_start(case, anyway=True), *_released(case))


def remake(case: Case) -> Steps:
    """The same tenant in a new container; nothing to go back to, so nothing is on record."""
    return (*_hold(case), *remove(case.container, case.spec), *make(case), *_released(case))


def _hold(case: Case) -> Steps:
    hold = (AwaitCalm(case.spec), Divert(case.spec.id), Drain(case.spec))
    return hold if case.running else ()


def _released(case: Case) -> Steps:
    return (AwaitReady(case.spec), Release(case.spec.id), Route(case.spec))


def _record(case: Case) -> Swap:
    """Of a swap that begins with the container as it is."""
    container, tenant = case.container, case.spec.id
    assert container is not None
    copied = snapshot_name(tenant, container.id, container.started_at)
    return Swap(
        tenant=tenant,
        old=container.fields,
        from_fingerprint=container.fingerprint,
        to_fingerprint=case.spec.fingerprint,
        snapshot=copied if case.image_changed else None,
    )


def _copy(case: Case, record: Swap) -> Steps:
    return (TakeSnapshot(case.spec, record.snapshot),) if record.snapshot else ()


def _anew(case: Case) -> Steps:
    return (*ensure_network(case), *make(case))


def _start(case: Case, *, anyway: bool = False) -> Steps:
    if case.running and not anyway:
        return ()
    return (PrepareData(case.spec), StartContainer(case.name))


def _ready(case: Case) -> Steps:
    """Of the new one, while what ran before can still be started again."""
    return (AwaitReady(case.spec, None),)

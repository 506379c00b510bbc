"""After a boot of the host, who may sleep begins asleep; after a mere restart nobody does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from orchestrator.adapters.boot import boot_id
from orchestrator.controller.service import Service
from orchestrator.core.observed import Unknown
from orchestrator.ports import Ports
from tests.support.fleets import tenant, wanted
from tests.support.model_world import ModelWorld, container_of
from tests.unit.controller.small_controller import SmallController

DESIRED = wanted(
    tenant("sleeper", sleep_after=1800),
    tenant("always", sleep_after=1800, always_on=True),
    tenant("never"),
    tenant("up", sleep_after=1800),
)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallController]:
    made, world = SmallController(tmp_path, DESIRED), ModelWorld()
    for spec in DESIRED.values():
        world.add(spec)
        if spec.id != "up":
            stopped = container_of(spec, state="exited")
            world.containers[stopped.id] = stopped
    made.see(world)
    yield made
    made.ledger.close()


def start(small: SmallController, boot: str) -> frozenset[str]:
    """Who sleeps once a controller has started in this boot."""
    nothing = cast("Any", None)
    ports = replace(Ports(*[nothing] * 9), ledger=small.ledger)
    places = [nothing] * 4
    service = Service(
        small.state, *[nothing] * 4, small.journal, nothing, nothing, ports, *places, boot_id=boot
    )
    asyncio.run(service._stay_asleep_after_boot())
    return small.ledger.asleep()


def test_after_a_boot_who_may_sleep_does(small: SmallController) -> None:
    assert start(small, "first") == frozenset()
    assert start(small, "first") == frozenset()
    assert start(small, "second") == {"sleeper"}


def test_what_cannot_be_seen_is_not_called_asleep(small: SmallController) -> None:
    start(small, "first")
    away = Unknown("the engine does not answer")
    small.state.observed = replace(small.state.observed, containers=away)
    assert start(small, "second") == frozenset()


def test_the_host_tells_which_boot_it_is() -> None:
    assert boot_id() == boot_id() != ""

"""What counts as routed is what Traefik confirmed, whatever the file says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import pytest

from orchestrator.controller import publisher as module
from orchestrator.controller.publisher import Publisher
from orchestrator.core import routes
from orchestrator.core.observed import RouteEntry, Unknown
from orchestrator.errors import DataRootError, RoutesUnconfirmed

A = RouteEntry("10.200.0.2", ("a.localhost", "data.example.com"))
B = RouteEntry("10.200.0.10", ("b.localhost", "data.example.com"))


class File:
    """A file; `broken` while it cannot be written."""

    def __init__(self) -> None:
        self.document: Mapping[str, object] | None = None
        self.broken = False
        self.written = 0

    def read(self) -> Mapping[str, object] | None:
        return self.document

    def write(self, document: Mapping[str, object]) -> None:
        if self.broken:
            raise DataRootError("no room")
        self.document = document
        self.written += 1


class Traefik(File):
    """The file and the proxy that reads it; `up` says whether it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.up = True
        self.fallback = File()

    async def generation(self) -> str | None:
        parsed = routes.parse(self.document)
        return parsed[0] if parsed and self.up else None

    @property
    def routed(self) -> Mapping[str, RouteEntry]:
        parsed = routes.parse(self.document)
        return parsed[1] if parsed else {}


@pytest.fixture
def traefik(monkeypatch: pytest.MonkeyPatch) -> Traefik:
    monkeypatch.setattr(module, "CONFIRM_TIMEOUT_S", 0.2)
    monkeypatch.setattr(module, "POLL_SLOW_S", 0.01)
    return Traefik()


def run(traefik: Traefik, work: Callable[[Publisher], Awaitable[None]]) -> None:
    async def main() -> None:
        publisher = Publisher(traefik, traefik, 8481, fallback=traefik.fallback)  # type: ignore[arg-type]
        await publisher.load()
        running = asyncio.create_task(publisher.run())
        try:
            async with asyncio.timeout(5):
                await work(publisher)
        finally:
            running.cancel()

    asyncio.run(main())


def test_a_confirmed_route_is_observed(traefik: Traefik) -> None:
    async def work(publisher: Publisher) -> None:
        await publisher.route("a", A)
        assert publisher.live == {"a": A}
        assert publisher.confirmed

    run(traefik, work)


def test_an_unconfirmed_route_is_not(traefik: Traefik) -> None:
    async def work(publisher: Publisher) -> None:
        await publisher.route("a", A)
        traefik.up = False
        with pytest.raises(RoutesUnconfirmed):
            await publisher.route("b", B)
        with pytest.raises(RoutesUnconfirmed):
            await publisher.unroute("a")
        assert publisher.live == {"a": A}
        assert not publisher.confirmed
        traefik.up = True
        await publisher.unroute("a")
        assert publisher.live == {"b": B}

    run(traefik, work)


def test_a_moved_host_changes_hands_in_one_write(traefik: Traefik) -> None:
    async def work(publisher: Publisher) -> None:
        await publisher.route("a", A)
        await publisher.route("b", B)
        assert traefik.routed["a"].hosts == ("a.localhost",)
        assert traefik.routed["b"] == B

    run(traefik, work)


def test_hosts_that_are_not_a_tenants_any_more_are_taken_back(traefik: Traefik) -> None:
    async def work(publisher: Publisher) -> None:
        await publisher.route("a", A)
        await publisher.narrow("a", ("a.localhost",))
        assert traefik.routed["a"].hosts == ("a.localhost",)
        await publisher.narrow("a", ("other.localhost",))
        assert "a" not in traefik.routed

    run(traefik, work)


def test_a_file_that_is_not_ours_is_unknown_and_not_empty(traefik: Traefik) -> None:
    traefik.document = {"http": {"routers": {}}}

    async def work(publisher: Publisher) -> None:
        assert isinstance(publisher.live, Unknown)
        with pytest.raises(RoutesUnconfirmed):
            await publisher.route("a", A)
        assert traefik.document == {"http": {"routers": {}}}

    run(traefik, work)


def test_the_fallback_is_written_once_and_again_when_its_limits_change(traefik: Traefik) -> None:
    async def work(publisher: Publisher) -> None:
        await publisher.route("a", A)
        await publisher.route("b", B)
        assert traefik.fallback.document == routes.fallback({}, gate_port=8481)
        assert traefik.fallback.written == 1
        await publisher.route("a", replace(A, per_s=900))
        assert traefik.fallback.written == 2

    run(traefik, work)


@pytest.mark.parametrize("which", ["routes", "fallback"])
@pytest.mark.parametrize("damage", [None, {}, {"http": {}}])
def test_whichever_file_is_changed_both_are_put_right(
    traefik: Traefik, which: str, damage: Mapping[str, object] | None
) -> None:
    async def work(publisher: Publisher) -> None:
        await publisher.route("a", A)
        assert not await publisher.heal()
        file = traefik if which == "routes" else traefik.fallback
        file.document = damage
        generation = publisher._generation
        assert await publisher.heal()
        await publisher.route("b", B)
        assert publisher._generation != generation
        assert traefik.routed["b"] == B
        assert traefik.fallback.document == routes.fallback({}, gate_port=8481)
        assert not await publisher.heal()

    run(traefik, work)


def test_a_fallback_that_cannot_be_written_holds_nobody_up(traefik: Traefik) -> None:
    traefik.fallback.broken = True

    async def work(publisher: Publisher) -> None:
        await publisher.route("a", A)
        assert publisher.live == {"a": A}
        assert not await publisher.heal()
        traefik.fallback.broken = False
        assert await publisher.heal()  # without any change of routes
        assert traefik.fallback.document is not None
        await publisher.route("b", B)
        assert not await publisher.heal()

    run(traefik, work)

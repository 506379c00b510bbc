"""The controller's process: start, run everything side by side, stop without touching a tenant."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from orchestrator.controller.apply import Applier
from orchestrator.controller.campaigns import Campaigns
from orchestrator.controller.engine_socket import stop_when_replaced
from orchestrator.controller.journal import Journal
from orchestrator.controller.looks import (
    HEAL_EVERY_S,
    HEALTH_EVERY_S,
    PRUNE_EVERY_S,
    Looks,
    every,
    watch_file,
)
from orchestrator.controller.loop import Loop, ready_routes
from orchestrator.controller.publisher import Publisher
from orchestrator.controller.socket_api import SocketApi
from orchestrator.controller.state import State
from orchestrator.core.applied import Applied
from orchestrator.core.case import World
from orchestrator.core.observed import Unknown
from orchestrator.errors import OrchestratorError
from orchestrator.ports import Ports
from orchestrator.quiet_server import QuietServer

EVENTS_RETRY_S = 1.0
SOCKET_EVERY_S = 2.0
STOP_TIMEOUT_S = 5
EDGE_GID = 65532  # the group that compose.yaml runs edge in

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Service:
    """All parts of the controller, wired."""

    state: State
    loop: Loop
    looks: Looks
    applier: Applier
    publisher: Publisher
    journal: Journal
    campaigns: Campaigns
    api: SocketApi
    ports: Ports
    tenants_file: Path
    docker_socket: Path
    operator_socket: Path
    edge_socket: Path
    boot_id: str

    async def run(self) -> None:
        """Until SIGTERM or SIGINT. Tenants run on afterwards."""
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await self._restore()
        servers = [
            _serve(self.api.operator_app(), self.operator_socket, mode=0o600, group=0),
            _serve(self.api.edge_app(), self.edge_socket, mode=0o660, group=EDGE_GID),
        ]
        watch = every(SOCKET_EVERY_S, lambda: stop_when_replaced(self.docker_socket, stop))
        work = (*self._work(), *servers, watch)
        tasks = [asyncio.create_task(_guarded(part)) for part in work]
        log.info("the controller runs")
        await stop.wait()
        for task in tasks:
            task.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await asyncio.gather(*tasks, return_exceptions=True)
        log.info("the controller stopped; tenants run on")

    def _work(self) -> list[Coroutine[object, object, None]]:
        return [
            self.loop.run(),
            self.publisher.run(),
            self.campaigns.run(),
            every(HEALTH_EVERY_S, self.looks.health),
            every(HEAL_EVERY_S, self.looks.heal),
            every(EVENTS_RETRY_S, self.looks.events),
            every(PRUNE_EVERY_S, self.looks.prune),
            watch_file(self.tenants_file, self.state, self.applier),
        ]

    async def _restore(self) -> None:
        """Take up where the last controller stopped: firewall, ledger, applied fleet, routes."""
        try:
            await asyncio.to_thread(self.ports.firewall.ensure)
        except OrchestratorError as error:
            log.warning("%s. %s", error, error.mend)
        await self.publisher.load()
        self._recall()
        applied = self._applied()
        self._adopt_from_data(applied)
        self.state.observed = await self.loop.observe()
        self._adopt_from_labels()
        if applied is not None:
            self.state.accept(applied, self.applier.number(applied.fleet))
            await self._stay_asleep_after_boot()
        if isinstance(self.publisher.live, Unknown):
            await self._rebuild_routes()

    def _recall(self) -> None:
        """Swaps, sleepers and the last update; without them tenants are started, swaps begun
        anew, and who waits for an update stays as it is."""
        try:
            self.journal.load()
            self.campaigns.load()
        except OrchestratorError as error:
            self.state.problem("ledger", f"{error}. {error.mend}")

    async def _stay_asleep_after_boot(self) -> None:
        """The host was booted: who may sleep begins asleep, and is woken by need, so that hundreds
        do not start at once."""
        try:
            await self.journal.booted(
                self.boot_id,
                {
                    spec.id
                    for spec in self.state.desired.values()
                    if spec.sleep_after is not None and not self._runs(spec.id)
                },
            )
        except OrchestratorError as error:
            log.warning("%s. %s", error, error.mend)

    def _runs(self, tenant: str) -> bool:
        """Or may run: what cannot be seen is not called asleep."""
        containers = self.state.observed.containers
        if isinstance(containers, Unknown):
            return True
        return any(one.state == "running" for one in containers.get(tenant, ()))

    def _applied(self) -> Applied | None:
        """The fleet that was applied last; a damaged file is told and stops nobody."""
        try:
            return self.ports.applied_file.read()
        except OrchestratorError as error:
            self.state.problem("applied", f"{error}. {error.mend}")
            return None

    def _adopt_from_data(self, applied: Applied | None) -> None:
        """Give a ledger that was lost its numbers back, from the data directories.

        The fleet's first: a copy that somebody made of one claims the same number.
        """
        fleet = {tenant.id for tenant in applied.fleet.tenants} if applied else set()
        found = self.ports.data_root.observe().values()
        for one in sorted(found, key=lambda one: (one.tenant not in fleet, one.tenant)):
            if one.index is not None:
                self._adopt(one.tenant, one.index)

    def _adopt_from_labels(self) -> None:
        """The same from the labels of the containers."""
        containers = self.state.observed.containers
        for tenant, found in () if isinstance(containers, Unknown) else containers.items():
            for one in found:
                self._adopt(tenant, one.index)

    def _adopt(self, tenant: str, index: int) -> None:
        """A number that contradicts the ledger is told and stops nobody else."""
        try:
            self.ports.ledger.adopt(tenant, index)
        except OrchestratorError as error:
            self.state.problem(f"number of {tenant}", f"{error}. {error.mend}")

    async def _rebuild_routes(self) -> None:
        """The route file was unreadable: publish at once what runs and is ready."""
        self.loop.record(None, "healed", "the route file was unreadable; made anew from what runs")
        await self.looks.health()
        world = World.of(replace(await self.loop.observe(), routed={}))
        if world is not None:
            self.publisher.rebuild(ready_routes(self.state, world))


async def _guarded(work: Coroutine[object, object, None]) -> None:
    """A part that fails unexpectedly ends the process: the restart policy starts a clean one."""
    try:
        await work
    except asyncio.CancelledError:
        raise
    except BaseException:
        log.exception("a part of the controller failed; it starts anew")
        os._exit(70)


async def _serve(app: Starlette, path: Path, *, mode: int, group: int) -> None:
    listener = _listen(path, mode=mode, group=group)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
    )
    await QuietServer(config).serve(sockets=[listener])


def _listen(path: Path, *, mode: int, group: int) -> socket.socket:
    """A unix socket that has its owner and mode before anybody can see it under `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    hidden = path.with_name(f".{path.name}.new")
    hidden.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(hidden))
    os.chown(hidden, -1, group)
    hidden.chmod(mode)
    listener.listen()
    hidden.replace(path)
    return listener

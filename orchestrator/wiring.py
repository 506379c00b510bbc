"""The composition root: the only place that knows which adapter stands behind which port."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from dataclasses import dataclass
from functools import partial

from orchestrator.adapters import default_certificate, nft_generation
from orchestrator.adapters.applied_file import JsonAppliedFile
from orchestrator.adapters.boot import boot_id
from orchestrator.adapters.data_root import DataRootDir
from orchestrator.adapters.docker_engine import DockerEngine
from orchestrator.adapters.firewall import HostFirewall
from orchestrator.adapters.ledger import SqliteLedger
from orchestrator.adapters.nft_sources import Sources
from orchestrator.adapters.prober import HttpProber
from orchestrator.adapters.route_file import TraefikFallbackFile, TraefikRouteFile
from orchestrator.adapters.snapshots import SnapshotDir
from orchestrator.adapters.tenants_yaml import YamlTenantsFile
from orchestrator.controller import lock
from orchestrator.controller.apply import Applier
from orchestrator.controller.campaigns import Campaigns
from orchestrator.controller.doctor import Doctor
from orchestrator.controller.executor import Executor
from orchestrator.controller.following import Following
from orchestrator.controller.gate_api import GateApi
from orchestrator.controller.gate_desk import GateDesk
from orchestrator.controller.holding import Holding
from orchestrator.controller.idleness import Idleness
from orchestrator.controller.journal import Journal
from orchestrator.controller.llm import LlmDesk
from orchestrator.controller.llm_api import LlmApi
from orchestrator.controller.looks import Looks
from orchestrator.controller.loop import Loop
from orchestrator.controller.nights import Nights
from orchestrator.controller.operations import Operations
from orchestrator.controller.outlook import Outlook
from orchestrator.controller.performing import Hands
from orchestrator.controller.progress import Progress
from orchestrator.controller.publisher import Publisher
from orchestrator.controller.readiness import Readiness
from orchestrator.controller.sampler import Sampler
from orchestrator.controller.service import Service
from orchestrator.controller.socket_api import SocketApi
from orchestrator.controller.state import State
from orchestrator.controller.updates import Updates
from orchestrator.controller.updates_api import UpdatesApi
from orchestrator.core import routes
from orchestrator.core.desired import Site
from orchestrator.errors import OrchestratorError
from orchestrator.ports import Ports
from orchestrator.settings import Settings

log = logging.getLogger("orchestrator")


def run_controller() -> None:
    """Process entry of the controller; exits 1 with one sentence when it cannot start."""
    try:
        settings = Settings.from_env()
        logging.basicConfig(
            level=settings.log_level, format="%(asctime)s %(levelname)s %(message)s"
        )
        for chatty in ("httpx", "watchfiles"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
        asyncio.run(_controller(settings))
    except OrchestratorError as error:
        print(f"{error}. {error.mend}".strip(), file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from error


async def _controller(settings: Settings) -> None:
    data_root = DataRootDir(settings.data_root)
    lock.take(settings.platform_dir)
    data_root.initialise()
    _spare_traefik_a_key(settings)
    await controller(settings, data_root).run()
    # Threads may still hang in engine calls. Nothing needs them: a cut at any point is survivable.
    logging.shutdown()
    os._exit(0)


def _spare_traefik_a_key(settings: Settings) -> None:
    """Reloads are slower without; nothing else is wrong then."""
    try:
        _ensure_certificate(settings)
    except OrchestratorError as error:
        log.warning("%s. %s", error, error.mend)


def _ensure_certificate(settings: Settings) -> bool:
    return default_certificate.ensure(settings.platform_dir / "routes", settings.platform_dir)


def controller(settings: Settings, data_root: DataRootDir) -> Service:
    """Every part of the controller, wired; to be made inside a running event loop."""
    site = Site(
        instance=data_root.instance(),
        data_root=str(settings.data_root),
        subnet_pool=settings.subnet_pool,
        bridge_prefix=settings.bridge_prefix,
        llm_port=settings.llm_port,
    )
    core = _core(settings, State(site), adapters(settings, data_root, site.instance))
    return Service(
        state=core.state,
        loop=core.loop,
        looks=Looks(
            core.state,
            core.loop,
            core.executor,
            ports=core.ports,
            publisher=core.publisher,
            readiness=core.readiness,
            idleness=core.idleness,
            ensure_certificate=partial(_ensure_certificate, settings),
        ),
        applier=core.applier,
        publisher=core.publisher,
        journal=core.journal,
        campaigns=core.campaigns,
        api=_api(settings, core),
        ports=core.ports,
        tenants_file=settings.tenants_file,
        docker_socket=settings.docker_socket,
        operator_socket=settings.operator_socket,
        edge_socket=settings.edge_socket,
        boot_id=boot_id(),
    )


@dataclass(frozen=True)
class _Core:
    """What works, as against what answers."""

    state: State
    ports: Ports
    journal: Journal
    holding: Holding
    publisher: Publisher
    readiness: Readiness
    idleness: Idleness
    progress: Progress
    loop: Loop
    executor: Executor
    applier: Applier
    campaigns: Campaigns


def _core(settings: Settings, state: State, ports: Ports) -> _Core:
    journal, holding, progress = Journal(state, ports.ledger), Holding(), Progress()
    limits = routes.Limits(settings.rate_per_s, settings.in_flight, settings.hold_s)
    fallback = TraefikFallbackFile(settings.platform_dir / "routes", settings.platform_dir)
    publisher = Publisher(
        ports.route_file, ports.prober, settings.gate_port, limits, fallback=fallback
    )
    readiness = Readiness(ports.engine, ports.prober, state.wants)
    idleness = Idleness(ports.prober, ports.data_root)
    loop = Loop(
        state,
        ports=ports,
        publisher=publisher,
        readiness=readiness,
        idleness=idleness,
        progress=progress,
    )
    hands = Hands(ports, publisher, readiness, state.wants, journal, holding, settings.finish_s)
    executor = Executor(hands, progress, loop.done)
    loop.attach(executor)
    applier = Applier(state, loop, ports, journal=journal, forgive=executor.forgive)
    campaigns = Campaigns(
        state,
        loop=loop,
        executor=executor,
        applier=applier,
        journal=journal,
        progress=progress,
        ports=ports,
    )
    return _Core(
        state=state,
        ports=ports,
        journal=journal,
        holding=holding,
        publisher=publisher,
        readiness=readiness,
        idleness=idleness,
        progress=progress,
        loop=loop,
        executor=executor,
        applier=applier,
        campaigns=campaigns,
    )


def _api(settings: Settings, core: _Core) -> SocketApi:
    state, loop, executor, journal = core.state, core.loop, core.executor, core.journal
    outlook = Outlook(state, executor, core.publisher, settings.http_port)
    following = Following(state, loop, executor, core.progress, outlook)
    operations = Operations(
        state,
        loop=loop,
        executor=executor,
        applier=core.applier,
        sampler=Sampler(state, executor, core.ports),
        outlook=outlook,
        following=following,
        journal=journal,
        ports=core.ports,
        file_name=settings.tenants_file.name,
    )
    nights = Nights(
        state, loop=loop, executor=executor, journal=journal, outlook=outlook, following=following
    )
    doctor = Doctor(
        state,
        ports=core.ports,
        publisher=core.publisher,
        data_root=settings.data_root,
        report=operations.report,
    )
    desk = GateDesk(state, executor=executor, outlook=outlook, holding=core.holding, nights=nights)
    updates = Updates(
        state,
        campaigns=core.campaigns,
        following=following,
        forgive=executor.forgive,
        ports=core.ports,
    )
    return SocketApi(
        operations,
        nights,
        doctor,
        UpdatesApi(updates),
        LlmApi(LlmDesk(state, core.ports)),
        GateApi(desk),
    )


def adapters(settings: Settings, data_root: DataRootDir, instance: str) -> Ports:
    """The real world behind every port."""
    return Ports(
        engine=DockerEngine(str(settings.docker_socket), instance, log=log),
        data_root=data_root,
        ledger=SqliteLedger(settings.platform_dir),
        route_file=TraefikRouteFile(settings.platform_dir / "routes", settings.platform_dir),
        prober=HttpProber(
            http_address=settings.http_address,
            http_port=settings.http_port,
            generation_host=routes.GENERATION_HOST,
            generation_header=routes.GENERATION_HEADER,
        ),
        firewall=HostFirewall(
            settings.bridge_prefix,
            open_tcp_ports=(settings.llm_port,),
            generation=nft_generation.generation,
            sources=Sources((settings.http_port,), settings.connections_per_source),
        ),
        tenants_file=YamlTenantsFile(settings.tenants_file),
        applied_file=JsonAppliedFile(settings.platform_dir),
        snapshots=SnapshotDir(settings.data_root),
    )

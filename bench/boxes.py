"""Agent containers for the benchmarks: the walls of a tenant's, on networks of their own.

The engine is asked by the platform's own adapter, with the platform's own profile; nothing of the
platform runs, so that an agent is measured and not what stands in front of it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from docker import APIClient

from bench.fleets import SMALL, specs
from bench.shell import as_root
from orchestrator.adapters.docker_engine import API_VERSION, DockerEngine
from orchestrator.core import names
from orchestrator.core.desired import AGENT_PORT, Site, TenantSpec
from orchestrator.core.fleet import Tier

INSTANCE = "bench0boxes0"
SUBNET_POOL = "10.63.0.0/16"
SOCKET = "/var/run/docker.sock"
STOP_S = 20
NANO = 1_000_000_000


@dataclass(frozen=True)
class Box:
    """One container, made and not started."""

    spec: TenantSpec

    @property
    def name(self) -> str:
        return names.container_name(self.spec.id)

    @property
    def address(self) -> tuple[str, int]:
        return self.spec.address, AGENT_PORT

    @property
    def url(self) -> str:
        """As a browser would name it: to *.localhost it sends Secure cookies without TLS."""
        return f"http://{self.spec.id}.localhost:{AGENT_PORT}"

    @property
    def data_dir(self) -> Path:
        return Path(self.spec.data_dir)


@dataclass(frozen=True)
class Use:
    """Bytes of memory, without the page cache that can be given back; processor seconds."""

    memory: int
    cpu_s: float


class Boxes:
    """Makes them below `root`, which is theirs alone; at the end all of it is removed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._site = Site(INSTANCE, str(root), SUBNET_POOL, "brbox")
        self._engine = DockerEngine(SOCKET, INSTANCE, log=logging.getLogger("bench"))
        self._client = APIClient(f"unix://{SOCKET}", version=API_VERSION, timeout=60)
        self._made = 0

    def __enter__(self) -> Self:
        self._clear()  # what a killed run left
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._clear()
        finally:
            self._engine.close()
            self._client.close()

    def make(self, name: str, image: str, tier: Tier = SMALL) -> Box:
        """A container of this image with the tier's limits, its network and its directory."""
        spec = next(iter(specs([f"bench-{name}"], image, self._site, tier, self._made).values()))
        self._made += 1
        box = Box(replace(spec, image_id=self._engine.image_id(image)))
        token = Path(spec.token_file)
        owner = str(spec.uid)
        for directory in (box.data_dir, token.parent):
            as_root(
                self._root,
                ["install", "-d", "-o", owner, "-g", owner, "-m", "0700", str(directory)],
            )
        as_root(self._root, ["install", "-o", owner, "-m", "0400", "/dev/null", str(token)])
        self._engine.create_network(box.spec)
        self._engine.create_container(box.spec)
        return box

    def again(self, box: Box, tier: Tier) -> Box:
        """The same customer in another tier: another container over the same directory."""
        self.stop(box)
        self._engine.remove_container(box.name)
        limits = next(iter(specs(["any"], box.spec.image, self._site, tier).values())).limits
        other = Box(replace(box.spec, tier=tier.name, limits=limits))
        self._engine.create_container(other.spec)
        return other

    def remove(self, name: str) -> None:
        """The container that was made under this name, and its network; silent without."""
        self._clear(only=f"bench-{name}")

    def stop(self, box: Box) -> None:
        """SIGTERM, and wait for its end."""
        self._engine.stop_container(box.name, STOP_S)

    def use(self, box: Box) -> Use:
        """What its cgroup has used, as `docker stats` counts it."""
        found = self._client.stats(box.name, stream=False, one_shot=True)
        memory, cpu = found["memory_stats"], found["cpu_stats"]["cpu_usage"]
        counters = memory.get("stats", {})
        cache = counters.get("inactive_file", counters.get("total_inactive_file", 0))
        return Use(memory.get("usage", 0) - cache, cpu["total_usage"] / NANO)

    def read(self, box: Box, name: str) -> str:
        """A small file of the customer's directory, which is closed to everybody else."""
        return as_root(self._root, ["cat", str(box.data_dir / name)])

    def was_killed_for_memory(self, box: Box) -> bool:
        """Whether the kernel ended a process of it for memory since its last start."""
        return bool(self._client.inspect_container(box.name)["State"]["OOMKilled"])

    def _clear(self, only: str | None = None) -> None:
        found = self._engine.snapshot()
        for tenant, containers in found.containers.items():
            for one in containers if only in (None, tenant) else ():
                self._engine.stop_container(one.id, STOP_S)
                self._engine.remove_container(one.id)
        for tenant, network in found.networks.items():
            if only in (None, tenant):
                self._engine.remove_network(network.id)
        if only is None and self._root.exists():
            as_root(self._root, ["sh", "-c", 'rm -rf "$0"/*', str(self._root)])

"""The peer: one compose file with a service per customer, found by Traefik's Docker provider.

The services get the image, the environment and the walls that our tenants have, as far as compose
has words for them; docs/benchmarks.md lists what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from bench.clock import Command
from bench.fleets import SMALL, specs
from bench.shell import free_port, run
from bench.sides import wait_for_proxy
from orchestrator.adapters.docker_profile import environment
from orchestrator.core.desired import AGENT_PORT, PIDS, Site, TenantSpec

PROJECT = "bench-peer"
SUBNET = "10.62.0.0/24"
# Each names a part of our platform that the peer has not.
ONLY_OURS = (
    "DATA_AGENT_PLATFORM_TOKEN_FILE",
    "DATA_AGENT_TRUSTED_PROXY",
    "DATA_AGENT_LLM_GATEWAY",
)
TRAEFIK = [
    "--global.checkNewVersion=false",
    "--global.sendAnonymousUsage=false",
    "--log.level=INFO",
    "--entryPoints.web.address=:8080",
    "--providers.docker=true",
    "--providers.docker.exposedByDefault=false",
    f"--providers.docker.network={PROJECT}",
    f"--providers.docker.constraints=Label(`com.docker.compose.project`,`{PROJECT}`)",
    "--providers.providersThrottleDuration=100ms",  # as ours; 2 s is Traefik's own default
]


class Peer:
    """Conforms to `bench.sides.Side`. `root` holds the compose file, and is removed."""

    name = "compose"

    def __init__(self, image: str, root: Path) -> None:
        self.port = free_port()
        self._image = image
        self._file = root / "compose.yaml"

    def start(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self.write([])
        self.stop()
        self.write([])
        run(self.apply().words)
        wait_for_proxy(self.port)

    def write(self, tenants: Sequence[str]) -> None:
        wanted = specs(tenants, self._image, Site("0" * 12, "/nowhere"))
        document = {
            "name": PROJECT,
            "services": {
                "traefik": self._traefik(),
                **{spec.id: _service(spec, self._image) for spec in wanted.values()},
            },
            "networks": {"default": {"name": PROJECT, "ipam": {"config": [{"subnet": SUBNET}]}}},
            "volumes": {tenant: {} for tenant in tenants},
        }
        hidden = self._file.with_suffix(".new")
        hidden.write_text(yaml.safe_dump(document, sort_keys=False))
        hidden.replace(self._file)

    def apply(self) -> Command:
        return Command([*self._compose(), "up", "-d", "--remove-orphans"], {})

    def host(self, tenant: str) -> str:
        return f"{tenant}.localhost"

    def stop(self) -> None:
        if not self._file.exists():
            return
        run([*self._compose(), "down", "--volumes", "--remove-orphans"])
        # Volumes of services that the file named before and does not now.
        mine = f"label=com.docker.compose.project={PROJECT}"
        left = run(["docker", "volume", "ls", "--quiet", "--filter", mine]).split()
        if left:
            run(["docker", "volume", "rm", *left])
        self._file.unlink()

    def _compose(self) -> list[str]:
        return ["docker", "compose", "-p", PROJECT, "-f", str(self._file)]

    def _traefik(self) -> dict[str, Any]:
        return {
            "image": "orchestrator-traefik:local",
            "entrypoint": ["traefik"],
            "command": TRAEFIK,
            "user": "0:0",
            "ports": [f"127.0.0.1:{self.port}:8080"],
            "volumes": ["/var/run/docker.sock:/var/run/docker.sock:ro"],
        }


def _service(spec: TenantSpec, image: str) -> dict[str, Any]:
    label = f"traefik.http.routers.{spec.id}.rule"
    service = f"traefik.http.services.{spec.id}.loadbalancer.server.port"
    return {
        "image": image,
        "pull_policy": "never",
        "environment": {k: v for k, v in environment(spec).items() if k not in ONLY_OURS},
        "labels": {
            "traefik.enable": "true",
            label: f"Host(`{spec.url_host}`)",
            service: str(AGENT_PORT),
        },
        "volumes": [f"{spec.id}:/data"],
        **WALLS,
    }


WALLS: dict[str, Any] = {
    "mem_limit": SMALL.memory,
    "memswap_limit": SMALL.memory,
    "cpus": SMALL.millicpus / 1000,
    "cpu_shares": SMALL.millicpus * 1024 // 1000,
    "pids_limit": PIDS,
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "tmpfs": ["/tmp:rw,noexec,nosuid,nodev,size=64m,mode=1777"],
    "shm_size": "16m",
    "ulimits": {"nofile": {"soft": 1024, "hard": 2048}, "core": 0},
    "oom_score_adj": 300,
    "init": True,
    # With one, Traefik routes nothing before the first probe succeeded: the peer is faster without.
    "healthcheck": {"disable": True},
    "ipc": "private",
    "stop_grace_period": "30s",
    "logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}},
}

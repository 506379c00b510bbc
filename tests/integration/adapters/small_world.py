"""What the adapters' tests on the real engine have in common."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from orchestrator.adapters.data_root import DataRootDir
from orchestrator.adapters.docker_engine import DockerEngine
from orchestrator.adapters.prober import HttpProber
from orchestrator.core import names
from orchestrator.core.desired import TenantSpec
from orchestrator.core.observed import ObservedContainer
from tests.unit.adapters.tenant_specs import tenant_spec

SOCKET = "/var/run/docker.sock"
BASE_IMAGE = "orchestrator-base:local"
PLATFORM_IMAGE = "orchestrator:local"
IMAGE = "orchestrator-test-agent:local"
POOL, PREFIX = "10.213.0.0/16", "bta"
# As the controller runs it: in the host's network, with one capability.
NFT = (
    "docker run --rm --interactive --network host --user 0:0 --read-only --cap-drop ALL "
    f"--cap-add NET_ADMIN --entrypoint nft {PLATFORM_IMAGE}"
).split()


def docker(*arguments: str, check: bool = True, timeout: float = 60) -> str:
    done = subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0 or not check, done.stderr
    return done.stdout.strip()


class World:
    """An engine adapter and a data root, with tenants numbered from 0."""

    def __init__(self, instance: str, root: Path) -> None:
        self.instance = instance
        self.root = root
        root.chmod(0o711)
        self.data = DataRootDir(root)
        self.data.initialise()
        self.engine = self.new_engine(instance)

    def new_engine(self, instance: str) -> DockerEngine:
        return DockerEngine(SOCKET, instance, timeout_s=60, log=logging.getLogger("test"))

    def spec(self, tenant_id: str, index: int, **changes: object) -> TenantSpec:
        image_id = self.engine.image_id(IMAGE)
        return tenant_spec(
            tenant_id,
            index,
            data_root=self.root,
            pool=POOL,
            prefix=PREFIX,
            **{"image": IMAGE, "image_id": image_id, **changes},
        )

    def create(self, tenant_id: str, index: int, **changes: object) -> TenantSpec:
        spec = self.spec(tenant_id, index, **changes)
        self.data.prepare(spec)
        self.engine.create_network(spec)
        self.engine.create_container(spec)
        return spec

    def start(self, tenant_id: str, index: int, **changes: object) -> TenantSpec:
        spec = self.create(tenant_id, index, **changes)
        self.engine.start_container(names.container_name(spec.id))
        self.await_ready(spec)
        self.engine.settle(names.container_name(spec.id))
        return spec

    def await_ready(self, spec: TenantSpec) -> None:
        prober = HttpProber(http_port=1, generation_host="", generation_header="")
        deadline = time.monotonic() + 60
        while not asyncio.run(prober.ready(spec.address)):
            assert time.monotonic() < deadline, self.engine.logs(f"tenant-{spec.id}", 20)
            time.sleep(0.1)

    def container(self, tenant_id: str) -> ObservedContainer:
        (found,) = self.engine.snapshot().containers[tenant_id]
        return found

    def remove(self, tenant_id: str) -> None:
        """The tenant's container and network, in the order of a plan."""
        seen = self.engine.snapshot()
        for container in seen.containers.get(tenant_id, ()):
            self.engine.stop_container(container.id, 1)
            self.engine.remove_container(container.id)
        if tenant_id in seen.networks:
            self.engine.remove_network(seen.networks[tenant_id].id)

    def remove_everything(self) -> None:
        ours = f"label={names.LABEL_INSTANCE}={self.instance}"
        for container in docker("ps", "--all", "--quiet", "--filter", ours).split():
            docker("rm", "--force", container, check=False)
        for network in docker("network", "ls", "--quiet", "--filter", ours).split():
            docker("network", "rm", network, check=False)
        self.engine.close()


def reachable(tenant_id: str, targets: Sequence[tuple[str, str, int]]) -> list[bool]:
    """Which of (kind, host, port) answer from inside of a tenant's container."""
    command = ("python3", "/fake_agent.py", "reach", json.dumps(targets))
    found: list[bool] = json.loads(docker("exec", f"tenant-{tenant_id}", *command))
    return found

"""A whole second platform for tests, beside any other one on the same engine.

Its names, ports, subnets and directories are its own, and `remove` takes away all that it made.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml

from tests.support import stack_images
from tests.support.docker_cli import docker, remove_labelled
from tests.support.stack_http import Answer, Visits, ask, visitors
from tests.support.stack_site import TOP, claim, claim_pool, settings

T = TypeVar("T")

TIERS = {
    "small": {"users": 3, "csv_files": 5, "memory": "128m", "cpus": 1, "disk": "64m"},
    "medium": {"users": 7, "csv_files": 9, "memory": "192m", "cpus": 1, "disk": "64m"},
    "large": {"users": 9, "csv_files": 20, "memory": "384m", "cpus": 1, "disk": "1g"},
}
POLL_S = 0.1


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Stack:
    """One platform. `change` replaces settings, such as DOCKER_SOCKET of the services alone."""

    home: Path
    change: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.settings = settings(self.home)
        self.project = self.settings["COMPOSE_PROJECT_NAME"]
        self.http_port = int(self.settings["HTTP_PORT"])
        self.root = Path(self.settings["DATA_ROOT"])
        self.file = Path(self.settings["CONFIG_DIR"]) / "tenants.yaml"
        self.routes_file = self.root / "platform/routes/tenants.yml"

    # -- its life ---------------------------------------------------------------------------

    def prepare(self) -> None:
        """Directories, a pool of subnets and stand-in images; nothing runs yet."""
        prefix = self.settings["BRIDGE_PREFIX"]
        self.settings["SUBNET_POOL"] = str(claim_pool(self.project, prefix))
        for name in ("", "platform", "platform/run", "platform/llm"):
            (self.root / name).mkdir(mode=0o711, parents=True)
        (self.root / "platform/routes").mkdir(mode=0o755)
        self.file.parent.mkdir(parents=True)
        self.write({})
        stack_images.make_stand_ins(self.project)

    def start(self, *services: str) -> None:
        """All services, or these; returns when the controller answers, if it is among them."""
        self.compose("up", "--detach", *services)
        if not services or "controller" in services:
            self.wait_for_controller()

    def wait_for_controller(self) -> None:
        self.wait_until("the controller answers", lambda: self.tenantctl("status").code == 0, 60)

    def remove(self) -> None:
        """Everything of it, as far as it is there; its directories are the test's own."""
        table = f"orchestrator_{self.settings['BRIDGE_PREFIX']}"
        with ExitStack() as steps:  # The last first; one that fails keeps none from being done.
            steps.callback(docker, "network", "rm", claim(self.project), check=False)
            steps.callback(stack_images.remove_stand_ins, self.project)
            steps.callback(self.nft, "delete", "table", "inet", table, check=False)
            steps.callback(remove_labelled, f"orchestrator.instance={self.instance}")
            steps.callback(self.compose, "down", "--timeout", "2", "--remove-orphans", check=False)

    @property
    def instance(self) -> str:
        """The label of what is ours; a name that nobody has while there is none yet."""
        path = self.root / "platform/instance"
        return path.read_text().strip() if path.exists() else secrets.token_hex(8)

    # -- its commands -----------------------------------------------------------------------

    def tenantctl(self, *arguments: str, timeout: float = 150) -> Done:
        """bin/tenantctl, as operators call it."""
        command = [str(TOP / "bin/tenantctl"), *arguments]
        return self._run(command, os.environ | self.settings | {"TERM": "dumb"}, timeout)

    def compose(self, *arguments: str, check: bool = True) -> Done:
        command = ["docker", "compose", "--project-directory", str(TOP), *arguments]
        done = self._run(command, os.environ | self.settings | dict(self.change), 120)
        assert done.code == 0 or not check, done.err
        return done

    def nft(self, *arguments: str, check: bool = True) -> str:
        """nft in the host's network namespace, as the controller runs it."""
        powers = ["--network", "host", "--user", "0:0", "--cap-drop", "ALL"]
        powers += ["--cap-add", "NET_ADMIN", "--entrypoint", "nft"]
        return docker("run", "--rm", *powers, "orchestrator:local", *arguments, check=check)

    @staticmethod
    def _run(command: list[str], env: Mapping[str, str], timeout: float) -> Done:
        done = subprocess.run(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    # -- its fleet --------------------------------------------------------------------------

    def image(self, mode: str = "good") -> str:
        return stack_images.stand_in(self.project, mode)

    def write(self, tenants: Mapping[str, Mapping[str, object]], **top: object) -> None:
        """tenants.yaml; `top` are further keys of the file."""
        defaults = {"tier": "small", "image": self.image()}
        document = {"domain": "localhost", "defaults": defaults, "tiers": TIERS, **top}
        self.file.write_text(yaml.safe_dump({**document, "tenants": dict(tenants)}))

    def apply(self, *arguments: str, timeout: float = 150) -> Done:
        """`tenantctl apply`, which must succeed."""
        done = self.tenantctl("apply", *arguments, timeout=timeout)
        assert done.code == 0, f"apply failed:\n{done.out}{done.err}"
        return done

    def status(self) -> dict[str, Any]:
        done = self.tenantctl("status", "--json")
        assert done.code == 0, done.out + done.err
        found: dict[str, Any] = done.json()
        return found

    def row(self, tenant: str) -> dict[str, Any]:
        """The tenant's row of the status; `{"state": "absent"}` when it has none."""
        rows = (row for row in self.status()["tenants"] if row["id"] == tenant)
        return next(rows, {"id": tenant, "state": "absent", "why": ""})

    def plan(self) -> dict[str, Any]:
        found: dict[str, Any] = self.tenantctl("plan", "--json").json()
        return found

    # -- its visitors -----------------------------------------------------------------------

    def get(self, tenant: str, path: str = "/", **more: Any) -> Answer:
        """A request through Traefik to the tenant's subdomain."""
        return self.ask(f"{tenant}.localhost", path, **more)

    def ask(self, host: str, path: str = "/", **more: Any) -> Answer:
        """A request through Traefik to any host."""
        return ask(self.http_port, host, path, **more)

    def visitors(self, *tenants: str, path: str = "/") -> AbstractContextManager[Visits]:
        return visitors(self.http_port, [f"{tenant}.localhost" for tenant in tenants], path)

    # -- its services -----------------------------------------------------------------------

    def service(self, name: str) -> str:
        """The container of a service."""
        return f"{self.project}-{name}-1"

    def logs(self, service: str, tail: int = 60) -> str:
        """The last lines of a service, both streams."""
        command = ["docker", "logs", "--tail", str(tail), self.service(service)]
        done = self._run(command, os.environ, 30)
        return done.out + done.err

    @staticmethod
    def kill_process(pid: int) -> None:
        """SIGKILL to a process on the host, such as the first one of a container."""
        os.kill(pid, signal.SIGKILL)

    def data(self, tenant: str) -> Path:
        """The tenant's data directory."""
        return self.root / "tenants" / tenant

    @staticmethod
    def wait_until(what: str, probe: Callable[[], T], timeout: float = 30) -> T:
        """The first true answer of `probe`; a failure that says what was waited for."""
        deadline = time.monotonic() + timeout
        while not (found := probe()):
            assert time.monotonic() < deadline, f"not within {timeout} s: {what}"
            time.sleep(POLL_S)
        return found

    def wait_for_state(self, tenant: str, state: str, timeout: float = 30) -> dict[str, Any]:
        """The tenant's row once it has this state."""
        deadline = time.monotonic() + timeout
        while (row := self.row(tenant))["state"] != state:
            assert time.monotonic() < deadline, f"not {state} within {timeout} s: {row}"
            time.sleep(POLL_S)
        return row

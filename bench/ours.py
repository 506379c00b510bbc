"""Our side: the real compose.yaml and bin/tenantctl, under names and ports of their own."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bench.clock import Command
from bench.shell import CommandFailed, as_root, free_port, run
from bench.sides import wait_for_proxy

TOP = Path(__file__).resolve().parent.parent
COMPOSE = ("docker", "compose", "-f", str(TOP / "compose.yaml"))
SUBNET_POOL = "10.61.0.0/16"
CONTROLLER_WITHIN_S = 60.0
SMALL_TIER = (  # as in tenants.yaml
    "  small: {users: 5, csv_files: 10, memory: 384m, cpus: 0.5, disk: 1g,"
    " questions_per_day: 200, price: 50}"
)


class Ours:
    """Conforms to `bench.sides.Side`. `root` holds everything that is made, and is removed."""

    name = "ours"

    def __init__(self, image: str, root: Path) -> None:
        self.port = free_port()
        self.watch = False
        self._image = image
        self._root = root
        self._file = root / "config" / "tenants.yaml"
        self._env = {
            "COMPOSE_PROJECT_NAME": "orchestrator-bench",
            "DATA_ROOT": str(root / "data"),
            "CONFIG_DIR": str(root / "config"),
            "TENANTS_FILE": self._file.name,
            "HTTP_BIND": "127.0.0.1",
            "HTTP_PORT": str(self.port),
            "HTTPS_PORT": str(free_port()),
            "GATE_PORT": str(free_port()),
            "API_PORT": str(free_port()),
            "LLM_PORT": str(free_port()),
            "SUBNET_POOL": SUBNET_POOL,
            "BRIDGE_PREFIX": "brbench",
        }

    def start(self) -> None:
        self.stop()
        for directory in ("config", *(f"data/platform/{one}" for one in ("run", "llm", "routes"))):
            (self._root / directory).mkdir(parents=True, exist_ok=True)
        self.watch = False
        self.write([])
        run([*COMPOSE, "up", "-d"], self._env)
        wait_for_proxy(self.port)
        self._wait_for_controller()

    def write(self, tenants: Sequence[str]) -> None:
        text = [
            "domain: localhost",
            "tls: off",
            f"watch: {str(self.watch).lower()}",
            f"defaults: {{tier: small, image: {json.dumps(self._image)}}}",
            "tiers:",
            SMALL_TIER,
            "tenants:" if tenants else "tenants: {}",
            *(f"  {tenant}: {{name: {tenant}}}" for tenant in tenants),
        ]
        hidden = self._file.with_suffix(".new")
        hidden.write_text("\n".join(text) + "\n")
        hidden.replace(self._file)

    def apply(self) -> Command:
        return Command([str(TOP / "bin" / "tenantctl"), "apply"], self._env)

    def host(self, tenant: str) -> str:
        return f"{tenant}.localhost"

    def stop(self) -> None:
        with suppress(CommandFailed):  # of a run that never came this far there is nothing
            run(
                [str(TOP / "bin" / "down"), "--remove"],
                {**self._env, "YES": "1", "KEEP_IMAGES": "1"},
            )
        if not self._root.exists():
            return
        inside = [str(self._root / name) for name in ("config", "data")]
        as_root(self._root, ["rm", "-rf", *inside])

    def _wait_for_controller(self) -> None:
        deadline = time.monotonic() + CONTROLLER_WITHIN_S
        while True:
            try:
                run([str(TOP / "bin" / "tenantctl"), "status", "--json"], self._env)
            except CommandFailed as error:
                if time.monotonic() > deadline:
                    said = run([*COMPOSE, "logs", "--no-log-prefix", "controller"], self._env)
                    raise CommandFailed(f"{error}\n{said[-2000:]}") from error
                time.sleep(0.2)
            else:
                return

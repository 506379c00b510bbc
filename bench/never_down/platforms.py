"""The sides: our platform and one compose file, each with an image that can be changed."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from bench import peer
from bench.clock import Command
from bench.ours import COMPOSE, TOP, Ours
from bench.shell import run

PROJECT = "orchestrator-bench-nd"
PEER = "bench-peer-nd"
SUBNET = "10.67.0.0/23"
TIER = "  small: {users: 5, csv_files: 10, memory: 384m, cpus: 0.5, disk: 1g}"
TENANTCTL = str(TOP / "bin" / "tenantctl")


class Platform(Ours):
    """Ours. `sleep_after` holds for all who are not in `awake`."""

    def __init__(self, image: str, root: Path) -> None:
        super().__init__(image, root)
        self.sleep_after = ""
        self.awake: Sequence[str] = ()
        self._env |= {
            "COMPOSE_PROJECT_NAME": PROJECT,
            "SUBNET_POOL": "10.66.0.0/16",
            "BRIDGE_PREFIX": "brbnd",
            "RATE_PER_S": "100000",  # the load comes from one address
        }

    def write(self, tenants: Sequence[str]) -> None:
        sleep = f", sleep_after: {self.sleep_after}" if self.sleep_after else ""
        lines = [
            "domain: localhost",
            f"defaults: {{tier: small, image: {json.dumps(self._image)}{sleep}}}",
            "tiers:",
            TIER,
            "tenants:" if tenants else "tenants: {}",
            *(f"  {one}: {{name: {one}{self._always_on(one)}}}" for one in tenants),
        ]
        self._file.write_text("\n".join(lines) + "\n")

    def _always_on(self, tenant: str) -> str:
        return ", always_on: true" if self.sleep_after and tenant in self.awake else ""

    def command(self, *words: str) -> Command:
        return Command([TENANTCTL, *words], self._env)

    def tenantctl(self, *words: str) -> str:
        """What it printed. CommandFailed."""
        return run([TENANTCTL, *words], self._env)

    def tenantctl_any(self, *words: str) -> str:
        """What it printed, however it ended."""
        said = ["sh", "-c", '"$0" "$@" || :', TENANTCTL, *words]
        return run(said, self._env)

    def tenantctl_detached(self, *words: str) -> None:
        """Begun, and left alone."""
        run(["docker", "exec", "--detach", self.container("controller"), "tenantctl", *words])

    @property
    def ledger(self) -> Path:
        return self._root / "data" / "platform" / "ledger.db"

    def compose(self, *words: str) -> str:
        return run([*COMPOSE, *words], self._env)

    def container(self, service: str) -> str:
        return f"{PROJECT}-{service}-1"

    def password(self, tenant: str) -> str:
        found: dict[str, str] = json.loads(self.tenantctl("credentials", tenant, "--json"))
        return found["password"]

    def data(self, tenant: str) -> Path:
        return self._root / "data" / "tenants" / tenant

    def update(self, image: str, batch: int) -> Command:
        return self.command("update", "--image", image, "--batch", str(batch))


class ComposePeer(peer.Peer):
    """One compose file with a service each, under names of its own."""

    def __init__(self, image: str, root: Path) -> None:
        super().__init__(image, root)
        self._tenants: Sequence[str] = ()

    def write(self, tenants: Sequence[str]) -> None:
        super().write(tenants)
        self._tenants = tenants
        text = self._file.read_text().replace(peer.PROJECT, PEER).replace(peer.SUBNET, SUBNET)
        document: dict[str, Any] = yaml.safe_load(text)
        for service in document["services"].values():
            given = service.get("environment", {})
            service["environment"] = {k: v for k, v in given.items() if "QUESTIONS" not in k}
        self._file.write_text(yaml.safe_dump(document, sort_keys=False))

    def stop(self) -> None:
        if self._file.exists():
            run([*self._compose(), "down", "--volumes", "--remove-orphans", "--timeout", "5"])
            self._file.unlink()

    def change_image(self, image: str) -> None:
        """In the file; not effective before one of the commands below ran."""
        self._image = image
        self.write(self._tenants)

    def up(self) -> Command:
        return self.apply()

    def one_by_one(self) -> Command:
        """Recreate each service, the next when the last one's container runs."""
        up = " ".join([*self._compose(), "up", "-d", "--no-deps"])
        each = " && ".join(f"{up} {tenant}" for tenant in self._tenants)
        return Command(["sh", "-c", each], {})

    def password(self, tenant: str) -> str:
        place = "/data/initial-admin-password"
        deadline = time.monotonic() + 30
        while True:
            found = run([*self._compose(), "exec", "-T", tenant, "sh", "-c", f"cat {place} || :"])
            if found.strip() or time.monotonic() > deadline:
                return found.strip().splitlines()[-1].split()[-1]
            time.sleep(0.2)

    def _compose(self) -> list[str]:
        return ["docker", "compose", "-p", PEER, "-f", str(self._file)]

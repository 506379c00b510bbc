"""The real Traefik, with compose.yaml's own flags, in front of whatever a test runs."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import yaml

from orchestrator.adapters.route_file import TraefikFallbackFile
from orchestrator.core import routes
from orchestrator.core.observed import RouteEntry
from tests.support.docker_cli import docker

IMAGE = "orchestrator-traefik:local"
COMPOSE = Path(__file__).parents[2] / "compose.yaml"
DYNAMIC = "/etc/traefik/dynamic"
PATIENCE_S = 60


class Traefik:
    """One Traefik on a port of loopback. `publish` is what the controller does."""

    def __init__(self, home: Path, port: int, gate_port: int, limits: routes.Limits) -> None:
        self.port = port
        self.name = f"traefik-test-{secrets.token_hex(4)}"
        self._directory = home / "dynamic"
        self._directory.mkdir()
        self._new = home / "new.yml"
        self.routes_file = self._directory / "tenants.yml"
        self._fallback = TraefikFallbackFile(self._directory, home)
        self._gate_port = gate_port
        self._limits = limits
        self._version = 0

    def start(self) -> None:
        service = yaml.safe_load(COMPOSE.read_text())["services"]["traefik"]
        given = {"HTTP_BIND": "127.0.0.1", "HTTP_PORT": str(self.port)}
        command = [_filled(word, given) for word in service["command"]]
        files = str(service["ulimits"]["nofile"]["hard"])
        docker(
            "run", "--detach", "--name", self.name, "--network", "host", "--read-only",
            "--memory", service["mem_limit"], "--ulimit", f"nofile={files}:{files}",
            "--volume", f"{self._directory}:{DYNAMIC}:ro", IMAGE, *command,
        )  # fmt: skip

    def remove(self) -> None:
        docker("rm", "--force", self.name, check=False)

    async def publish(self, table: Mapping[str, RouteEntry]) -> None:
        """These routes, once Traefik serves them."""
        self._version += 1
        generation = f"g{self._version}"
        document = routes.document(
            table, generation=generation, gate_port=self._gate_port, limits=self._limits
        )
        self._fallback.write(routes.fallback(table, gate_port=self._gate_port, limits=self._limits))
        self._new.write_text(json.dumps(document))
        self._new.replace(self.routes_file)
        async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient(trust_env=False) as client:
            while await self._served(client) != generation:  # noqa: ASYNC110 - as the controller asks
                await asyncio.sleep(0.02)

    async def lose(self) -> None:
        """All files beside the directory of the fallback, as `rm *` removes them; once Traefik
        serves none of the routes any more."""
        for path in self._directory.iterdir():
            if path.is_file():
                path.unlink()
        async with asyncio.timeout(PATIENCE_S), httpx.AsyncClient(trust_env=False) as client:
            while await self._served(client) is not None:  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def _served(self, client: httpx.AsyncClient) -> str | None:
        try:
            answer = await client.get(
                f"http://127.0.0.1:{self.port}/", headers={"Host": routes.GENERATION_HOST}
            )
        except httpx.HTTPError:
            return None
        return answer.headers.get(routes.GENERATION_HEADER)


def _filled(word: str, given: Mapping[str, str]) -> str:
    """`${NAME:-default}` as compose fills it in."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda m: given.get(m[1], m[2]), word)


@asynccontextmanager
async def traefik(
    home: Path, port: int, gate_port: int, limits: routes.Limits
) -> AsyncIterator[Traefik]:
    """Running, with no routes but the gate's."""
    one = Traefik(home, port, gate_port, limits)
    try:
        await asyncio.to_thread(one.start)
        await one.publish({})
        yield one
    finally:
        await asyncio.to_thread(one.remove)

"""Real Traefik, a gate, a pretended controller, and agents that come and go."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.client.quick import QuickController
from orchestrator.core.observed import RouteEntry
from orchestrator.core.routes import Limits
from orchestrator.edge.gate.bounds import Bounds
from orchestrator.edge.gate.gate import Gate
from orchestrator.edge.gate.server import GateServer
from orchestrator.edge.page import Pages
from tests.support.gate_world import FakeController, Talk, closing, parsed, read_head, request
from tests.support.stack_site import free_ports
from tests.support.traefik import Traefik, traefik

A, B = "customer-a.localhost", "customer-b.localhost"
ADDRESS = {A: "127.77.0.2", B: "127.77.0.3"}  # agents listen on port 8000 of an address each
PATIENCE_S = 90  # more than anybody is held, on a busy machine


@dataclass
class Agent:
    """A small agent that keeps connections and counts what it works on."""

    word: bytes
    host: str
    in_flight: int = 0
    server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self) -> None:
        self.server = await asyncio.start_server(
            closing(self._talk), ADDRESS[self.host], 8000, limit=1 << 20
        )

    async def stop(self) -> None:
        """As an agent ends: what it works on is done; nothing may be left of it."""
        assert self.server is not None
        assert self.in_flight == 0, "it was stopped before it was drained"
        self.server.close()
        for writer in list(self._open):
            writer.close()

    async def drained(self) -> None:
        while self.in_flight:  # noqa: ASYNC110 - as the controller asks
            await asyncio.sleep(0.02)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).lower():
                await self._answer(head, reader, writer)
                if b"connection: close" in head:
                    break
        finally:
            self._open.discard(writer)

    async def _answer(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        counted = b"/readyz" not in head
        self.in_flight += counted
        try:
            body = await _body(head, reader)
            await asyncio.sleep(0.01)
            text = self.word + b" %d" % len(body)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text) + text)
            await writer.drain()
        finally:
            self.in_flight -= counted


async def _body(head: bytes, reader: asyncio.StreamReader) -> bytes:
    if b"transfer-encoding: chunked" in head:
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
        return body
    lengths = [line for line in head.split(b"\r\n") if line.startswith(b"content-length:")]
    return await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b""


@dataclass
class GateSite:
    """`start_gate` and `stop_gate` as edge starts and ends."""

    proxy: Traefik
    controller: FakeController
    gate_port: int
    bounds: Bounds
    _gate: tuple[GateServer, asyncio.Task[None]] | None = None
    _agents: list[asyncio.Server] = field(default_factory=list)

    async def start_gate(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.gate_port))
        client = QuickController(self.controller.path)
        server = GateServer(lambda: Gate(client, Pages(), self.bounds), self.bounds)
        self._gate = (server, asyncio.create_task(server.serve([listener])))

    async def stop_gate(self) -> None:
        """SIGTERM, and wait for its end."""
        assert self._gate is not None
        server, serving = self._gate
        server.stop()
        await serving
        self._gate = None

    async def route(self, *hosts: str) -> None:
        """Exactly these hosts lead to their agents; confirmed when it returns."""
        await self.proxy.publish(
            {host.partition(".")[0]: RouteEntry(ADDRESS[host], (host,)) for host in hosts}
        )

    async def agent(self, talk: Talk, host: str = A) -> None:
        """An agent that treats each connection so."""
        self._agents.append(await asyncio.start_server(closing(talk), ADDRESS[host], 8000))

    async def ask(self, sent: bytes) -> bytes:
        """The whole answer of Traefik; the request must say `Connection: close`."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.proxy.port)
        try:
            writer.write(sent)
            async with asyncio.timeout(PATIENCE_S):
                return await reader.read()
        finally:
            writer.close()

    async def start(self, agent: Agent) -> Agent:
        """One that the site ends, if nobody does before."""
        await agent.start()
        assert agent.server is not None
        self._agents.append(agent.server)
        return agent

    async def end(self) -> None:
        for agent in self._agents:
            agent.close()
        if self._gate:
            await self.stop_gate()
        await self.controller.stop()


@asynccontextmanager
async def gate_site(home: Path, limits: Limits | None = None) -> AsyncIterator[GateSite]:
    """Everything but agents; every host leads to the gate."""
    gate_port, http_port = free_ports(2)
    controller = FakeController(home / "edge.sock")
    await controller.start()
    many = Limits(1_000_000, 1_000)
    async with traefik(home, http_port, gate_port, limits or many) as proxy:
        site = GateSite(proxy, controller, gate_port, Bounds())
        try:
            await site.start_gate()
            yield site
        finally:
            await site.end()


@dataclass
class Load:
    """What clients met who ask all the time, one request after another, GET and POST."""

    met: Counter[str] = field(default_factory=Counter)

    @property
    def failures(self) -> dict[str, int]:
        return {what: count for what, count in self.met.items() if not what.startswith("200")}


@asynccontextmanager
async def load(site: GateSite, host: str, clients: int = 16) -> AsyncIterator[Load]:
    """Each client keeps its connection, as browsers do."""
    found, stop = Load(), asyncio.Event()
    asking = [asyncio.create_task(_client(site, host, found, stop)) for _ in range(clients)]
    try:
        yield found
    finally:
        stop.set()
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*asking)


async def _client(site: GateSite, host: str, found: Load, stop: asyncio.Event) -> None:
    turn = 0
    while not stop.is_set():
        with suppress(ConnectionError):
            reader, writer = await asyncio.open_connection("127.0.0.1", site.proxy.port)
            try:
                while not stop.is_set():
                    turn += 1
                    found.met[await _one(reader, writer, host, turn)] += 1
            except (ConnectionError, asyncio.IncompleteReadError, TimeoutError) as error:
                found.met[type(error).__name__] += 1
            finally:
                writer.close()


async def _one(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, turn: int
) -> str:
    body = b"x" * (turn % 7 * 1000) if turn % 2 else b""
    verb, length = ("POST", f"Content-Length: {len(body)}") if turn % 2 else ("GET", "X-A: b")
    async with asyncio.timeout(PATIENCE_S):
        writer.write(request("/", length, host=host, verb=verb) + body)
        got = parsed(await read_head(reader))
        answer = await reader.readexactly(int(got.headers["content-length"]))
    whole = got.status != 200 or answer.endswith(b" %d" % len(body))
    return f"{got.status} {answer.split(b' ')[0].decode()[:20]}" if whole else "mixed up"

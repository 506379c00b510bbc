"""A gate with real sockets on both sides: agents of asyncio, a controller on a unix socket."""

from __future__ import annotations

import asyncio
import json
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.client.answers import Holds
from orchestrator.client.quick import QuickController
from orchestrator.edge.gate.bounds import Bounds
from orchestrator.edge.gate.gate import Gate
from orchestrator.edge.gate.line import Line
from orchestrator.edge.gate.server import GateServer
from orchestrator.edge.page import Pages

HOST = "customer-a.localhost"
BROWSER = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"  # as people's own send it
PATIENCE_S = 60  # other work may go on on this machine
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class FakeController:
    """Answers as told. `modes` maps a host to the fields of its answer."""

    path: Path
    modes: dict[str, dict[str, object]] = field(default_factory=dict)
    on_wake: dict[str, object] = field(default_factory=dict)
    delay_s: float = 0.0
    garbage: bytes | None = None
    asked: list[str] = field(default_factory=list)
    woken: list[str] = field(default_factory=list)
    told: list[Holds] = field(default_factory=list)
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def say(self, mode: str, host: str = HOST, **more: object) -> None:
        base = {"tenant": host.partition(".")[0], "name": "Customer <A>", "state": "running"}
        self.modes[host] = {**base, "why": "", "mode": mode, "address": None, **more}

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._talk, self.path)

    async def stop(self) -> None:
        if self._server:
            self._server.close()
            for writer in list(self._open):
                writer.close()
            self._server = None
            await until(lambda: not self._open)
        self.path.unlink(missing_ok=True)

    async def holds(self, count: int = 1) -> list[Holds]:
        """What was told, once it is so much."""
        await until(lambda: len(self.told) >= count)
        return self.told

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n")
                     if line.startswith(b"content-length:")), 0
                )  # fmt: skip
                body = await reader.readexactly(length)
                verb, path, _ = head.split(b"\r\n")[0].decode().split(" ")
                await self._answer(verb, path, body, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(
        self, verb: str, path: str, body: bytes, writer: asyncio.StreamWriter
    ) -> None:
        document = self._document(verb, path, body)
        await asyncio.sleep(self.delay_s)
        if self.garbage is not None:
            writer.write(self.garbage)
            writer.close()
            return
        text = json.dumps(document).encode()
        writer.write(
            b"HTTP/1.1 %d OK\r\ncontent-length: %d\r\n\r\n" % (200 if document else 404, len(text))
        )
        writer.write(text)
        await writer.drain()

    def _document(self, verb: str, path: str, body: bytes) -> object:
        if path == "/v1/hosts":
            entry = ("tenant", "name", "state", "why")
            hosts = {h: {key: m[key] for key in entry} for h, m in self.modes.items()}
            return {"domain": "localhost", "hosts": hosts}
        if path == "/v1/gate/holds":
            self.told.append(Holds(**json.loads(body)))
            return {"noted": True}
        host = path.removeprefix("/v1/gate/").removesuffix("/wake")
        if path.endswith("/wake") and verb == "POST":
            self.woken.append(host)
            self.modes[host] = {**self.modes[host], **self.on_wake}
        else:
            self.asked.append(host)
        nobody = {"mode": "explain", "tenant": None, "state": None}
        return self.modes.get(host, nobody)


@dataclass
class World:
    """A gate under test."""

    controller: FakeController
    bounds: Bounds
    port: int
    server: GateServer
    serving: asyncio.Task[None]
    agents: list[asyncio.Server] = field(default_factory=list)

    def lines(self) -> list[Line]:
        """The connections that are open."""
        frames = [task.get_coro().cr_frame for task in self.server._visits]
        return [frame.f_locals["line"] for frame in frames]

    async def agent(self, talk: Talk, port: int = 0) -> str:
        """The address of an agent that treats each connection so."""
        server = await asyncio.start_server(closing(talk), "127.0.0.1", port)
        self.agents.append(server)
        return f"127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)

    async def send(self, request: bytes) -> bytes:
        """The whole answer to these bytes, until the gate closes."""
        reader, writer = await self.connect()
        try:
            writer.write(request)
            async with asyncio.timeout(PATIENCE_S):
                return await reader.read()
        finally:
            writer.close()

    async def get(self, path: str = "/", *headers: str, host: str = HOST, verb: str = "GET") -> Got:
        return parsed(await self.send(request(path, *headers, host=host, verb=verb)))


@dataclass(frozen=True)
class Got:
    status: int
    headers: dict[str, str]
    body: bytes


def parsed(answer: bytes) -> Got:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
    return Got(int(first.split(" ")[1]) if first else 0, headers, body)


def request(path: str = "/", *headers: str, host: str = HOST, verb: str = "GET") -> bytes:
    lines = [f"{verb} {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]
    return "\r\n".join(lines).encode()


@asynccontextmanager
async def gate_world(**bounds: float) -> AsyncIterator[World]:
    """A gate on a free port, its controller in a directory of its own."""
    with tempfile.TemporaryDirectory() as directory:
        controller = FakeController(Path(directory) / "edge.sock")
        await controller.start()
        chosen = replace(Bounds(), **bounds)
        client = QuickController(controller.path)
        listener = socket.create_server(("127.0.0.1", 0))
        server = GateServer(lambda: Gate(client, Pages(), chosen), chosen)
        serving = asyncio.create_task(server.serve([listener]))
        port = listener.getsockname()[1]
        world = World(controller, chosen, port, server, serving)
        try:
            yield world
        finally:
            for agent in world.agents:
                agent.close()
            server.stop()
            async with asyncio.timeout(PATIENCE_S):
                await serving
            await controller.stop()


def run(scene: Callable[[], Awaitable[None]]) -> None:
    """A scene of a test, bounded."""

    async def bounded() -> None:
        async with asyncio.timeout(250):
            await scene()

    asyncio.run(bounded())


async def until(true: Callable[[], object]) -> None:
    """Returns when it is; fails when that does not happen."""
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110 - what is waited for knows no events
            await asyncio.sleep(0.005)


def sending(world: World, sent: bytes, count: int = 1) -> list[asyncio.Task[bytes]]:
    return [asyncio.create_task(world.send(sent)) for _ in range(count)]


async def are_held(world: World, count: int) -> None:
    """So many requests are at the gate and none is answered."""
    await until(lambda: len(world.server._visits) >= count)
    asked = len(world.controller.asked)
    await until(lambda: len(world.controller.asked) >= asked + 3)


async def read_head(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(PATIENCE_S):
        return await reader.readuntil(b"\r\n\r\n")


def closing(talk: Talk) -> Talk:
    """An agent that closes when it is done, and bears a peer who leaves."""

    async def talked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return talked


async def hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The simplest agent: ready, and says hello."""
    await read_head(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    await writer.drain()

"""A real server behind the gate: uvicorn and Starlette, set up as the agent's own are."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from orchestrator.quiet_server import QuietServer
from tests.support.gate_world import (
    HOST,
    World,
    gate_world,
    parsed,
    read_head,
    request,
    run,
    until,
)


class App:
    """What the tests look at."""

    def __init__(self) -> None:
        self.ready = True
        self.left = 0
        self.busy = 0

    def routes(self) -> list[Route]:
        return [
            Route("/readyz", self.readyz),
            Route("/count", self.count, methods=["POST"]),
            Route("/wait", self.wait),
            Route("/events", self.events),
            Route("/{rest:path}", self.echo, methods=["GET", "HEAD", "POST", "DELETE"]),
        ]

    async def readyz(self, _: Request) -> Response:
        return Response(status_code=200 if self.ready else 503)

    async def count(self, request: Request) -> Response:
        return JSONResponse({"bytes": sum([len(part) async for part in request.stream()])})

    async def wait(self, request: Request) -> Response:
        self.busy += 1
        while not await request.is_disconnected():  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0.02)
        self.left += 1
        return Response()

    async def events(self, _: Request) -> Response:
        async def lines() -> AsyncIterator[bytes]:
            for number in range(3):
                yield b"data: %d\n\n" % number
                await asyncio.sleep(0)

        return StreamingResponse(lines(), media_type="text/event-stream")

    async def echo(self, request: Request) -> Response:
        return JSONResponse(
            {
                "path": request.url.path,
                "host": request.headers["host"],
                "from": request.headers.get("x-forwarded-for"),
                "cookies": len(request.cookies),
            }
        )


@asynccontextmanager
async def agent(world: World, app: App, mode: str = "forward") -> AsyncIterator[QuietServer]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        Starlette(routes=app.routes()), http="h11", ws="none", lifespan="off", log_config=None,
        access_log=False, proxy_headers=False, timeout_keep_alive=75, timeout_graceful_shutdown=20,
    )  # fmt: skip
    server = QuietServer(config)
    serving = asyncio.create_task(server.serve([listener]))
    await until(lambda: server.started)
    world.controller.say(mode, address=f"127.0.0.1:{listener.getsockname()[1]}")
    try:
        yield server
    finally:
        server.stop()
        await serving


def visitor(world: World) -> httpx.AsyncClient:
    """A client that keeps connections, as Traefik does."""
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{world.port}", headers={"Host": HOST}, timeout=60,
        trust_env=False,
    )  # fmt: skip


def test_requests_one_after_another_and_side_by_side() -> None:
    async def scene() -> None:
        async with gate_world() as world, agent(world, App()), visitor(world) as client:
            for verb in ("GET", "HEAD", "POST", "DELETE"):
                got = await client.request(
                    verb, "/some/where?x=1", headers={"X-Forwarded-For": "192.0.2.7"}
                )
                assert (got.status_code, got.headers["connection"]) == (200, "close")
                if verb != "HEAD":
                    assert got.json() == {
                        "path": "/some/where", "host": HOST, "from": "192.0.2.7", "cookies": 0,
                    }  # fmt: skip
            many = await asyncio.gather(*(client.get(f"/{number}") for number in range(100)))
            assert [got.json()["path"] for got in many] == [f"/{number}" for number in range(100)]

    run(scene)


def test_uploads_with_a_length_and_without_one() -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"x" * 100_000

    async def scene() -> None:
        async with gate_world() as world, agent(world, App()), visitor(world) as client:
            whole = await client.post("/count", content=b"x" * 5_000_000)
            chunked = await client.post("/count", content=parts())
            assert whole.json() == chunked.json() == {"bytes": 5_000_000}

    run(scene)


def test_events_and_a_client_that_waits_to_go_on() -> None:
    async def scene() -> None:
        async with gate_world() as world, agent(world, App()), visitor(world) as client:
            assert (await client.get("/events")).text == "data: 0\n\ndata: 1\n\ndata: 2\n\n"
            reader, writer = await world.connect()
            expecting = ("Content-Length: 4", "Expect: 100-continue")
            writer.write(request("/count", *expecting, verb="POST"))
            assert (await read_head(reader)).startswith(b"HTTP/1.1 100")
            writer.write(b"four")
            assert parsed(await reader.read()).body == b'{"bytes":4}'
            writer.close()

    run(scene)


def test_the_app_notices_a_client_that_leaves() -> None:
    async def scene() -> None:
        app = App()
        async with gate_world() as world, agent(world, app):
            _, writer = await world.connect()
            writer.write(request("/wait"))
            await until(lambda: app.busy)
            writer.close()
            await until(lambda: app.left)

    run(scene)


def test_it_is_asked_whether_it_is_ready_before_anything_is_passed_on() -> None:
    async def scene() -> None:
        app = App()
        app.ready = False
        async with gate_world() as world, agent(world, app, "probe"), visitor(world) as client:
            held = asyncio.create_task(client.get("/first"))
            await until(lambda: len(world.controller.asked) > 2)
            assert not held.done()
            app.ready = True
            assert (await held).json()["path"] == "/first"

    run(scene)

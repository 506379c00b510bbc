"""Answers that come before the body was read, to a client that sends all of it before he reads."""

from __future__ import annotations

import asyncio
import socket

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from orchestrator.quiet_server import QuietServer
from tests.support.gate_world import (
    PATIENCE_S,
    Got,
    World,
    gate_world,
    parsed,
    read_head,
    request,
    run,
    until,
)

SIZE = 8_000_000


async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the status that the path names, and never reads the body."""
    asked = Request(scope, receive)
    response: Response = JSONResponse({"why": "x" * 500}, int(asked.url.path[1:4]))
    if asked.url.path.endswith("chunks"):

        async def parts():
            yield b'{"why": '
            yield b'"chunks"}'

        response = StreamingResponse(parts(), int(asked.url.path[1:4]))
    await response(scope, receive, send)


def sends_first(port: int, sent: bytes) -> bytes:
    """Everything that is answered; ConnectionResetError when the answer got lost."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line:
        line.sendall(sent)
        came = b""
        while more := line.recv(65536):
            came += more
        return came


async def posted(world: World, path: str, *headers: str, body: bytes) -> Got:
    sent = request(path, "Accept: application/json", *headers, verb="POST") + body
    return parsed(await asyncio.to_thread(sends_first, world.port, sent))


@pytest.mark.parametrize("path", ["/401", "/413", "/507", "/401/chunks", "/303"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_refusal_of_the_agent_arrives(path: str, chunked: bool) -> None:
    body, header = b"x" * SIZE, f"Content-Length: {SIZE}"
    if chunked:
        body, header = b"%x\r\n%b\r\n0\r\n\r\n" % (SIZE, body), "Transfer-Encoding: chunked"

    async def scene() -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            refusing, http="h11", ws="none", lifespan="off", log_config=None, access_log=False
        )
        server = QuietServer(config)
        serving = asyncio.create_task(server.serve([listener]))
        await until(lambda: server.started)
        try:
            async with gate_world() as world:
                address = f"127.0.0.1:{listener.getsockname()[1]}"
                world.controller.say("forward", address=address)
                for _ in range(5):
                    got = await posted(world, path, header, body=body)
                    assert got.status == int(path[1:4])
                    assert b"why" in got.body
        finally:
            server.stop()
            await serving

    run(scene)


@pytest.mark.parametrize("state", ["suspended", "failed"])
def test_what_the_gate_says_itself_arrives(state: str) -> None:
    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("explain", state=state)
            got = await posted(world, "/data", f"Content-Length: {SIZE}", body=b"x" * SIZE)
            assert got.status == 503

    run(scene)


def test_bytes_behind_the_last_chunk_never_reach_the_agent() -> None:
    seen: list[bytes] = []

    async def agent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        seen.append(await reader.readuntil(b"0\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        seen.append(await reader.read())

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            body = b"3\r\nabc\r\n0\r\n\r\nGET /internal/activity HTTP/1.1\r\nHost: x\r\n\r\n"
            got = await posted(world, "/api/v1/ask", "Transfer-Encoding: chunked", body=body)
            assert (got.status, got.body) == (200, b"ok")
            await until(lambda: len(seen) == 2)

    run(scene)
    assert seen == [b"3\r\nabc\r\n0\r\n\r\n", b""]


def test_an_agent_that_leaves_its_connection_open_is_not_waited_for() -> None:
    async def agent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
        await reader.read()  # until the gate closes

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            got = await posted(world, "/api/v1/ask", "Content-Length: 3", body=b"abc")
            assert (got.status, got.body) == (200, b"2\r\nok\r\n0\r\n\r\n")

    run(scene)

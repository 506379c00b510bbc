"""Answers that break off, never come or are none: nothing is sent twice, nothing looks whole."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.gate_world import gate_world, parsed, read_head, request, run


def test_an_agent_that_dies_before_it_answers_is_told_honestly() -> None:
    count = 0

    async def agent(reader, writer) -> None:
        nonlocal count
        count += 1
        await read_head(reader)

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            got = await world.get("/api/v1/ask", "Accept: application/json", verb="POST")
            assert (got.status, got.headers["content-type"]) == (503, "application/problem+json")
            assert got.headers["retry-after"] == "2"
            assert b"whether it was done" in got.body
            got = await world.get("/data", "Accept: text/html", verb="POST")
            assert b"was not taken" not in got.body  # nobody knows that

    run(scene)
    assert count == 2  # nothing was sent twice


@pytest.mark.parametrize("rubbish", [b"hello\r\n\r\n", b"HTTP/2 200\r\n\r\n", b"x" * 100_000])
def test_an_agent_that_speaks_no_http_is_told_honestly(rubbish: bytes) -> None:
    async def agent(reader, writer) -> None:
        await read_head(reader)
        writer.write(rubbish)
        await writer.drain()

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            assert (await world.get()).status == 503

    run(scene)


def test_an_answer_that_breaks_off_does_not_look_whole() -> None:
    async def agent(reader, writer) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.0 200 OK\r\n\r\nhalf of it")  # its end is the connection's end
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.get_extra_info("socket").setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")
        writer.transport.abort()  # RST

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            reader, writer = await world.connect()
            writer.write(request())
            with pytest.raises(ConnectionError):
                while await reader.read(100):
                    pass
            writer.close()

    run(scene)


def test_a_whole_answer_is_whole_however_the_connection_ends() -> None:
    async def agent(reader, writer) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 413 Too large\r\nContent-Length: 3\r\n\r\nbig")
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.get_extra_info("socket").setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")
        writer.transport.abort()  # RST, as kernels do when bytes were left unread

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            head = request("/", "Content-Length: 1000000", verb="POST")
            got = parsed(await world.send(head + b"x" * 1000))
            assert (got.status, got.body) == (413, b"big")

    run(scene)


def test_an_agent_that_does_not_close_is_not_waited_for() -> None:
    async def agent(reader, writer) -> None:
        head = await read_head(reader)
        body = b"" if head.startswith(b"HEAD") else b"ok"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + body)
        await reader.read()

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            assert (await world.get()).body == b"ok"
            assert (await world.get(verb="HEAD")).body == b""

    run(scene)


def test_an_answer_that_is_shorter_than_it_says_does_not_look_whole() -> None:
    async def agent(reader, writer) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf of it")

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            with pytest.raises(ConnectionError):
                await world.send(request())

    run(scene)

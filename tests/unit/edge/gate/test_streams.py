"""Conversations: events, websockets, and clients that wait to be told to go on."""

from __future__ import annotations

import asyncio

from tests.support.gate_world import gate_world, parsed, read_head, request, run


def test_events_arrive_one_by_one() -> None:
    go_on = asyncio.Event()

    async def agent(reader, writer) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        await go_on.wait()
        writer.write(b"data: 2\n\n")

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            reader, writer = await world.connect()
            writer.write(request("/", "Accept: text/event-stream"))
            await read_head(reader)
            assert await reader.readuntil(b"\n\n") == b"data: 1\n\n"
            go_on.set()  # the agent says more only after the first was seen
            assert await reader.read() == b"data: 2\n\n"
            writer.close()

    run(scene)


def test_a_websocket_talks_both_ways_and_its_end_reaches_the_agent() -> None:
    heads: list[bytes] = []
    ended = asyncio.Event()

    async def agent(reader, writer) -> None:
        heads.append(await read_head(reader))
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
        )
        while word := await reader.read(100):
            writer.write(b"echo " + word)
        ended.set()

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            reader, writer = await world.connect()
            writer.write(request("/live", "Connection: Upgrade", "Upgrade: websocket"))
            assert b"Connection: Upgrade\r\n" in await read_head(reader)
            for word in (b"\x81\x01a", b"\x81\x01b"):
                writer.write(word)
                assert await reader.readexactly(8) == b"echo " + word
            writer.close()
            await ended.wait()

    run(scene)
    assert b"Connection: Upgrade, close\r\n" in heads[0]
    assert b"Upgrade: websocket\r\n" in heads[0]


def test_no_other_upgrade_is_passed_on() -> None:
    heads = []

    async def agent(reader, writer) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            answer = await world.get("/", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c")
            assert answer.status == 200

    run(scene)
    assert b"pgrade" not in heads[0]


def test_a_client_that_waits_to_be_told_to_go_on_is() -> None:
    async def agent(reader, writer) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await reader.readexactly(4)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + body)

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            reader, writer = await world.connect()
            head = request("/", "Content-Length: 4", "Expect: 100-continue", verb="POST")
            writer.write(head)
            assert await read_head(reader) == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(b"body")
            assert parsed(await reader.read()).body == b"body"
            writer.close()

    run(scene)

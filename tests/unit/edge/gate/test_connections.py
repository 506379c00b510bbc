"""Connections: slow heads, large heads, too many, rubbish; and how the gate ends."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from orchestrator.edge.gate.line import BUFFER_BYTES
from tests.support.gate_world import (
    World,
    gate_world,
    hello,
    parsed,
    read_head,
    request,
    run,
    until,
)


def test_a_head_that_does_not_end_is_408_and_one_that_does_not_begin_nothing() -> None:
    async def scene() -> None:
        async with gate_world(head_s=0.2) as world:
            assert parsed(await world.send(b"GET / HT")).status == 408
            assert await world.send(b"") == b""

    run(scene)


def test_a_head_drop_by_drop_is_408() -> None:
    async def scene() -> None:
        async with gate_world(head_s=0.3) as world:
            reader, writer = await world.connect()
            answer = asyncio.create_task(reader.read())
            writer.write(b"GET / HTTP/1.1\r\nHost: customer-a.localhost\r\n")
            for number in range(1000):
                if answer.done():
                    break
                with contextlib.suppress(ConnectionError):
                    writer.write(b"X-%d: 1\r\n" % number)
                await asyncio.sleep(0.02)
            assert parsed(await answer).status == 408
            writer.close()

    run(scene)


@pytest.mark.parametrize(
    ("size", "status"), [(1_000, 200), (60_000, 200), (66_000, 431), (5_000_000, 431)]
)
def test_a_head_may_be_so_large(size: int, status: int) -> None:
    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(hello))
            assert (await world.get("/", "Cookie: " + "x" * size)).status == status

    run(scene)


def test_a_large_head_of_an_answer_passes_too() -> None:
    cookies = b"".join(b"Set-Cookie: c%d=%b\r\n" % (n, b"x" * 1000) for n in range(50))

    async def agent(reader, writer) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n" + cookies + b"Content-Length: 2\r\n\r\nok")

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            answer = await world.send(request())
            assert cookies in answer
            assert answer.endswith(b"ok")

    run(scene)


@pytest.mark.parametrize(
    "rubbish",
    [b"\x00" * 100 + b"\r\n\r\n", b"hello\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
     b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"\x16\x03\x01\r\n\r\n",
     request("/", "Content-Length: 3", "Transfer-Encoding: chunked", verb="POST") + b"0\r\n\r\n"],
)  # fmt: skip
def test_rubbish_is_400(rubbish: bytes) -> None:
    async def scene() -> None:
        async with gate_world() as world:
            got = parsed(await world.send(rubbish))
            assert (got.status, got.headers["content-type"]) == (400, "application/problem+json")

    run(scene)


def test_there_are_so_many_connections_and_others_are_told_at_once() -> None:
    async def scene() -> None:
        async with gate_world(lines=10) as world:
            idle = [await world.connect() for _ in range(10)]
            await until(lambda: len(world.server._visits) == 10)
            got = await world.get()
            assert (got.status, got.headers["retry-after"]) == (503, "2")
            for _, writer in idle:
                writer.close()
            await until(lambda: not world.server._visits)
            world.controller.say("forward", address=await world.agent(hello))
            assert (await world.get()).status == 200

    run(scene)


def test_a_thousand_slow_heads_do_not_keep_others_out() -> None:
    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(hello))
            slow = [await world.connect() for _ in range(1000)]
            for _, writer in slow:
                writer.write(b"GET / HTTP/1.1\r\n")
            await until(lambda: len(world.server._visits) == 1000)
            assert (await world.get()).status == 200
            for _, writer in slow:
                writer.close()

    run(scene)


def test_a_body_that_is_held_stays_with_its_sender() -> None:
    """What a held request takes of the gate's memory is one buffer, however much is sent."""

    async def scene() -> None:
        async with gate_world(drain_s=0.2) as world:
            world.controller.say("hold")
            _, writer = await world.connect()
            writer.write(request("/", "Content-Length: 50000000", verb="POST"))
            sent = asyncio.create_task(_send_much(writer))
            await until(lambda: world.controller.asked)
            asked = len(world.controller.asked)
            await until(lambda: len(world.controller.asked) > asked + 5)
            assert not sent.done()  # the sender is kept waiting
            (line,) = world.lines()
            assert line._end <= BUFFER_BYTES
            sent.cancel()
            writer.close()

    run(scene)


async def _send_much(writer: asyncio.StreamWriter) -> None:
    for _ in range(500):
        writer.write(b"x" * 100_000)
        await writer.drain()


def ending(world: World) -> asyncio.Task[None]:
    world.server.stop()
    return world.serving


def test_at_the_end_what_is_under_way_is_finished_and_nobody_new_is_let_in() -> None:
    go_on = asyncio.Event()
    busy = asyncio.Event()

    async def agent(reader, writer) -> None:
        busy.set()
        await go_on.wait()
        await hello(reader, writer)

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            under_way = asyncio.create_task(world.send(request()))
            await busy.wait()
            ends = ending(world)
            await _refuses(world)
            assert not ends.done()
            go_on.set()
            assert parsed(await under_way).body == b"hello"
            await ends

    run(scene)


async def _refuses(world: World) -> None:
    """Returns once nobody listens. A connection that begins while the gate stops listening is
    neither taken nor refused: its sender tries again after a second."""
    with contextlib.suppress(ConnectionRefusedError):
        while True:
            _, writer = await asyncio.open_connection("127.0.0.1", world.port)
            writer.close()


def test_at_the_end_the_held_are_let_go_if_they_can_be() -> None:
    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("hold")
            held = asyncio.create_task(world.send(request()))
            await until(lambda: len(world.controller.asked) > 3)
            ends = ending(world)
            world.controller.say("forward", address=await world.agent(hello))
            assert parsed(await held).body == b"hello"
            await ends
            assert [one.failed for one in world.controller.told] == [0]

    run(scene)


def test_at_the_end_of_the_bound_the_held_are_asked_to_come_again() -> None:
    async def scene() -> None:
        async with gate_world(drain_s=0.3) as world:
            world.controller.say("hold")
            held = asyncio.create_task(world.send(request("/api/v1/me")))
            await until(lambda: len(world.controller.asked) > 3)
            await ending(world)
            got = parsed(await held)
            assert (got.status, got.headers["retry-after"]) == (503, "1")
            assert [one.failed for one in world.controller.told] == [1]

    run(scene)


def test_at_the_end_an_endless_stream_is_cut() -> None:
    async def agent(reader, writer) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nsome")
        await reader.read()

    async def scene() -> None:
        async with gate_world(drain_s=0.2) as world:
            world.controller.say("forward", address=await world.agent(agent))
            reader, writer = await world.connect()
            writer.write(request())
            await read_head(reader)
            await ending(world)
            with pytest.raises(ConnectionError):
                while await reader.read(100):
                    pass
            writer.close()

    run(scene)

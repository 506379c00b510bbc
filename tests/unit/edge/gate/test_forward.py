"""Passing on: bytes both ways, whatever they are, over real sockets."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.gate_world import (
    Got,
    gate_world,
    hello,
    parsed,
    read_head,
    request,
    run,
    until,
)


def test_a_request_reaches_the_agent_and_its_answer_comes_back() -> None:
    seen = []

    async def agent(reader, writer) -> None:
        seen.append(await read_head(reader))
        seen.append(await reader.readexactly(7))
        writer.write(b"HTTP/1.1 201 Made\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nok")

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            got = parsed(
                await world.send(
                    request("/a?b=%20c", "X-Odd:  two  ", "Connection: keep-alive",
                            "Content-Length: 7", verb="PATCH") + b"payload"
                )
            )  # fmt: skip
            assert (got.status, got.headers["x-a"], got.body) == (201, "1", b"ok")
            assert got.headers["connection"] == "close"

    run(scene)
    assert seen[0].startswith(b"PATCH /a?b=%20c HTTP/1.1\r\nHost: customer-a.localhost\r\n")
    assert b"X-Odd: two\r\n" in seen[0]
    assert b"connection:" not in seen[0].lower()  # it has a body: the gate closes, not the agent
    assert seen[1] == b"payload"


def test_the_head_of_an_answer_says_that_the_connection_ends_whatever_the_agent_says() -> None:
    async def agent(reader, writer) -> None:
        await read_head(reader)
        writer.write(
            b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n"
            b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n"
        )

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            answer = await world.send(request())
            assert answer.lower().count(b"connection:") == 1
            assert b"Connection: close" in answer
            assert b"Keep-Alive" not in answer
            assert answer.count(b"Set-Cookie") == 2

    run(scene)


def test_chunks_and_trailers_pass_as_they_are() -> None:
    body = b"3;ext=1\r\nabc\r\n0\r\nX-Sum: 6\r\n\r\n"
    seen = []

    async def agent(reader, writer) -> None:
        await read_head(reader)
        seen.append(await reader.readexactly(len(body)))
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            sent = request("/", "Transfer-Encoding: chunked", "TE: trailers", verb="POST") + body
            answer = parsed(await world.send(sent))
            assert answer.body == body

    run(scene)
    assert seen == [body]


def test_head_has_a_length_and_no_body() -> None:
    async def agent(reader, writer) -> None:
        assert (await read_head(reader)).startswith(b"HEAD ")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            got = await world.get(verb="HEAD")
            assert (got.status, got.headers["content-length"], got.body) == (200, "500", b"")

    run(scene)


def test_what_follows_the_body_goes_nowhere() -> None:
    seen = []

    async def agent(reader, writer) -> None:
        await read_head(reader)
        seen.append(await reader.readexactly(3))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()
        writer.write_eof()
        seen.append(await reader.read())

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            sent = request("/", "Content-Length: 3", verb="POST") + b"abc"
            answer = await world.send(sent + request("/internal/activity") * 50)
            assert answer.count(b"HTTP/1.1") == 1

    run(scene)
    assert seen == [b"abc", b""]


def test_an_agent_that_refuses_an_upload_early_is_heard() -> None:
    async def agent(reader, writer) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 413 Too large\r\nContent-Length: 3\r\n\r\nbig")
        await writer.drain()

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            head = request("/", "Content-Length: 4000000", verb="POST")
            got = parsed(await world.send(head + b"x" * 4_000_000))
            assert (got.status, got.body) == (413, b"big")

    run(scene)


def test_a_client_that_leaves_is_noticed_by_the_agent() -> None:
    left = asyncio.Event()

    async def agent(reader, writer) -> None:
        await read_head(reader)
        try:
            await reader.read()
        finally:
            left.set()

    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(agent))
            _, writer = await world.connect()
            writer.write(request())
            await until(lambda: world.controller.asked)
            writer.close()
            await left.wait()

    run(scene)


def test_a_stream_without_a_byte_for_too_long_ends() -> None:
    async def agent(reader, writer) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nsome")
        await reader.read()

    async def scene() -> None:
        async with gate_world(idle_s=0.3) as world:
            world.controller.say("forward", address=await world.agent(agent))
            with pytest.raises(ConnectionError):
                await world.send(request())

    run(scene)


def test_an_answer_may_be_used_for_its_lease_and_one_question_serves_many() -> None:
    async def scene() -> None:
        async with gate_world(lease_s=60) as world:
            world.controller.say("forward", address=await world.agent(hello))
            got: list[Got] = await asyncio.gather(*(world.get() for _ in range(100)))
            assert {one.status for one in got} == {200}
            assert len(world.controller.asked) == 1

    run(scene)

    async def short() -> None:
        async with gate_world(lease_s=0.2) as world:
            world.controller.say("forward", address=await world.agent(hello))
            await world.get()
            world.controller.say("explain", state="suspended")
            await asyncio.sleep(0.25)
            assert (await world.get()).status == 503
            assert len(world.controller.asked) == 2

    run(short)


def test_an_answer_older_than_the_lease_is_not_used() -> None:
    """The controller counts on it: it may have begun to drain since."""

    async def scene() -> None:
        async with gate_world(lease_s=0.1, hold_s=1.0) as world:
            reached = []

            async def agent(reader, writer) -> None:
                reached.append(1)
                await hello(reader, writer)

            world.controller.say("forward", address=await world.agent(agent))
            world.controller.delay_s = 0.2
            assert (await world.get()).status == 504
            assert not reached

    run(scene)

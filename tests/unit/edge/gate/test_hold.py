"""Holding: one question and one wake for all, and then everybody is served."""

from __future__ import annotations

import asyncio

from orchestrator.client.answers import Holds
from tests.support.gate_world import (
    BROWSER,
    HOST,
    are_held,
    gate_world,
    hello,
    parsed,
    read_head,
    request,
    run,
    sending,
    until,
)


def test_requests_are_held_while_a_swap_goes_on_and_then_all_are_served() -> None:
    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("hold", state="swapping")
            held = sending(world, request("/", "Content-Length: 3", verb="POST") + b"abc", 50)
            await are_held(world, 50)
            assert not any(one.done() for one in held)
            world.controller.say("forward", address=await world.agent(hello))
            assert {parsed(one).body for one in await asyncio.gather(*held)} == {b"hello"}
            (told,) = await world.controller.holds()
            assert (told.tenant, told.held, told.failed) == ("customer-a", 50, 0)
            assert 0 < told.longest_s < 60

    run(scene)


def test_two_hundred_requests_wake_once() -> None:
    async def scene() -> None:
        async with gate_world(held_tenant=200) as world:
            address = await world.agent(hello)
            world.controller.say("wake", state="sleeping")
            world.controller.on_wake = {"mode": "probe", "state": "starting", "address": address}
            answers = await asyncio.gather(*sending(world, request(), 200))
            assert {parsed(one).body for one in answers} == {b"hello"}
            assert world.controller.woken == [HOST]

    run(scene)


def test_an_agent_that_does_not_listen_yet_is_waited_for() -> None:
    async def scene() -> None:
        async with gate_world() as world:
            address = await world.agent(hello)
            port = int(address.rpartition(":")[2])
            world.agents[0].close()  # its address is known, and nobody is there
            world.controller.say("probe", state="starting", address=address)
            (held,) = sending(world, request())
            await are_held(world, 1)
            await world.agent(hello, port)
            assert parsed(await held).body == b"hello"

    run(scene)


def test_an_agent_that_listens_and_is_not_ready_is_waited_for() -> None:
    ready = False
    seen: list[bytes] = []

    async def agent(reader, writer) -> None:
        head = await read_head(reader)
        seen.append(head.split(b" ")[1])
        if head.startswith(b"GET /readyz ") and not ready:
            writer.write(b"HTTP/1.1 503 Not ready\r\nContent-Length: 0\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")

    async def scene() -> None:
        nonlocal ready
        async with gate_world() as world:
            world.controller.say("probe", state="starting", address=await world.agent(agent))
            (held,) = sending(world, request("/data"))
            await until(lambda: len(seen) >= 3)
            assert set(seen) == {b"/readyz"}
            ready = True
            assert parsed(await held).body == b"hello"
            assert seen[-1] == b"/data"

    run(scene)


def test_an_agent_that_is_away_for_a_moment_is_waited_for_and_nothing_is_sent_twice() -> None:
    async def scene() -> None:
        async with gate_world() as world:
            address = await world.agent(hello)
            world.agents[0].close()
            world.controller.say("forward", address=address)
            (held,) = sending(world, request(verb="POST"))
            await are_held(world, 1)
            await world.agent(hello, int(address.rpartition(":")[2]))
            assert parsed(await held).status == 200

    run(scene)


def test_a_browser_at_one_that_wakes_is_told_that_it_wakes_up() -> None:
    async def scene() -> None:
        async with gate_world(page_s=0.2) as world:
            world.controller.say("wake", state="sleeping")
            world.controller.on_wake = {"mode": "hold", "state": "starting"}
            world.controller.say("hold", state="starting", host="customer-b.localhost")
            for _ in range(2):  # the page comes again, and the controller says `starting` by then
                assert b"is waking up" in (await world.get("/", BROWSER)).body
            assert len(world.controller.woken) == 1
            other = await world.get("/", BROWSER, host="customer-b.localhost")
            assert b"is starting" in other.body

    run(scene)


def test_a_start_that_fails_ends_the_wait() -> None:
    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("wake", state="sleeping")
            world.controller.on_wake = {"mode": "hold", "state": "starting"}
            (held,) = sending(world, request())
            await until(lambda: world.controller.woken)
            world.controller.say("explain", state="failed", why="out of memory")
            got = parsed(await held)
            assert (got.status, got.headers["retry-after"]) == (503, "60")
            assert b"out of memory" not in got.body
            (told,) = await world.controller.holds()
            assert (told.held, told.failed) == (1, 1)

    run(scene)


def test_what_could_not_be_told_is_told_with_the_next() -> None:
    async def scene() -> None:
        async with gate_world(hold_s=0.2) as world:
            world.controller.say("hold")
            await world.get()
            await world.controller.holds()
            await world.controller.stop()
            await world.get()
            await world.controller.start()
            told = await world.controller.holds(2)
            assert [(one.held, one.failed) for one in told] == [(1, 1), (1, 1)]

    run(scene)


def test_a_robot_that_was_held_wakes_nobody_when_the_tenant_is_asleep_then() -> None:
    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("hold")
            (robot,) = sending(world, request("/", "User-Agent: Googlebot/2.1"))
            await are_held(world, 1)
            world.controller.say("wake", state="sleeping")
            assert parsed(await robot).status == 503
            assert not world.controller.woken
            assert (await world.controller.holds())[0] == Holds(
                "customer-a", 1, world.controller.told[0].longest_s, 0
            )

    run(scene)


def test_a_wake_that_did_not_take_is_tried_again() -> None:
    async def scene() -> None:
        async with gate_world(retry_s=0.1) as world:
            world.controller.say("wake", state="sleeping")
            (held,) = sending(world, request())
            await until(lambda: len(world.controller.woken) == 2)
            world.controller.say("forward", address=await world.agent(hello))
            assert parsed(await held).status == 200

    run(scene)

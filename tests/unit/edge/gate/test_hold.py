"""Holding: one question and one wake for all, bounds, pages, and what is told of it."""

from __future__ import annotations

import asyncio
import json

import pytest

from orchestrator.client.answers import Holds
from tests.support.gate_world import (
    HOST,
    World,
    gate_world,
    hello,
    parsed,
    read_head,
    request,
    until,
)

BROWSER = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"


def run(scene) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(60):
            await scene()

    asyncio.run(bounded())


def sending(world: World, sent: bytes, count: int = 1) -> list[asyncio.Task[bytes]]:
    return [asyncio.create_task(world.send(sent)) for _ in range(count)]


async def are_held(world: World, count: int) -> None:
    """So many requests are at the gate and none is answered."""
    await until(lambda: len(world.server._visits) >= count)
    asked = len(world.controller.asked)
    await until(lambda: len(world.controller.asked) >= asked + 3)


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


def test_the_hold_is_bounded_and_its_end_is_honest() -> None:
    async def scene() -> None:
        async with gate_world(hold_s=0.3) as world:
            world.controller.say("hold", state="swapping")
            got = await world.get("/api/v1/me")
            assert (got.status, got.headers["retry-after"]) == (504, "10")
            assert json.loads(got.body)["status"] == 504
            page = await world.get("/data", "Accept: text/html", verb="POST")
            assert page.status == 504
            assert b"was not taken" in page.body
            told = await world.controller.holds(2)
            assert [(one.held, one.failed) for one in told] == [(1, 1), (1, 1)]

    run(scene)


def test_a_browser_that_waits_is_shown_that_and_a_program_is_not() -> None:
    async def scene() -> None:
        async with gate_world(page_s=0.2) as world:
            world.controller.say("hold", state="swapping")
            others = sending(world, request("/", BROWSER, "Sec-Fetch-Mode: cors"))
            others += sending(world, request("/", BROWSER, verb="POST"))
            others += sending(world, request("/api/v1/me"))
            got = await world.get("/", BROWSER)
            assert (got.status, got.headers["retry-after"]) == (503, "2")
            assert b"Customer &lt;A&gt; is being updated" in got.body
            assert b'http-equiv="refresh"' in got.body
            assert not any(one.done() for one in others)
            world.controller.say("forward", address=await world.agent(hello))
            assert {parsed(one).status for one in await asyncio.gather(*others)} == {200}
            (told,) = await world.controller.holds()
            assert (told.held, told.failed) == (4, 0)

    run(scene)


def test_so_many_are_held_and_no_more() -> None:
    async def scene() -> None:
        async with gate_world(held_tenant=5) as world:
            world.controller.say("hold", state="swapping")
            world.controller.say("hold", "other.localhost", state="swapping")
            held = sending(world, request(), 5)
            await are_held(world, 5)
            got = await world.get()
            assert (got.status, got.headers["retry-after"]) == (503, "2")
            held += sending(world, request(host="other.localhost"))
            await until(lambda: world.controller.asked.count("other.localhost") > 2)
            address = await world.agent(hello)
            world.controller.say("forward", address=address)
            world.controller.say("forward", "other.localhost", address=address)
            assert {parsed(one).status for one in await asyncio.gather(*held)} == {200}
            told = {one.tenant: one for one in await world.controller.holds(2)}
            assert (told["customer-a"].held, told["customer-a"].failed) == (5, 1)
            assert (told["other"].held, told["other"].failed) == (1, 0)

    run(scene)


def test_so_many_are_held_altogether() -> None:
    async def scene() -> None:
        async with gate_world(held=3) as world:
            for number in range(4):
                world.controller.say("hold", f"t{number}.localhost")
            held = [sending(world, request(host=f"t{number}.localhost"))[0] for number in range(3)]
            await are_held(world, 3)
            assert (await world.get(host="t3.localhost")).status == 503
            for one in held:
                one.cancel()

    run(scene)


def test_so_many_of_one_tenant_are_passed_on_at_a_time() -> None:
    go_on = asyncio.Event()
    busy = 0

    async def agent(reader, writer) -> None:
        nonlocal busy
        busy += 1
        await go_on.wait()
        await hello(reader, writer)

    async def scene() -> None:
        async with gate_world(present_tenant=4) as world:
            world.controller.say("forward", address=await world.agent(agent))
            busily = sending(world, request(), 4)
            await until(lambda: busy == 4)
            assert (await world.get()).status == 503
            go_on.set()
            assert {parsed(one).status for one in await asyncio.gather(*busily)} == {200}
            assert (await world.get()).status == 200

    run(scene)


@pytest.mark.parametrize("body", [0, 20_000])
def test_a_client_that_leaves_frees_its_seat(body: int) -> None:
    async def scene() -> None:
        async with gate_world(held_tenant=1) as world:
            world.controller.say("hold", state="swapping")
            _, writer = await world.connect()
            sent = request("/", f"Content-Length: {body}", verb="POST") + b"x" * body
            writer.write(sent)
            await are_held(world, 1)
            writer.close()
            await world.controller.holds()
            (after,) = sending(world, request())
            await are_held(world, 1)
            world.controller.say("forward", address=await world.agent(hello))
            assert parsed(await after).status == 200
            assert [one.failed for one in await world.controller.holds(2)] == [0, 0]

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


def test_a_controller_that_goes_away_while_requests_are_held() -> None:
    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("hold", state="swapping")
            held = sending(world, request(), 5)
            await are_held(world, 5)
            await world.controller.stop()
            late = sending(world, request(), 5)
            await until(lambda: len(world.server._visits) == 10)
            world.controller.say("forward", address=await world.agent(hello))
            await world.controller.start()
            answers = await asyncio.gather(*held, *late)
            assert {parsed(one).status for one in answers} == {200}

    run(scene)


def test_a_gate_that_starts_before_its_controller_holds() -> None:
    async def scene() -> None:
        async with gate_world(retry_s=0.05) as world:
            await world.controller.stop()
            held = sending(world, request(), 3)
            await until(lambda: len(world.server._visits) == 3)
            world.controller.say("forward", address=await world.agent(hello))
            await world.controller.start()
            assert {parsed(one).status for one in await asyncio.gather(*held)} == {200}

    run(scene)


def test_a_browser_meets_a_page_while_the_controller_was_never_reached() -> None:
    async def scene() -> None:
        async with gate_world(page_s=0.2) as world:
            await world.controller.stop()
            got = await world.get("/", BROWSER)
            assert (got.status, got.headers["retry-after"]) == (503, "5")

    run(scene)


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull",
        b'HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{"mode": "odd!"}',
        b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{",
        b"HTTP/1.1 404 No\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 500 No\r\ncontent-length: 2\r\n\r\nxx",
    ],
)
def test_a_controller_that_answers_garbage_is_as_good_as_away(garbage: bytes) -> None:
    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("forward", address=await world.agent(hello))
            assert (await world.get()).status == 200
            world.controller.garbage = garbage
            await asyncio.sleep(world.bounds.lease_s)
            (held,) = sending(world, request())
            asked = len(world.controller.asked)
            await until(lambda: len(world.controller.asked) > asked + 2)
            assert not held.done()
            world.controller.garbage = None
            assert parsed(await held).status == 200

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

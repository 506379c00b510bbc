"""Holding is bounded: in time, in number, and by whoever leaves."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.support.gate_world import (
    BROWSER,
    are_held,
    gate_world,
    hello,
    parsed,
    request,
    run,
    sending,
    until,
)


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


def test_a_tenant_may_be_held_for_longer_or_shorter_than_the_others() -> None:
    async def scene() -> None:
        async with gate_world(hold_s=60.0) as world:
            world.controller.say("hold", state="swapping", hold_for=1)
            assert (await world.get("/api/v1/me")).status == 504
        async with gate_world(hold_s=0.3) as world:
            world.controller.say("hold", state="swapping", hold_for=60)
            (held,) = sending(world, request("/api/v1/me"))
            await are_held(world, 1)
            await asyncio.sleep(1)
            await world.controller.stop()  # what was said holds on without it
            await asyncio.sleep(1)
            assert not held.done()
            held.cancel()

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


@pytest.mark.parametrize("body", [0, 20_000, 60_000])
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

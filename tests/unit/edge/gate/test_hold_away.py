"""Holding while the controller is away, slow or talks rubbish."""

from __future__ import annotations

import asyncio

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

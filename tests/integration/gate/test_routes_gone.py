"""The file of routes is removed by a hand: everybody is served by the gate until it is back."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from orchestrator.core.routes import GENERATION_HOST, Limits
from tests.support.gate_site import ADDRESS, A, Agent, B, GateSite, gate_site, load
from tests.support.gate_world import Got, parsed, read_head, request, run, until

pytestmark = pytest.mark.docker
MANY = 300


async def get(site: GateSite, host: str, *headers: str, path: str = "/") -> Got:
    return parsed(await site.ask(request(path, "Connection: close", *headers, host=host)))


def running(site: GateSite, host: str) -> None:
    site.controller.say("forward", host, address=f"{ADDRESS[host]}:8000")


def test_who_runs_is_served_without_a_failure_while_it_is_gone(tmp_path: Path) -> None:
    async def scene() -> None:
        async with gate_site(tmp_path) as site:
            for host in (A, B):
                await site.start(Agent(b"here", host))
                running(site, host)
            await site.route(A, B)
            async with load(site, A, 8) as one, load(site, B, 8) as other:
                for _ in range(3):
                    for change in (site.proxy.lose, lambda: site.route(A, B)):
                        seen = one.met.total(), other.met.total()
                        await change()
                        await until(lambda seen=seen: one.met.total() > seen[0] + MANY)
                        await until(lambda seen=seen: other.met.total() > seen[1] + MANY)
            assert one.failures == other.failures == {}
            assert len(site.controller.asked) > 0  # by the gate, which was asked

    run(scene)


def test_what_the_gate_does_is_what_it_always_does(tmp_path: Path) -> None:
    async def scene() -> None:
        async with gate_site(tmp_path) as site:
            site.controller.say("explain", B, state="suspended")
            site.controller.say("wake", A, state="sleeping")
            address = f"{ADDRESS[A]}:8000"
            site.controller.on_wake = {"mode": "probe", "state": "starting", "address": address}
            await site.proxy.lose()
            asking = asyncio.create_task(get(site, A))
            await until(lambda: site.controller.woken)
            await site.start(Agent(b"awake", A))
            assert (await asking).body == b"awake 0"
            assert (await get(site, "nobody.localhost")).status == 404
            assert (await get(site, GENERATION_HOST)).status == 404
            assert (await get(site, B)).status == 503

    run(scene)


def test_limits_hold_for_each_host(tmp_path: Path) -> None:
    heads: list[bytes] = []

    async def listens(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await read_head(reader))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async def scene() -> None:
        async with gate_site(tmp_path, Limits(per_s=2, in_flight=9)) as site:
            for host in (A, B):
                await site.agent(listens, host)
                running(site, host)
            await site.proxy.lose()
            met = Counter(got.status for got in await asyncio.gather(*(
                get(site, A, "X-Orchestrator-At-Once: 99") for _ in range(40)
            )))  # fmt: skip
            assert set(met) == {200, 429}
            assert met[200] < 30
            assert (await get(site, B)).status == 200
            lines = [line for head in heads for line in head.lower().split(b"\r\n")]
            told = [line for line in lines if b"at-once" in line]
            assert set(told) == {b"x-orchestrator-at-once: 9"}
            assert len(told) == len(heads)

    run(scene)

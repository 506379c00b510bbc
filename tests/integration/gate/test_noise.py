"""One customer's noise stays its own: limits of the real Traefik, as the platform sets them."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from orchestrator.core.routes import Limits
from tests.support.gate_site import A, Agent, B, GateSite, gate_site
from tests.support.gate_world import Got, parsed, read_head, request, run, until

pytestmark = pytest.mark.docker


async def get(site: GateSite, host: str, *headers: str, path: str = "/") -> Got:
    return parsed(await site.ask(request(path, "Connection: close", *headers, host=host)))


def test_more_than_its_rate_is_429_for_this_customer_alone(tmp_path: Path) -> None:
    async def scene() -> None:
        async with gate_site(tmp_path, Limits(per_s=1, in_flight=1_000)) as site:
            for host in (A, B):
                await site.start(Agent(b"here", host))
            await site.route(A, B)
            spellings = [A, A.upper(), f"{A}:1", f"{A}:2", A.title()]
            asked = [get(site, spellings[n % 5], f"X-Orchestrator-Limit: {n}") for n in range(60)]
            met = Counter(got.status for got in await asyncio.gather(*asked))
            assert set(met) == {200, 429}
            assert met[200] < 30  # two at once and one a second: no spelling is a bucket of its own
            refused = next(
                got for got in await asyncio.gather(*(get(site, A) for _ in range(20)))
                if got.status == 429
            )  # fmt: skip
            assert int(refused.headers["retry-after"]) >= 1
            assert (await get(site, B)).status == 200

    run(scene)


def test_more_at_a_time_than_allowed_is_429_for_this_customer_alone(tmp_path: Path) -> None:
    go_on = asyncio.Event()
    busy = 0

    async def slow(reader, writer) -> None:
        nonlocal busy
        head = await read_head(reader)
        if b"/slow" in head:
            busy += 1
            await go_on.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async def scene() -> None:
        async with gate_site(tmp_path, Limits(per_s=1_000, in_flight=4)) as site:
            await site.agent(slow, A)
            await site.agent(slow, B)
            await site.route(A, B)
            waiting = [asyncio.create_task(get(site, A, path="/slow")) for _ in range(4)]
            await until(lambda: busy == 4)
            assert (await get(site, A.upper())).status == 429
            assert (await get(site, B)).status == 200
            go_on.set()
            assert {got.status for got in await asyncio.gather(*waiting)} == {200}
            assert (await get(site, A)).status == 200

    run(scene)


def test_a_thousand_slow_heads_keep_nobody_out(tmp_path: Path) -> None:
    async def scene() -> None:
        async with gate_site(tmp_path, Limits()) as site:
            await site.start(Agent(b"here", B))
            await site.route(B)
            slow = [
                await asyncio.open_connection("127.0.0.1", site.proxy.port) for _ in range(1_000)
            ]
            for _, writer in slow:
                writer.write(b"GET / HTTP/1.1\r\nHost: customer-a.localhost\r\n")
            for _ in range(20):
                assert (await get(site, B)).status == 200
            for _, writer in slow:
                writer.close()

    run(scene)


def test_the_agents_own_429_passes_as_it_is(tmp_path: Path) -> None:
    async def throttled(reader, writer) -> None:
        await read_head(reader)
        writer.write(
            b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 77\r\nContent-Length: 3\r\n\r\nown"
        )

    async def scene() -> None:
        async with gate_site(tmp_path, Limits()) as site:
            await site.agent(throttled, A)
            await site.route(A)
            got = await get(site, A)
            assert (got.status, got.headers["retry-after"], got.body) == (429, "77", b"own")

    run(scene)

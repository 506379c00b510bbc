"""One customer's noise stays its own: limits of the real Traefik, as the platform sets them."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from orchestrator.core.observed import RouteEntry
from orchestrator.core.routes import Limits
from tests.support.agent_process import run_agent
from tests.support.gate_site import ADDRESS, A, Agent, B, GateSite, gate_site
from tests.support.gate_world import Got, parsed, read_head, request, run

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


def test_more_at_a_time_than_allowed_is_429_with_a_time_to_come_again(tmp_path: Path) -> None:
    """The real agent refuses what is beyond, as many as Traefik says, whatever a client says."""
    begun = request(
        "/api/v1/session", "Content-Length: 100", "Content-Type: application/json", verb="POST"
    )

    async def scene() -> None:
        async with gate_site(tmp_path, Limits(per_s=1_000, in_flight=2)) as site:
            await site.start(Agent(b"here", B))
            await site.route(A, B)
            (tmp_path / "data").mkdir()
            agent = run_agent(tmp_path / "data", HOST=ADDRESS[A], PORT="8000")
            try:
                await site_answers(site, 200)
                slow = [
                    await asyncio.open_connection("127.0.0.1", site.proxy.port) for _ in range(2)
                ]
                for _, writer in slow:
                    writer.write(begun)
                refused = await site_answers(site, 429)
                assert refused.headers["retry-after"] == "1"
                assert b"under way" in refused.body
                told = await get(site, A, "X-Orchestrator-At-Once: 99", path="/api/v1/me")
                assert (told.status, told.headers["retry-after"]) == (429, "1")
                assert told.headers["content-type"] == "application/problem+json"
                assert (await get(site, B)).status == 200
                for _, writer in slow:
                    writer.close()
                await site_answers(site, 200)
            finally:
                agent.terminate()
                await asyncio.to_thread(agent.communicate, timeout=60)

    run(scene)


async def site_answers(site: GateSite, status: int) -> Got:
    """The sign-in page's answer, once it is this."""
    async with asyncio.timeout(60):
        while (got := await get(site, A, path="/login")).status != status:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return got


def test_one_tenants_own_rate_is_not_the_others(tmp_path: Path) -> None:
    async def scene() -> None:
        async with gate_site(tmp_path, Limits(per_s=1_000, in_flight=1_000)) as site:
            for host in (A, B):
                await site.start(Agent(b"here", host))
            await site.proxy.publish(
                {
                    "customer-a": RouteEntry(ADDRESS[A], (A,), per_s=1),
                    "customer-b": RouteEntry(ADDRESS[B], (B,)),
                }
            )
            noisy = await asyncio.gather(*(get(site, A) for _ in range(30)))
            assert {got.status for got in noisy} == {200, 429}
            calm = await asyncio.gather(*(get(site, B) for _ in range(30)))
            assert {got.status for got in calm} == {200}

    run(scene)


def test_an_agent_that_answers_nothing_is_fenced_off(tmp_path: Path) -> None:
    """What Traefik itself refuses: in-flight and a burst of requests that got no answer."""
    go_on, busy = asyncio.Event(), 0

    async def slow(reader, writer) -> None:
        nonlocal busy
        await read_head(reader)
        busy += 1
        await go_on.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async def scene() -> None:
        limits = Limits(per_s=4, in_flight=2)
        async with gate_site(tmp_path, limits) as site:
            await site.agent(slow, A)
            await site.route(A)
            waiting: list[asyncio.Task[Got]] = []
            async with asyncio.timeout(60):
                while busy < limits.fence:
                    waiting.append(asyncio.create_task(get(site, A)))
                    await asyncio.sleep(0.3)
                while (await get(site, A)).headers.get("retry-after"):  # noqa: ASYNC110
                    await asyncio.sleep(0.5)  # that was the rate's
            assert (await get(site, A)).status == 429
            assert busy == limits.fence
            go_on.set()
            met = Counter(got.status for got in await asyncio.gather(*waiting))
            assert met[200] == limits.fence

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

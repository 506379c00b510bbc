"""The gate behind the real Traefik: nothing is lost when agents, the gate or routes change."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.gate_site import ADDRESS, A, Agent, B, gate_site, load
from tests.support.gate_world import parsed, read_head, request, run, until

pytestmark = pytest.mark.docker
LEASE_S = 0.25


def test_a_swap_under_load_loses_nothing(tmp_path: Path) -> None:
    """The recipe, step by step: hold, divert, drain, stop, start, release, route back."""

    async def scene() -> None:
        async with gate_site(tmp_path) as site:
            agent = await site.start(Agent(b"v0", A))
            site.controller.say("forward", A, address=f"{ADDRESS[A]}:8000")
            await site.route(A)
            async with load(site, A) as found:
                for version in (1, 2, 3):
                    served = sum(found.met.values())
                    await until(lambda served=served: sum(found.met.values()) > served + 100)
                    site.controller.say("hold", A, state="swapping")
                    await site.route()
                    await asyncio.sleep(LEASE_S)
                    await agent.drained()
                    await agent.stop()
                    await asyncio.sleep(0.3)  # nobody is there
                    agent = await site.start(Agent(b"v%d" % version, A))
                    site.controller.say("forward", A, address=f"{ADDRESS[A]}:8000")
                    await site.route(A)
                    await until(lambda v=version: found.met[f"200 v{v}"] > 50)
            assert found.failures == {}
            told = site.controller.told
            assert sum(one.held for one in told) > 0
            assert sum(one.failed for one in told) == 0

    run(scene)


def test_a_tenant_that_sleeps_is_woken_by_a_request_and_answers_it(tmp_path: Path) -> None:
    async def scene() -> None:
        async with gate_site(tmp_path) as site:
            address = f"{ADDRESS[A]}:8000"
            site.controller.say("wake", A, state="sleeping")
            site.controller.on_wake = {"mode": "probe", "state": "starting", "address": address}
            sent = request("/", "Connection: close", host=A)
            asking = [asyncio.create_task(site.ask(sent)) for _ in range(50)]
            await until(lambda: site.controller.woken)
            await site.start(Agent(b"awake", A))
            assert {parsed(one).body for one in await asyncio.gather(*asking)} == {b"awake 0"}
            assert site.controller.woken == [A]

    run(scene)


def test_a_gate_that_restarts_under_load_loses_nothing(tmp_path: Path) -> None:
    """Everything goes through the gate, which ends as on SIGTERM; Traefik waits for the next."""

    async def scene() -> None:
        async with gate_site(tmp_path) as site:
            await site.start(Agent(b"here", A))
            site.controller.say("forward", A, address=f"{ADDRESS[A]}:8000")
            async with load(site, A) as found:
                for _ in range(3):
                    served = found.met["200 here"]
                    await until(lambda served=served: found.met["200 here"] > served + 100)
                    await site.stop_gate()
                    await asyncio.sleep(0.3)  # nobody is there
                    await site.start_gate()
            assert found.failures == {}

    run(scene)


@pytest.mark.parametrize("by", ["agent", "gate"])
def test_a_refusal_arrives_although_all_was_sent_first(tmp_path: Path, by: str) -> None:
    size = 5_000_000

    async def refuses(reader, writer) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno")
        while await reader.read(65536):  # as uvicorn does, unless it is told to close
            pass

    async def scene() -> None:
        async with gate_site(tmp_path) as site:
            await site.agent(refuses)
            site.controller.say("forward", A, address=f"{ADDRESS[A]}:8000")
            if by == "gate":
                site.controller.say("explain", A, state="suspended")
            for _ in range(5):
                reader, writer = await asyncio.open_connection("127.0.0.1", site.proxy.port)
                writer.write(request("/data", f"Content-Length: {size}", host=A, verb="POST"))
                writer.write(b"x" * size)
                await writer.drain()
                head = await read_head(reader)
                assert int(head.split()[1]) == {"agent": 401, "gate": 503}[by]
                writer.close()

    run(scene)


def test_a_websocket_and_events_pass_both(tmp_path: Path) -> None:
    async def talk(reader, writer) -> None:
        head = await read_head(reader)
        if b"/live" in head:
            writer.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\n\r\n"
            )
            while word := await reader.read(100):
                writer.write(b"echo " + word)
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        await reader.read()

    async def scene() -> None:
        async with gate_site(tmp_path) as site:
            await site.agent(talk)
            site.controller.say("forward", A, address=f"{ADDRESS[A]}:8000")
            reader, writer = await asyncio.open_connection("127.0.0.1", site.proxy.port)
            writer.write(request("/live", "Connection: Upgrade", "Upgrade: websocket", host=A))
            assert (await read_head(reader)).startswith(b"HTTP/1.1 101")
            writer.write(b"\x81\x01a")
            assert await reader.readexactly(8) == b"echo \x81\x01a"
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", site.proxy.port)
            writer.write(request("/", "Accept: text/event-stream", host=A))
            await read_head(reader)
            assert b"data: 1" in await reader.readuntil(b"\n\n")  # while the agent says no more
            writer.close()

    run(scene)


def test_a_large_upload_passes_both_and_a_held_one_is_not_lost(tmp_path: Path) -> None:
    size = 20_000_000

    async def scene() -> None:
        async with gate_site(tmp_path) as site:
            site.controller.say("hold", A, state="swapping")
            head = request("/", f"Content-Length: {size}", "Connection: close", host=A, verb="POST")
            asking = asyncio.create_task(site.ask(head + b"x" * size))
            await until(lambda: len(site.controller.asked) > 5)
            await site.start(Agent(b"got", A))
            site.controller.say("forward", A, address=f"{ADDRESS[A]}:8000")
            assert parsed(await asking).body == b"got %d" % size

    run(scene)


@pytest.mark.parametrize("size", [55_000, 62_000])
def test_what_traefik_lets_pass_of_heads_the_gate_takes(tmp_path: Path, size: int) -> None:
    async def scene() -> None:
        async with gate_site(tmp_path) as site:
            await site.start(Agent(b"here", A))
            site.controller.say("forward", A, address=f"{ADDRESS[A]}:8000")
            large = request("/", "Connection: close", "Cookie: " + "x" * size, host=A)
            assert parsed(await site.ask(large)).status == 200
            larger = request("/", "Connection: close", "Cookie: " + "x" * 70_000, host=A)
            assert parsed(await site.ask(larger)).status == 431

    run(scene)


def test_the_page_for_an_agent_that_is_gone_is_the_gates_and_not_the_agents(
    tmp_path: Path,
) -> None:
    """Traefik gives up on the agent after a while and asks the gate about it."""

    async def scene() -> None:
        async with gate_site(tmp_path) as site:
            site.controller.say("forward", A, address=f"{ADDRESS[A]}:8000")
            site.controller.say("forward", B, address=f"{ADDRESS[B]}:8000")
            await site.start(Agent(b"other", B))
            await site.route(A, B)
            sent = request("/?x=1", "Connection: close", "Accept: text/html", host=A)
            got = parsed(await site.ask(sent))
            assert got.status == 503
            assert b"is almost there" in got.body
            assert got.headers["retry-after"] == "1"

    run(scene)

"""The gate is killed while it holds: who only reads is answered by the next one."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.support.gate_process import gate_process
from tests.support.gate_site import ADDRESS, A, GateSite, gate_site
from tests.support.gate_world import Got, parsed, read_head, request, run, until

pytestmark = pytest.mark.docker
FORWARD = {"mode": "forward", "address": f"{ADDRESS[A]}:8000"}


class Counting:
    """An agent that counts what it got, and answers when it may."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()
        self.go_on = asyncio.Event()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = (await read_head(reader)).split(b"\r\n")[0].decode()
        self.got[first.rpartition(" ")[0]] += 1
        await self.go_on.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def ask(
    site: GateSite, verb: str, path: str, *headers: str, body: bytes = b""
) -> asyncio.Task[Got]:
    async def asking() -> Got:
        head = request(path, "Connection: close", *headers, host=A, verb=verb)
        return parsed(await site.ask(head + body))

    return asyncio.create_task(asking())


async def all_are_held(site: GateSite, count: int) -> None:
    """Each holds an own connection from Traefik to the gate, whose head was sent already."""

    def open_lines() -> int:
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
        to_gate, established = f":{site.gate_port:04X}", "01"
        return sum(one[2].endswith(to_gate) and one[3] == established for one in lines)

    await until(lambda: open_lines() >= count)
    asked = len(site.controller.asked)
    await until(lambda: len(site.controller.asked) > asked + 3)


def test_held_reads_are_answered_by_the_next_gate_and_writes_are_sent_once(tmp_path: Path) -> None:
    async def scene() -> None:
        async with gate_site(tmp_path) as site:
            await site.stop_gate()
            agent = Counting()
            agent.go_on.set()
            await site.agent(agent.talk)
            site.controller.say("hold", A, state="swapping")
            async with gate_process(site.controller.path, site.gate_port) as first:
                reads = [ask(site, verb, f"/{n}") for n in range(5) for verb in ("GET", "HEAD")]
                with_body = ask(site, "GET", "/body", "Content-Length: 2", body=b"ab")
                length = "Content-Length: 3"
                writes = [ask(site, "POST", f"/{n}", length, body=b"abc") for n in range(5)]
                await all_are_held(site, 16)
                first.kill()
                lost = Counter(got.status for got in await asyncio.gather(*writes))
                lost[(await with_body).status] += 1
                assert lost == {502: 6}
                assert not any(read.done() for read in reads)
                async with gate_process(site.controller.path, site.gate_port):
                    site.controller.modes[A] |= FORWARD
                    met = Counter(got.status for got in await asyncio.gather(*reads))
                assert met == {200: 10}
                assert set(agent.got.values()) == {1}
                assert not any(what.startswith("POST") for what in agent.got)

    run(scene)


def test_what_an_agent_got_already_is_never_written_twice(tmp_path: Path) -> None:
    async def scene() -> None:
        async with gate_site(tmp_path) as site:
            await site.stop_gate()
            agent = Counting()
            await site.agent(agent.talk)
            site.controller.say("forward", A, address=FORWARD["address"])
            async with gate_process(site.controller.path, site.gate_port) as first:
                read = ask(site, "GET", "/")
                verbs = ("POST", "PATCH", "PUT", "DELETE")
                writes = [ask(site, verb, f"/{size}", f"Content-Length: {size}", body=size * b"x")
                          for verb in verbs for size in (0, 3)]  # fmt: skip
                await until(lambda: agent.got.total() == 9)
                first.kill()
                assert {got.status for got in await asyncio.gather(*writes)} == {502}
                async with gate_process(site.controller.path, site.gate_port):
                    agent.go_on.set()
                    assert (await read).status == 200
                assert agent.got.pop("GET /") == 2
                assert set(agent.got.values()) == {1}
                assert len(agent.got) == 8

    run(scene)


def test_an_agents_own_word_is_passed_on_in_the_end(tmp_path: Path) -> None:
    """A 502 of the agent's that comes by the gate looks the same, and is asked for again."""

    async def refuses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 502 No\r\nContent-Length: 2\r\n\r\nno")

    async def scene() -> None:
        async with gate_site(tmp_path) as site:
            await site.agent(refuses)
            site.controller.say("forward", A, address=FORWARD["address"])
            got = await ask(site, "GET", "/")
            assert (got.status, got.body) == (502, b"no")

    run(scene)

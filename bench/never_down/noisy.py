"""`python -m bench.never_down.noisy KIND`: one tenant's noise, for so many seconds.

Reads the headers of somebody who is signed in there from its standard input; writes what came of
it as a line of text. Bounded in time, connections and requests; goes to one address of this host.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

NICE = 10  # the noise of strangers costs this machine no more than it must
CONNECTIONS = 500
FLOOD_PER_S = 2000
FLOOD_LINES = 20
QUESTIONS = 4  # of heavy SQL, at a time
SQL = "select count(*) from sales a, sales b, sales c where a.amount < b.amount + c.amount"

# Both run inside of the tenant's container, and end by themselves. The kernel ends the hog again
# and again; what else it ends there is the tenant's own.
MEMORY = """
import os, sys, time
end, hogs = time.monotonic() + float(sys.argv[1]), 0
while time.monotonic() < end:
    hog = os.fork()
    if not hog:
        held = []
        while time.monotonic() < end:
            held.append(b"x" * 2**20)
        os._exit(0)
    os.waitpid(hog, 0)
    hogs += 1
print(f"ran out of memory {hogs} times")
"""
PIDS = """
import os, signal, sys, time
end, children, refused = time.monotonic() + float(sys.argv[1]), [], 0
while time.monotonic() < end:
    try:
        child = os.fork()
    except OSError:
        refused += 1
        time.sleep(0.002)
        continue
    if not child:
        signal.alarm(int(end - time.monotonic()) + 1)
        signal.pause()
    children.append(child)
for child in children:
    os.kill(child, signal.SIGKILL)
print(f"{len(children)} processes, {refused} more refused")
"""
IDLE = """
import os, sys, time
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    pass
"""


@dataclass(frozen=True)
class Target:
    """One tenant, as somebody who is signed in reaches it."""

    port: int
    tenant: str
    headers: Mapping[str, str]
    lasts_s: float

    def head(self, verb: str, path: str, *more: str) -> bytes:
        lines = [f"{verb} {path} HTTP/1.1"]
        lines += [f"{key}: {value}" for key, value in self.headers.items()]
        return "\r\n".join([*lines, *more, "", ""]).encode()


async def nothing(target: Target) -> str:
    """The measurement's own noise."""
    await asyncio.sleep(target.lasts_s)
    return "two calms"


async def idle(target: Target) -> str:
    """What no wall of ours can be better than: every core busy with what the kernel runs only when
    there is nothing else to run, outside of any container."""
    burn = (sys.executable, "-c", IDLE, f"{target.lasts_s}")
    cores = range(os.cpu_count() or 1)
    burning = [await asyncio.create_subprocess_exec(*burn) for _ in cores]
    try:
        await asyncio.sleep(target.lasts_s)
    finally:
        for one in burning:
            with contextlib.suppress(ProcessLookupError):
                one.kill()
            await one.wait()
    return f"{len(burning)} processes"


async def sql(target: Target) -> str:
    """Heavy questions, the next as soon as one was answered or given up."""
    body = json.dumps({"sql": SQL}).encode()
    sent = target.head("POST", "/api/v1/sql", f"Content-Length: {len(body)}") + body
    met: Counter[str] = Counter()

    async def asks() -> None:
        while True:
            async with _connected(target) as (reader, writer):
                writer.write(sent)
                met[(await reader.readuntil(b"\r\n"))[9:12].decode()] += 1

    await _for_a_while(target, [asks] * QUESTIONS)
    return f"{QUESTIONS} at a time, answered {_told(met)}"


async def flood(target: Target) -> str:
    """Requests beyond its rate, many in a packet, as fast as they are answered up to a bound."""
    sent, met = target.head("GET", "/api/v1/me"), Counter[str]()
    batch = 10
    every = batch * FLOOD_LINES / FLOOD_PER_S

    async def asks() -> None:
        async with _connected(target) as (reader, writer):
            while True:
                began = time.monotonic()
                writer.write(sent * batch)
                for _ in range(batch):
                    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                    met[head[9:12]] += 1
                    await reader.readexactly(int(head.partition("content-length:")[2].split()[0]))
                await asyncio.sleep(max(0.0, began + every - time.monotonic()))

    await _for_a_while(target, [asks] * FLOOD_LINES)
    return f"{sum(met.values()) / target.lasts_s:.0f} requests a second, answered {_told(met)}"


async def connections(target: Target) -> str:
    """Each makes one request and stays."""
    sent, open_now = target.head("GET", "/api/v1/me"), 0

    async def asks() -> None:
        nonlocal open_now
        async with _connected(target) as (reader, writer):
            writer.write(sent)
            await reader.readuntil(b"\r\n\r\n")
            open_now += 1
            while await reader.read(65536):
                pass
        open_now -= 1

    await _for_a_while(target, [asks] * CONNECTIONS, every_s=0.002)
    return f"{open_now} connections open in the end"


async def trickle(target: Target) -> str:
    """Half of them never end their heads, half never their bodies; a byte a second."""
    heads = target.head("GET", "/api/v1/me")[:-2] + b"X-Slow: "
    bodies = target.head("POST", "/api/v1/sql", "Content-Length: 100000")
    waiting = 0

    async def asks(begins: bytes) -> None:
        nonlocal waiting
        async with _connected(target) as (_, writer):
            writer.write(begins)
            waiting += 1
            while not writer.is_closing():
                writer.write(b"x")
                await asyncio.sleep(1)
        waiting -= 1

    ways = [lambda: asks(heads), lambda: asks(bodies)] * (CONNECTIONS // 2)
    await _for_a_while(target, ways, every_s=0.002)
    return f"{waiting} trickling in the end"


async def memory(target: Target) -> str:
    """Its memory used up, whatever the kernel does about it."""
    return await asyncio.to_thread(_inside, target, MEMORY)


async def pids(target: Target) -> str:
    """Its processes used up."""
    return await asyncio.to_thread(_inside, target, PIDS)


KINDS: Mapping[str, Callable[[Target], Awaitable[str]]] = {
    each.__name__: each for each in (nothing, idle, sql, memory, pids, flood, connections, trickle)
}


def _inside(target: Target, script: str) -> str:
    """Again when the container went away under it, as long as there is time."""
    end, said = time.monotonic() + target.lasts_s, ""
    runs = 0
    while (left := end - time.monotonic()) > 0.5:
        words = ["docker", "exec", f"tenant-{target.tenant}", "python3", "-c", script, f"{left}"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=left + 30, check=False)
        said, runs = done.stdout.strip() or said, runs + 1
        if done.returncode:
            time.sleep(0.2)
    return said or f"the container was ended {runs} times"


class _connected:  # noqa: N801 - reads as what it is
    """A connection to Traefik for as long as the block runs; again after a while if refused."""

    def __init__(self, target: Target) -> None:
        self._target = target

    async def __aenter__(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, self._writer = await asyncio.open_connection("127.0.0.1", self._target.port)
        return reader, self._writer

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()


async def _for_a_while(
    target: Target, ways: Sequence[Callable[[], Awaitable[None]]], every_s: float = 0.0
) -> None:
    """All of them, again when one ends early, until the time is over."""

    async def again(way: Callable[[], Awaitable[None]], after_s: float) -> None:
        await asyncio.sleep(after_s)
        while True:
            with contextlib.suppress(OSError, EOFError, ValueError):
                await way()
            await asyncio.sleep(0.5)

    asking = [asyncio.create_task(again(way, number * every_s)) for number, way in enumerate(ways)]
    await asyncio.sleep(target.lasts_s)
    for task in asking:
        task.cancel()


def _told(met: Counter[str]) -> str:
    return ", ".join(f"{count} × {status}" for status, count in sorted(met.items())) or "nothing"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tenant", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    given = parser.parse_args()
    os.nice(NICE)
    target = Target(given.port, given.tenant, json.load(sys.stdin), given.seconds)
    print(asyncio.run(_run(KINDS[given.kind], target)))


async def _run(kind: Callable[[Target], Awaitable[str]], target: Target) -> str:
    return await kind(target)


if __name__ == "__main__":
    main()

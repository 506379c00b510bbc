"""The one clock of both sides: from the command to the first 200 of every host."""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.adapters.http_get import get

POLL_S = 0.01
# For many at once: at POLL_S the questions alone would take a twentieth of a small machine's CPU.
FLEET_POLL_S = 0.05
ANSWER_S = 1.0  # longest wait for one answer
DEADLINE_S = 180.0
PATH = "/readyz"


class TooSlow(Exception):
    """The hosts did not become routable within the deadline, or the command failed."""


@dataclass(frozen=True)
class Growth:
    """Seconds from the start of the command (or from the save, when there is none)."""

    routable_s: float
    command_s: float | None


@dataclass(frozen=True)
class Command:
    """What makes the edit effective."""

    words: Sequence[str]
    env: Mapping[str, str]


async def grow(command: Command | None, hosts: Sequence[str], port: int) -> Growth:
    """Run the command and ask until all hosts answer 200. TooSlow."""
    began = time.monotonic()
    working = _run(command) if command else _nothing()
    try:
        async with asyncio.timeout(DEADLINE_S):
            ended, routable = await asyncio.gather(working, _all_answer(hosts, port))
    except TimeoutError:
        raise TooSlow(f"{len(hosts)} hosts were not routable in {DEADLINE_S:.0f} s") from None
    return Growth(routable - began, ended - began if ended else None)


async def gone(host: str, port: int) -> None:
    """Wait until the host answers 200 no more. TooSlow."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            while await _answers(host, port):  # noqa: ASYNC110  it is another process that changes it
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        raise TooSlow(f"{host} still answers after {DEADLINE_S:.0f} s") from None


async def _nothing() -> None:
    """What a save alone runs."""


async def _run(command: Command) -> float:
    """The moment at which it ended. TooSlow with what it said when it failed."""
    process = await asyncio.create_subprocess_exec(
        *command.words,
        env={**os.environ, **command.env},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    ended = time.monotonic()
    if process.returncode != 0:
        raise TooSlow(f"{' '.join(command.words)} failed: {said.decode()[-2000:]}")
    return ended


async def _all_answer(hosts: Sequence[str], port: int) -> float:
    """The moment of the last first 200. One question at a time, to each in turn: as many hosts as
    there may be, the load is the same, and the last one is asked at every poll."""
    pause = POLL_S if len(hosts) == 1 else FLEET_POLL_S
    waiting, asking = deque(hosts), set[asyncio.Task[None]]()
    moments: list[float] = []

    async def ask(host: str) -> None:
        if await _answers(host, port):
            moments.append(time.monotonic())
        else:
            waiting.append(host)

    while len(moments) < len(hosts):
        if waiting:
            task = asyncio.create_task(ask(waiting.popleft()))
            asking.add(task)
            task.add_done_callback(asking.discard)
        await asyncio.sleep(pause)
    return max(moments, default=time.monotonic())


async def _answers(host: str, port: int) -> bool:
    answer = await get("127.0.0.1", port, PATH, {"Host": host}, ANSWER_S)
    return answer is not None and answer.status == 200

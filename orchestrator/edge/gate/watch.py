"""Looking after hosts that requests are held for: one pair of eyes each, however many wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from orchestrator.edge.gate.bounds import Bounds
from orchestrator.edge.gate.probe import is_ready
from orchestrator.edge.gate.questions import Asked, Questions

# So many hosts are asked about at full pace; more of them share it, so that the controller's work
# is bounded: with 50 ms, 200 questions a second.
HOSTS_AT_FULL_PACE = 10
READY_S = 1.0  # how long a good probe counts, while the question about the host is asked again


class Watches:
    """The watches that run. Each ends by itself when nobody waits for it any more."""

    def __init__(self, questions: Questions, bounds: Bounds) -> None:
        self._questions = questions
        self._bounds = bounds
        self._running: dict[str, Watch] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def wait(self, host: str, *, wakes: bool) -> asyncio.Future[Asked]:
        """Done when requests for the host can go on, or can be told why not. Cancel it to leave.

        `wakes`: it is worth waking the tenant for. Others are told when it is asleep.
        """
        watch = self._running.get(host)
        if watch is None:
            watch = self._running[host] = Watch(host, self._questions, self._bounds, self._pace_s)
            task = asyncio.create_task(self._run(host, watch))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return watch.wait(wakes=wakes)

    async def _run(self, host: str, watch: Watch) -> None:
        try:
            await watch.run()
        finally:
            del self._running[host]  # in the same breath as its last look at who waits

    def _pace_s(self) -> float:
        return self._bounds.poll_s * max(1.0, len(self._running) / HOSTS_AT_FULL_PACE)


class Watch:
    """Asks about one host, wakes and probes, until all that wait were let go."""

    def __init__(
        self, host: str, questions: Questions, bounds: Bounds, pace_s: Callable[[], float]
    ) -> None:
        self._host = host
        self._questions = questions
        self._bounds = bounds
        self._pace_s = pace_s
        self._waiting: dict[asyncio.Future[Asked], bool] = {}
        self._ready = ("", 0.0)  # the address that was ready, and when

    def wait(self, *, wakes: bool) -> asyncio.Future[Asked]:
        waiting: asyncio.Future[Asked] = asyncio.get_running_loop().create_future()
        self._waiting[waiting] = wakes
        waiting.add_done_callback(lambda done: self._waiting.pop(done, None))
        return waiting

    async def run(self) -> None:
        while self._waiting:
            await self._look()
            await asyncio.sleep(self._pace_s())

    async def _look(self) -> None:
        asked = await self._questions.ask(self._host)
        if asked.answer.mode == "wake":
            self._let_go(asked, wakers=False)
            if not any(self._waiting.values()):
                return
            asked = await self._questions.wake(self._host)
        if await self._is_open(asked):
            self._let_go(asked, wakers=True)

    async def _is_open(self, asked: Asked) -> bool:
        answer = asked.answer
        if answer.mode == "explain":
            return True
        if answer.mode == "probe":
            return await self._is_ready(answer.address) and asked.fresh
        return answer.mode == "forward" and asked.fresh

    async def _is_ready(self, address: str | None) -> bool:
        if address is None:
            return False
        known, at = self._ready
        if known == address and time.monotonic() - at < READY_S:
            return True
        ready = await is_ready(address, self._bounds)
        if ready:
            self._ready = (address, time.monotonic())
        return ready

    def _let_go(self, asked: Asked, *, wakers: bool) -> None:
        for waiting, wakes in list(self._waiting.items()):
            if not waiting.done() and (wakers or not wakes):
                waiting.set_result(asked)

"""A fake language model in a thread of its own, beside tests that are not asynchronous."""

from __future__ import annotations

import asyncio
import threading

from tests.support.fake_llm import FakeLlm, Reply


class Endpoint:
    """`hung_up` is set when an asker leaves before the end."""

    def __init__(self, replies: list[Reply]) -> None:
        self.fake = FakeLlm(replies)
        self.hung_up = threading.Event()
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Endpoint:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with self.fake:
            self._ready.set()
            watch = asyncio.create_task(self._watch())
            await self._stop.wait()
            watch.cancel()

    async def _watch(self) -> None:
        await self.fake.gone.wait()
        self.hung_up.set()

"""uvicorn's server without its clock: it wakes up when something happens, and ends at once.

Told once to end, it answers what is under way, a bounded time. Told twice, it cuts that off: the
platform has waited for it already, and visitors wait for the end. Both close the database.

uvicorn looks ten times a second whether it is to end, and waits for tenths of a second at its end.
While an agent is replaced, visitors wait for that end; and many agents at rest are to cost nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from types import FrameType

import uvicorn

POLL_S = 0.01  # between two looks whether the last answer went out


class PromptServer(uvicorn.Server):
    """Serves until a signal; answers under way get `drain_s`. Who makes the answers dates them."""

    def __init__(self, config: uvicorn.Config, drain_s: float) -> None:
        config.date_header = False
        super().__init__(config)
        self._drain_s = drain_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = asyncio.Event()
        self._times_told = 0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """In a signal handler: anywhere in the middle of what this thread does."""
        super().handle_exit(sig, frame)
        self._times_told += 1
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self.on_tick(0)
        if not self.should_exit:  # a signal before this line told nobody
            await self._told.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._drain_s):
                while (state.connections or state.tasks) and not self._is_hurried:  # noqa: ASYNC110
                    await asyncio.sleep(POLL_S)
        for task in state.tasks:
            task.cancel()
        if not self.force_exit:
            await self.lifespan.shutdown()

    @property
    def _is_hurried(self) -> bool:
        return self.force_exit or self._times_told > 1

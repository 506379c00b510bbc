"""uvicorn's server, as the controller and the edge run it: as a part of a process, and quiet.

uvicorn itself takes the process's signals, and wakes up ten times a second to see whether it is to
end and what the date is. Six such servers at rest cost 1 % of a core.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import uvicorn


class QuietServer(uvicorn.Server):
    """Runs until `stop`. Its answers carry no date: Traefik adds one."""

    def __init__(self, config: uvicorn.Config) -> None:
        config.date_header = False
        super().__init__(config)
        self._told = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The signals belong to whoever runs the process."""
        yield

    def stop(self) -> None:
        """End in order: what is under way gets the time that the configuration says."""
        self.should_exit = True
        self._told.set()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self._told.wait()

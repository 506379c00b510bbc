"""The gate's connections: how many there may be, and how they end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import socket
from collections.abc import Callable, Sequence

from orchestrator.edge.gate.bounds import Bounds
from orchestrator.edge.gate.closing import last_in_line
from orchestrator.edge.gate.gate import Gate
from orchestrator.edge.gate.line import Line
from orchestrator.edge.page import plain

BACKLOG = 1024
ENDING_S = 2.0  # for the last answers to go out
FULL = plain(
    503, "text/plain; charset=utf-8", "Too many connections.\n", (b"retry-after", b"2")
).written()

log = logging.getLogger(__name__)


class GateServer:
    """Serves a gate on sockets until `stop`. The gate is made inside the running loop."""

    def __init__(self, make_gate: Callable[[], Gate], bounds: Bounds) -> None:
        self._make_gate = make_gate
        self._bounds = bounds
        self._stopping = asyncio.Event()
        self._visits: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        self._stopping.set()

    async def serve(self, sockets: Sequence[socket.socket]) -> None:
        """Until `stop`; then what is under way has `drain_s`, and who is held then is told to come
        again. Listens nowhere from the moment of `stop`, so that Traefik waits for the next one.
        """
        _allow_many_files()
        gate = self._make_gate()
        loop = asyncio.get_running_loop()

        def made(line: Line) -> None:
            visit = asyncio.create_task(self._visit(gate, line))
            self._visits.add(visit)
            visit.add_done_callback(self._visits.discard)

        servers = [
            await loop.create_server(lambda: Line(made), sock=one, backlog=BACKLOG)
            for one in sockets
        ]
        await self._stopping.wait()
        queued = [late for one in sockets for late in await last_in_line(one)]
        for server in servers:
            server.close()
        for late in queued:
            await loop.connect_accepted_socket(lambda: Line(made), late)
        await self._drain(self._bounds.drain_s)
        gate.close()
        await self._drain(ENDING_S)
        for visit in self._visits:
            visit.cancel()
        await self._drain(ENDING_S)
        await gate.end()

    async def _drain(self, timeout_s: float) -> None:
        if self._visits:
            await asyncio.wait(self._visits, timeout=timeout_s)

    async def _visit(self, gate: Gate, line: Line) -> None:
        try:
            if len(self._visits) > self._bounds.lines:
                await line.write(FULL)
            else:
                await gate.serve(line)
            await self._finish(line)
        except ConnectionError:
            line.abort()
        except asyncio.CancelledError:
            line.abort()  # an end in order would make half an answer look whole
            raise
        except Exception:
            log.exception("a request met an error of the gate's own")
            line.abort()
        finally:
            line.close()

    async def _finish(self, line: Line) -> None:
        """What is written goes out, and what still comes is thrown away: closing with bytes
        unread would reset the connection, and the answer could be lost with it."""
        line.end()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._bounds.linger_s):
                while await line.read():
                    pass


def _allow_many_files() -> None:
    """Each request held or passed on is two; the usual soft limit is 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

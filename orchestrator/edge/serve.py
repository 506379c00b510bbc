"""Servers in one process, stopped together: what is under way gets a bounded time to end."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import uvicorn

from orchestrator.errors import OrchestratorError

DRAIN_S = 10  # what is under way when the process is told to end
HEADER_BYTES = 64 * 1024  # cookies of a few other sites on the same domain still fit
LOOPBACK = "127.0.0.1"


class Server(Protocol):
    """What is served: until `stop`, and then for as long as it takes to end in order, bounded."""

    async def serve(self, sockets: list[socket.socket]) -> None: ...
    def stop(self) -> None: ...


@dataclass(frozen=True)
class Site:
    """One server on one port of loopback."""

    name: str
    server: Server
    port: int


async def serve(sites: Sequence[Site], others: Sequence[Server] = ()) -> None:
    """Serve until SIGTERM or SIGINT; `others` bring their own sockets. OrchestratorError when a
    port is taken."""
    sockets = [[_listen(site)] for site in sites] + [[] for _ in others]
    servers: list[Server] = [*(site.server for site in sites), *others]
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, servers)
    work = [server.serve(its) for server, its in zip(servers, sockets, strict=True)]
    try:
        await asyncio.gather(*work)
    finally:
        _stop(servers)


def _stop(servers: Sequence[Server]) -> None:
    for server in servers:
        server.stop()


def _listen(site: Site) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, site.port))
    except OSError as error:
        listener.close()
        reason = (error.strerror or str(error)).lower()
        raise OrchestratorError(
            f"The {site.name} cannot listen on {LOOPBACK}:{site.port}: {reason}.",
            mend=f"End what listens there (ss -ltnp), or set another {site.name.upper()}_PORT.",
        ) from error
    return listener


def config(app: Any, http: Any = "h11") -> uvicorn.Config:  # noqa: ANN401 - as uvicorn has it
    """What all servers of the edge have in common."""
    return uvicorn.Config(
        app,
        http=http,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN_S,
        h11_max_incomplete_event_size=HEADER_BYTES,
    )

"""One listening socket per tenant's gateway address, opened and closed as tenants come and go.

Bound to that one address each, so that nothing is opened to any other interface; and with
IP_FREEBIND, because an address comes and goes with its bridge.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Collection
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from orchestrator.edge.serve import config
from orchestrator.quiet_server import QuietServer

IP_FREEBIND = 15  # ip(7); Python's socket module does not name it before 3.14
BACKLOG = 32
CONNECTIONS_MAX = 32  # of one address: a container must not use up this process's files

log = logging.getLogger(__name__)


class _OneOfFew(H11Protocol):
    """A connection that is dropped when its address has too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        if sum(_source(one) == _source(self) for one in self.connections) > CONNECTIONS_MAX:
            self.transport.abort()


def _source(connection: object) -> str:
    """The address at the other end."""
    known = isinstance(connection, H11Protocol) and connection.client
    return known[0] if known else ""


class Listeners(QuietServer):
    """A server of one application on `port` of many addresses. Serve it with no sockets."""

    def __init__(self, app: Any, port: int) -> None:  # noqa: ANN401 - as uvicorn has it
        super().__init__(config(app, http=_OneOfFew))
        self._port = port
        self._open: dict[str, asyncio.Server] = {}
        self._failed: set[str] = set()
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def follow(self, addresses: Collection[str]) -> None:
        """Listen on these and on no others. One that cannot be had is tried again next time."""
        await self.ready.wait()
        for address in sorted(set(self._open) - set(addresses)):
            server = self._open.pop(address)
            self.servers.remove(server)
            server.close()
        for address in sorted(set(addresses) - set(self._open)):
            await self._listen(address)
        self._failed &= set(addresses)

    async def _listen(self, address: str) -> None:
        try:
            listener = _bound(address, self._port)
        except OSError as error:
            if address not in self._failed:
                reason = (error.strerror or str(error)).lower()
                log.warning("no LLM gateway at %s:%s: %s", address, self._port, reason)
            self._failed.add(address)
            return
        self._failed.discard(address)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._connection, sock=listener, backlog=BACKLOG)
        self._open[address] = server
        self.servers.append(server)

    def _connection(self) -> asyncio.Protocol:
        return _OneOfFew(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


def _bound(address: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_IP, IP_FREEBIND, 1)
        listener.bind((address, port))
    except OSError:
        listener.close()
        raise
    return listener

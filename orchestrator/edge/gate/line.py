"""One TCP connection, read only as fast as somebody takes from it: 32 KiB wait, and no more."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

BUFFER_BYTES = 32 * 1024
# A peer whose machine or network is gone says nothing: found out after 30 + 3 × 10 s.
# TCP_CLOSE and TCP_CLOSE_WAIT (include/net/tcp_states.h): the first byte of TCP_INFO.
CLOSED_STATES = (7, 8)
KEEPALIVE = {socket.TCP_KEEPIDLE: 30, socket.TCP_KEEPINTVL: 10, socket.TCP_KEEPCNT: 3}


class Line(asyncio.BufferedProtocol):
    """What asyncio's streams are, with an exact bound, and with `gone` to wait for.

    One reader and one writer at a time. `gone` is done when the peer closed its side or the
    connection broke, as soon as that can be seen: not while a full buffer waits to be taken.
    """

    def __init__(self, made: Callable[[Line], None] | None = None) -> None:
        self._made = made
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._start = self._end = 0
        self._paused = False
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._transport: asyncio.Transport | None = None
        self.gone: asyncio.Future[None] = self._loop.create_future()
        self.broken = False  # reset, rather than closed in order
        self.spoken = False  # something came

    # -- for whoever uses it ----------------------------------------------------------------

    async def read(self, most: int = BUFFER_BYTES) -> bytes:
        """What is there, once something is; empty at the end."""
        await self._something()
        return self._take(min(most, self._end - self._start))

    async def read_block(self, end: bytes, most: int) -> bytes | None:
        """Everything up to and with `end`, and nothing behind it.

        Empty when the peer ended before; None when it is longer than `most` bytes.
        """
        block = bytearray()
        while len(block) <= most:
            if not await self._something():
                return b""
            come = bytes(memoryview(self._buffer)[self._start : self._end])
            found = (block + come).find(end, max(0, len(block) - len(end)))
            if found >= 0:
                whole = found + len(end)
                return bytes(block) + self._take(whole - len(block)) if whole <= most else None
            block += self._take(len(come))
        return None

    async def write(self, data: bytes) -> None:
        """Returns when there is room for more. ConnectionError when the line is broken."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the connection is closed")
        self._transport.write(data)
        await self._writable.wait()
        if self._transport.is_closing():
            raise ConnectionResetError("the connection was reset")

    def has_left(self) -> bool:
        """The peer has closed, even if that cannot be read yet because of what it sent before."""
        if self.gone.done() or self._transport is None:
            return self.gone.done()
        sock = self._transport.get_extra_info("socket")
        state: int = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
        return state in CLOSED_STATES

    def end(self) -> None:
        """Nothing more will be written; what was written still goes out."""
        if self._transport is not None and not self._transport.is_closing():
            with contextlib.suppress(OSError):
                self._transport.write_eof()

    def close(self) -> None:
        """After what was written went out."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """At once, so that the peer does not take it for an end in order."""
        if self._transport is not None:
            _reset_on_close(self._transport)
            self._transport.abort()

    # -- for asyncio ------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=BUFFER_BYTES)
        _keep_alive(transport)
        if self._made is not None:
            self._made(self)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio passes a guess
        if not self._buffer:
            self._buffer = bytearray(BUFFER_BYTES)
        return memoryview(self._buffer)[self._end :]

    def buffer_updated(self, nbytes: int) -> None:
        self.spoken = True
        self._end += nbytes
        if self._end == BUFFER_BYTES and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()
        self._readable.set()

    def eof_received(self) -> bool:
        self._leave()
        return True  # our own side stays open: there may be something to say

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.broken = self.broken or exc is not None
        self._leave()
        self._writable.set()

    async def _something(self) -> bool:
        """There is something to take; False at the end."""
        while self._start == self._end:
            if self.gone.done():
                return False
            self._readable.clear()
            await self._readable.wait()
        return True

    def _take(self, count: int) -> bytes:
        taken = bytes(memoryview(self._buffer)[self._start : self._start + count])
        self._start += count
        if self._start == self._end:
            self._start = self._end = 0
            self._resume()
        return taken

    def _leave(self) -> None:
        if not self.gone.done():
            self.gone.set_result(None)
        self._readable.set()

    def _resume(self) -> None:
        if self._paused and self._transport is not None and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()


async def dial(address: str, timeout_s: float) -> Line:
    """A line to `10.200.0.2:8000`. OSError (TimeoutError is one) when there is none in time."""
    host, _, port = address.rpartition(":")
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(timeout_s):
        _, line = await loop.create_connection(Line, host.strip("[]"), int(port))
    return line


def _keep_alive(transport: asyncio.Transport) -> None:
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEPALIVE.items():
            sock.setsockopt(socket.IPPROTO_TCP, option, value)


def _reset_on_close(transport: asyncio.Transport) -> None:
    sock = transport.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

"""Ends listening without a reset: who was let in is served, and who comes later may try again.

Closing a listening socket resets the connections that wait in its queue, and Traefik has written
its requests to these already, so that it must not send them again. A filter on the socket lets no
new connection begin (socket(7), SO_ATTACH_FILTER; Linux), so that the queue can be emptied first.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import socket
import struct

SO_ATTACH_FILTER = 26  # include/uapi/asm-generic/socket.h; Python has no name for it
SETTLED_S = 0.02  # handshakes that had begun, all of them on this machine, are over
TCP_FLAGS, SYN = 13, 0x02  # offset in the TCP header (RFC 9293, 3.1), and the flag that begins
# Classic BPF as (code, jump if true, jump if false, value): drop what has SYN, take all else.
NO_SYN = (
    (0x30, 0, 0, TCP_FLAGS),  # load the byte
    (0x54, 0, 0, SYN),  # and
    (0x15, 1, 0, 0),  # skip one if it is zero
    (0x06, 0, 0, 0),  # drop
    (0x06, 0, 0, 0xFFFFFFFF),  # take
)


async def last_in_line(listener: socket.socket) -> list[socket.socket]:
    """Lets nobody in any more, and gives those who were let in and not served yet."""
    with contextlib.suppress(OSError):  # without the filter a few may be reset, no more
        _attach(listener)
        await asyncio.sleep(SETTLED_S)
    queued = []
    with contextlib.suppress(BlockingIOError):
        while True:
            queued.append(listener.accept()[0])
    return queued


def _attach(listener: socket.socket) -> None:
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in NO_SYN))
    listener.setsockopt(
        socket.SOL_SOCKET,
        SO_ATTACH_FILTER,
        struct.pack("@HP", len(NO_SYN), ctypes.addressof(program)),
    )

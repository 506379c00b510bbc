"""How the web process and a worker talk: JSON with its length in four bytes before it.

A request is `{"do": command, "with": {…}}`. A reply is `{"ok": value}` or
`{"error": {"type": name of a DataAgentError, "message": sentence}}`.
"""

from __future__ import annotations

import json
import struct
from typing import BinaryIO

HEADER = struct.Struct(">I")
MAX_FRAME_BYTES = 64 * 1024 * 1024


def pack(message: object) -> bytes:
    """One message as bytes. ValueError when it is above MAX_FRAME_BYTES."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) > MAX_FRAME_BYTES:
        raise ValueError(f"a message of {len(body)} bytes is above {MAX_FRAME_BYTES}")
    return HEADER.pack(len(body)) + body


def body_length(header: bytes) -> int:
    """Length of the body that follows these four bytes. ValueError when it cannot be right."""
    (length,) = HEADER.unpack(header)
    if length > MAX_FRAME_BYTES:
        raise ValueError(f"a message of {length} bytes is above {MAX_FRAME_BYTES}")
    return int(length)


def read_message(stream: BinaryIO) -> object | None:
    """The next message of a blocking stream; None at its end, also when it ends in mid-message."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    length = body_length(header)
    body = stream.read(length)
    if len(body) < length:
        return None
    return json.loads(body)  # type: ignore[no-any-return]


def write_message(stream: BinaryIO, message: object) -> None:
    stream.write(pack(message))
    stream.flush()

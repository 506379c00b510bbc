"""How far a body reaches, whatever pieces it comes in. Pure.

Whoever knows where a body ends need not ask its sender to close: a server that closes while
something that it did not read still comes resets the connection, and its answer is lost.
"""

from __future__ import annotations

import re

from orchestrator.errors import OrchestratorError

MOST = 1 << 62
LINE_BYTES = 16 * 1024  # of a chunk's head, and of all trailers together
_BROKEN = "the body breaks the rules of the chunked coding"
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n")


class NoBody(OrchestratorError):
    """What comes breaks the rules of its coding."""


class Length:
    """So many bytes; None: until the sender closes."""

    def __init__(self, count: int | None) -> None:
        self._left = MOST if count is None else count

    @property
    def done(self) -> bool:
        return self._left == 0

    def take(self, data: bytes) -> int:
        """How many of these bytes, which come next, belong to it."""
        used = min(len(data), self._left)
        self._left -= used
        return used


class Chunked:
    """Of the chunked coding (RFC 9112 7.1), read strictly."""

    def __init__(self) -> None:
        self.done = False
        self._line = bytearray()  # a line that has not ended
        self._left = 0  # of the chunk's bytes and the line's end behind them
        self._trailers = False
        self._trailing = 0

    def take(self, data: bytes) -> int:
        """How many of these bytes, which come next, belong to it. NoBody."""
        at = 0
        while at < len(data) and not self.done:
            at += self._in_chunk(data, at) if self._left else self._in_line(data, at)
        return at

    def _in_chunk(self, data: bytes, at: int) -> int:
        used = min(self._left, len(data) - at)
        for offset, wanted in ((2, b"\r"), (1, b"\n")):
            place = self._left - offset
            if 0 <= place < used and data[at + place : at + place + 1] != wanted:
                raise NoBody(_BROKEN)
        self._left -= used
        return used

    def _in_line(self, data: bytes, at: int) -> int:
        end = data.find(b"\n", at)
        used = (end + 1 if end >= 0 else len(data)) - at
        self._line += data[at : at + used]
        if len(self._line) > LINE_BYTES:
            raise NoBody(_BROKEN)
        if end >= 0:
            self._end_line(bytes(self._line))
            self._line.clear()
        return used

    def _end_line(self, line: bytes) -> None:
        if self._trailers:
            self._end_trailer(line)
            return
        size = _SIZE.fullmatch(line)
        if not size:
            raise NoBody(_BROKEN)
        count = int(size[1], 16)
        self._trailers = count == 0
        self._left = count + 2 if count else 0

    def _end_trailer(self, line: bytes) -> None:
        self._trailing += len(line)
        if not line.endswith(b"\r\n") or self._trailing > LINE_BYTES:
            raise NoBody(_BROKEN)
        self.done = line == b"\r\n"


Extent = Length | Chunked


def extent(length: int | None, *, chunked: bool) -> Extent:
    """Of a body of so many bytes; of one that says itself where it ends; or neither."""
    return Chunked() if chunked else Length(length)

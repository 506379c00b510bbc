"""One HTTP request over a unix socket, and its answer.

The standard library's client imports the whole email package: 17 ms of CPU, a fifth of a verb.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LINE_LIMIT = 65_536  # bytes of a line of the head
HEADERS_LIMIT = 100


class BadAnswer(Exception):
    """What came is no HTTP, or it was cut off."""


class Answer:
    """An answer whose head was read; its body comes by `read` or `readline`."""

    def __init__(self, connection: socket.socket, source: io.BufferedReader) -> None:
        self._connection = connection
        self.status, headers = _head(source)
        self._body = io.BufferedReader(_Body(source, headers))

    def read(self) -> bytes:
        """All of the body. BadAnswer, OSError."""
        return self._body.read()

    def readline(self) -> bytes:
        """The next line with its end; empty at the end of the body. BadAnswer, OSError."""
        return self._body.readline()

    def wait_for(self, seconds: float) -> None:
        """How long the next reads may wait."""
        self._connection.settimeout(seconds)


@contextmanager
def asked(
    path: Path, verb: str, target: str, body: bytes | None, timeout_s: float
) -> Iterator[Answer]:
    """The answer, while the connection is open. `body` is JSON. BadAnswer, OSError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        connection.connect(str(path))
        connection.sendall(_request(verb, target, body))
        with connection.makefile("rb") as source:
            yield Answer(connection, source)


def _request(verb: str, target: str, body: bytes | None) -> bytes:
    lines = [
        f"{verb} {target} HTTP/1.1",
        "Host: controller",
        "Accept: application/json",
        "Content-Type: application/json",
        f"Content-Length: {len(body or b'')}",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + (body or b"")


def _head(source: io.BufferedReader) -> tuple[int, dict[str, str]]:
    version, _, rest = _line(source).partition(" ")
    status, headers = rest[:3], dict[str, str]()
    if not version.startswith("HTTP/1.") or not status.isdecimal():
        raise BadAnswer("this is no HTTP")
    while line := _line(source):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
        if len(headers) > HEADERS_LIMIT:
            raise BadAnswer("too many headers")
    return int(status), headers


def _line(source: io.BufferedReader) -> str:
    line = source.readline(LINE_LIMIT)
    if not line.endswith(b"\n"):
        raise BadAnswer("the answer was cut off" if len(line) < LINE_LIMIT else "too long a line")
    return line.decode("latin-1").rstrip("\r\n")


class _Body(io.RawIOBase):
    """The body without its framing, which tells its end from a connection that was cut off."""

    def __init__(self, source: io.BufferedReader, headers: dict[str, str]) -> None:
        self._source = source
        self._chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        self._left = 0 if self._chunked else _length(headers.get("content-length", ""))
        self._first = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._left and self._chunked:
            self._next_chunk()
        if not self._left:
            return 0
        piece = self._source.read1(min(len(buffer), self._left))
        if not piece:
            raise BadAnswer("the answer was cut off")
        self._left -= len(piece)
        buffer[: len(piece)] = piece
        return len(piece)

    def _next_chunk(self) -> None:
        if not self._first:
            _line(self._source)  # the empty one that ends each chunk
        self._first = False
        self._left = _length(_line(self._source).partition(";")[0], base=16)
        if not self._left:
            self._chunked = False


def _length(text: str, base: int = 10) -> int:
    try:
        number = int(text, base)
    except ValueError:
        number = -1
    if number < 0:
        raise BadAnswer("an answer without a length")
    return number

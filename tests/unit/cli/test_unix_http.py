"""The small HTTP client against bytes as they may come: whole, in pieces, cut off, nonsense."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from orchestrator.client.unix_http import BadAnswer, asked

WITHIN_S = 5.0
Serve = Callable[..., Path]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """A socket that answers one connection with these pieces, then closes; `asked_with` is what
    was asked."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.settimeout(WITHIN_S)
    listener.bind(str(tmp_path / "s"))
    listener.listen(1)
    threads = []

    def answer(*pieces: bytes, got: list[bytes] | None = None) -> Path:
        def work() -> None:
            connection, _ = listener.accept()
            with connection, suppress(BrokenPipeError):  # it leaves when it has what it needs
                connection.settimeout(WITHIN_S)
                question = connection.recv(65_536)
                if got is not None:
                    got.append(question)
                for piece in pieces:
                    connection.sendall(piece)

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        return tmp_path / "s"

    yield answer
    for thread in threads:
        thread.join(WITHIN_S)
    listener.close()


def test_what_is_asked(serve: Serve) -> None:
    got: list[bytes] = []
    path = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", got=got)
    with asked(path, "POST", "/v1/apply", b'{"wait": true}', WITHIN_S) as answer:
        assert (answer.status, answer.read()) == (200, b"")
    head, _, body = got[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/apply HTTP/1.1\r\nHost: controller\r\n")
    assert b"\r\nContent-Length: 14\r\n" in head
    assert body == b'{"wait": true}'


@pytest.mark.parametrize("at", range(1, 120, 7))
def test_lines_of_chunks_however_they_are_cut(serve: Serve, at: int) -> None:
    whole = (
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        b"5\r\none\nt\r\n3;x=y\r\nwo\n\r\n5\r\nthree\r\n0\r\n\r\n"
    )
    path = serve(whole[:at], whole[at:])
    with asked(path, "GET", "/", None, WITHIN_S) as answer:
        assert [answer.readline() for _ in range(4)] == [b"one\n", b"two\n", b"three", b""]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nno length",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 " + b"x" * 70_000,
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"h%d: x\r\n" % n for n in range(200)) + b"\r\n",
    ],
)
def test_what_is_cut_off_or_no_http_is_no_answer(serve: Serve, sent: bytes) -> None:
    with pytest.raises(BadAnswer), asked(serve(sent), "GET", "/", None, WITHIN_S) as answer:
        answer.read()

"""An engine that is away, slow, cut off or talking nonsense: the outcome is unknown, never "empty".

A real unix socket with a server that misbehaves stands for the engine.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestrator.adapters.docker_engine import DockerEngine
from orchestrator.errors import EngineUnavailable
from tests.unit.adapters.tenant_specs import tenant_spec

Act = Callable[[DockerEngine], object]
ACTS: dict[str, Act] = {
    "snapshot": lambda engine: engine.snapshot(),
    "image_id": lambda engine: engine.image_id("x:y"),
    "create_network": lambda engine: engine.create_network(tenant_spec()),
    "remove_network": lambda engine: engine.remove_network("n"),
    "create_container": lambda engine: engine.create_container(tenant_spec()),
    "start_container": lambda engine: engine.start_container("tenant-a"),
    "stop_container": lambda engine: engine.stop_container("c", 0),
    "remove_container": lambda engine: engine.remove_container("c"),
    "is_running": lambda engine: engine.is_running("tenant-a"),
    "logs": lambda engine: engine.logs("tenant-a", 10),
    "follow_logs": lambda engine: list(engine.follow_logs("tenant-a", 10)),
    "memory_bytes": lambda engine: engine.memory_bytes("c"),
    "events": lambda engine: next(engine.events()),
    "version": lambda engine: engine.version(),
}
ANSWERS = {
    "closes at once": b"",
    "no HTTP": b"SSH-2.0-OpenSSH\r\n\r\n",
    "cut off in the head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "cut off in the body": b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[{"Id": "',
    "cut off between chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[{\r\n",
    "no JSON": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "JSON of another shape": b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n["a", 12]',
    "going down": b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "engine.sock"


@pytest.fixture
def engine(path: Path) -> Iterator[DockerEngine]:
    made = DockerEngine(str(path), "mine", timeout_s=1, log=logging.getLogger("test"))
    yield made
    made.close()


@pytest.mark.parametrize("act", ACTS)
def test_without_an_engine(engine: DockerEngine, act: str) -> None:
    with pytest.raises(EngineUnavailable):
        ACTS[act](engine)


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("act", ACTS)
def test_with_a_broken_engine(engine: DockerEngine, path: Path, act: str, answer: str) -> None:
    with _answering(path, ANSWERS[answer]), pytest.raises(EngineUnavailable):
        ACTS[act](engine)


def test_an_engine_that_hangs_is_given_up(engine: DockerEngine, path: Path) -> None:
    with _answering(path, None), pytest.raises(EngineUnavailable):
        engine.snapshot()


@pytest.mark.parametrize("status", [b"400 Bad Request", b"404 Not Found", b"500 Server Error"])
def test_a_look_that_is_refused_is_no_empty_world(
    engine: DockerEngine, path: Path, status: bytes
) -> None:
    answer = b"HTTP/1.1 " + status + b'\r\nContent-Length: 17\r\n\r\n{"message":"why"}'
    with _answering(path, answer), pytest.raises(EngineUnavailable, match="why"):
        engine.snapshot()


def test_events_that_end_are_an_error_and_closed_ones_are_not(
    engine: DockerEngine, path: Path
) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with _answering(path, head + b"0\r\n\r\n"), pytest.raises(EngineUnavailable):
        next(engine.events())
    with _answering(path, head, hold=True):
        stream = engine.events()
        stream.close()
        assert list(stream) == []


class _answering:  # noqa: N801
    """A server on a unix socket that gives each request the same bytes, then hangs up or holds."""

    def __init__(self, path: Path, answer: bytes | None, *, hold: bool = False) -> None:
        self._path, self._answer, self._hold = path, answer, hold or answer is None
        self._open: list[socket.socket] = []

    def __enter__(self) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for sock in (self._listener, *self._open):
            sock.close()
        self._path.unlink()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.recv(65_536)
            client.sendall(self._answer or b"")
            if self._hold:
                self._open.append(client)
            else:
                client.close()

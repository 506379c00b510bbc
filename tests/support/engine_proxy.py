"""The engine's socket as seen through a proxy that can be told to fail."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Literal, Self

ENGINE = "/var/run/docker.sock"
BROKEN = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"

Mode = Literal["pass", "drop", "500", "hang"]


class EngineProxy:
    """Hands bytes on to the engine (`pass`), cuts every connection (`drop`), answers 500, or
    takes questions and never answers (`hang`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mode: Mode = "pass"
        self._open: set[socket.socket] = set()
        self._server = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> Self:
        self._server.bind(str(self.path))
        self._server.listen(128)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self.become("drop")

    def become(self, mode: Mode) -> None:
        """From now on; connections of before are cut."""
        self._mode = mode
        for one in list(self._open):
            self._end(one)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._open.add(client)
        with suppress(OSError):
            if self._mode == "pass":
                self._join(client)
            elif self._mode == "500":
                client.recv(65536)
                client.sendall(BROKEN)
            elif self._mode == "hang":
                while client.recv(65536):
                    pass
        self._end(client)

    def _join(self, client: socket.socket) -> None:
        with socket.socket(socket.AF_UNIX) as engine:
            engine.connect(ENGINE)
            self._open.add(engine)
            back = threading.Thread(target=self._pump, args=(engine, client), daemon=True)
            back.start()
            self._pump(client, engine)
            back.join(5)
            self._open.discard(engine)

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        self._end(target)

    def _end(self, one: socket.socket) -> None:
        self._open.discard(one)
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        if one.family == socket.AF_UNIX and self._mode != "pass":
            with suppress(OSError):
                one.close()

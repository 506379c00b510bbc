"""The engine's socket as seen through a proxy that can be told to fail."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

ENGINE = "/var/run/docker.sock"
BROKEN = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
CHANGES = re.compile(rb"^(POST|DELETE) ")
EVENTS = re.compile(rb"^GET \S*/events")
SLOW_S = 0.15  # per piece of an answer
BURST = 50  # events at once

Mode = Literal["pass", "drop", "500", "hang", "slow", "cut", "lie"]


@dataclass(eq=False)
class Talk:
    """One connection of the controller's, and the engine's end of it."""

    client: socket.socket
    engine: socket.socket
    lied_to: bool = False
    follows_events: bool = False
    writing: threading.Lock = field(default_factory=threading.Lock)


class EngineProxy:
    """Hands bytes on to the engine (`pass`), cuts every connection (`drop`), answers 500, or
    takes questions and never answers (`hang`). `slow` takes its time for every piece of an answer,
    `cut` ends each in its middle, and `lie` does what it is asked to change, and then says 500."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mode: Mode = "pass"
        self._trap: re.Pattern[bytes] | None = None
        self._open: set[socket.socket] = set()
        self._talks: set[Talk] = set()
        self._server = socket.socket(socket.AF_UNIX)
        self.trapped = threading.Event()

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
        self._mode, self._trap = mode, None
        for one in list(self._open):
            self._end(one)

    def die_at(self, request: str) -> None:
        """Hand on the next request whose first line matches, and drop everything from then on, as
        an engine does that dies in the midst of it. `trapped` is set then."""
        self.trapped.clear()
        self._trap = re.compile(request.encode())

    def flood(self, event: object, count: int, per_second: int) -> None:
        """Tell whoever follows events so many of these, beside what really happens."""
        line = json.dumps(event).encode() + b"\n"
        chunk = (b"%x\r\n" % len(line) + line + b"\r\n") * BURST
        for _ in range(count // BURST):
            for talk in [one for one in list(self._talks) if one.follows_events]:
                with suppress(OSError), talk.writing:
                    talk.client.sendall(chunk)
            time.sleep(BURST / per_second)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        self._open.add(client)
        with suppress(OSError):
            if self._mode == "500":
                client.recv(65536)
                client.sendall(BROKEN)
            elif self._mode == "hang":
                while client.recv(65536):
                    pass
            elif self._mode != "drop":
                self._join(client)
        self._end(client)

    def _join(self, client: socket.socket) -> None:
        with socket.socket(socket.AF_UNIX) as engine:
            engine.connect(ENGINE)
            self._open.add(engine)
            talk = Talk(client, engine)
            self._talks.add(talk)
            back = threading.Thread(target=self._answer, args=(talk,), daemon=True)
            back.start()
            self._question(talk)
            back.join(5)
            self._talks.discard(talk)
            self._open.discard(engine)

    def _question(self, talk: Talk) -> None:
        """A request begins with a piece of its own, since the next waits for the answer."""
        with suppress(OSError):
            while data := talk.client.recv(65536):
                talk.lied_to |= self._mode == "lie" and bool(CHANGES.match(data))
                trapped = self._trap is not None and bool(self._trap.match(data))
                talk.engine.sendall(data)
                if trapped:
                    self.become("drop")
                    self.trapped.set()
                    break
                talk.follows_events = bool(EVENTS.match(data))
        self._end(talk.engine)

    def _answer(self, talk: Talk) -> None:
        with suppress(OSError):
            while data := talk.engine.recv(65536):
                with talk.writing:
                    if not self._hand_on(talk, data):
                        break
        self._end(talk.client)

    def _hand_on(self, talk: Talk, data: bytes) -> bool:
        """Whether there may be more of this answer."""
        if talk.lied_to:
            talk.client.sendall(BROKEN)
            return False
        if self._mode == "cut":
            talk.client.sendall(data[: len(data) // 2])
            return False
        if self._mode == "slow":
            time.sleep(SLOW_S)
        talk.client.sendall(data)
        return True

    def _end(self, one: socket.socket) -> None:
        self._open.discard(one)
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)

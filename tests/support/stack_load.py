"""Many clients at once, that read and write all the time, and count every answer that is none."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

from tests.support.stack import Stack

# Whoever carries a token of the agent is no scanner, whatever path he asks for.
KNOWN = {"Authorization": "Bearer da_" + 43 * "x"}  # in the shape of the agent's own tokens
PATIENCE_S = 40  # more than the gate holds anybody


@dataclass
class Load:
    """What the clients met. `kept` are the words whose writing was acknowledged."""

    met: Counter[int | str] = field(default_factory=Counter)
    kept: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def failures(self) -> dict[int | str, int]:
        return {how: count for how, count in self.met.items() if how != 200}

    def note(self, how: int | str, word: str = "") -> None:
        with self.lock:
            self.met[how] += 1
            if word and how == 200:
                self.kept.add(word)


@contextmanager
def load(port: int, host: str, clients: int = 16) -> Iterator[Load]:
    """Half of the requests write a word of their own (`/keep` of the stand-in), half read."""
    found, stop = Load(), threading.Event()

    def visit(client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        turn = 0
        while not stop.is_set():
            turn += 1
            word = f"w{client}-{turn}" if turn % 2 else ""
            try:
                found.note(_ask(connection, host, word), word)
            except (OSError, http.client.HTTPException) as error:
                found.note(type(error).__name__)
                connection.close()
        connection.close()

    threads = [threading.Thread(target=visit, args=(n,), daemon=True) for n in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE_S + 5)


def _ask(connection: http.client.HTTPConnection, host: str, word: str) -> int:
    if word:
        connection.request("POST", "/keep", word.encode(), KNOWN | {"Host": host})
    else:
        connection.request("GET", "/", headers={"Host": host})
    answer = connection.getresponse()
    answer.read()
    return answer.status


class Stream:
    """An answer of which the first line has come."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self._answer = answer

    def rest(self) -> str:
        """What still comes, however it ends."""
        come = b""
        with suppress(OSError, http.client.HTTPException):
            while more := self._answer.read1():
                come += more
        return come.decode()


@contextmanager
def streaming(stack: Stack, host: str, seconds: int) -> Iterator[Stream]:
    """A request that is answered for so long (`/stream` of the stand-in)."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.http_port, timeout=PATIENCE_S)
    with closing(connection):
        connection.request("GET", f"/stream/{seconds}", headers=KNOWN | {"Host": host})
        answer = connection.getresponse()
        assert answer.readline() == b"on\n"
        yield Stream(answer)

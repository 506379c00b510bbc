"""Visitors of a test stack: single requests, and a stream of them that counts what went wrong."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

VISIT_EVERY_S = 0.02


@dataclass(frozen=True)
class Answer:
    """A whole HTTP answer; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str

    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    port: int,
    host: str,
    path: str = "/",
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    timeout: float = 20,
) -> Answer:
    """One request over a connection of its own to loopback; `host` is the Host header."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, headers={"Host": host, **(headers or {})})
        found = connection.getresponse()
        lower = {name.lower(): value for name, value in found.getheaders()}
        return Answer(found.status, lower, found.read().decode())
    finally:
        connection.close()


@dataclass
class Visits:
    """What the visitors of some hosts met: how many answers of which status, by host."""

    met: dict[str, Counter[int | str]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(sum(one.values()) for one in self.met.values())

    @property
    def failures(self) -> dict[str, dict[int | str, int]]:
        """All that was no 200."""
        bad = {host: {k: n for k, n in met.items() if k != 200} for host, met in self.met.items()}
        return {host: found for host, found in bad.items() if found}


@contextmanager
def visitors(port: int, hosts: Sequence[str], path: str = "/") -> Iterator[Visits]:
    """Somebody asks each host all the time, one request after another, while the block runs."""
    visits, stop = Visits({host: Counter() for host in hosts}), threading.Event()

    def visit(host: str) -> None:
        while not stop.wait(VISIT_EVERY_S):
            try:
                visits.met[host][ask(port, host, path).status] += 1
            except (OSError, http.client.HTTPException) as error:
                visits.met[host][type(error).__name__] += 1

    threads = [threading.Thread(target=visit, args=(host,), daemon=True) for host in hosts]
    for thread in threads:
        thread.start()
    try:
        time.sleep(5 * VISIT_EVERY_S)  # some before the change, so that a bad start shows
        yield visits
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)

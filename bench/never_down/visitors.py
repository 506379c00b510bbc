"""People who work with every customer's agent while it is replaced, and count what goes wrong."""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from bench.numbers import Spread
from orchestrator.demo.agent_api import AgentApi
from orchestrator.errors import OrchestratorError

CSV = b"day,city,amount\n" + b"".join(
    b"2026-01-%02d,Cologne,%d\n" % (n % 28 + 1, n) for n in range(2000)
)
SMALL_CSV = CSV[: CSV.index(b"\n", 4000) + 1]
READY_WITHIN_S = 90.0
SAID = 300  # characters of an answer that was no success
PAUSE_S = 0.02  # between two requests of a visitor: people, not a flood


class Place(Protocol):
    """Where the agents are."""

    port: int

    def host(self, tenant: str) -> str: ...
    def password(self, tenant: str) -> str: ...


class Visitor(AgentApi):
    """Asks once, and takes no for an answer."""

    def ask_once(self, verb: str, path: str, body: bytes | None, kind: str) -> int | str:
        """The status, or the name of what went wrong."""
        how, _ = self.answer_once(verb, path, body, kind)
        return how

    def answer_once(
        self, verb: str, path: str, body: bytes | None, kind: str
    ) -> tuple[int | str, str]:
        """That, and the beginning of what was said."""
        try:
            status, answer = self._once(verb, path, body, kind)
        except OrchestratorError as error:
            return type(error.__cause__ or error).__name__, str(error)
        return status, answer[:SAID].decode(errors="replace")


@dataclass
class Met:
    """What the visitors met. Seconds of every answer that was a success."""

    answers: Counter[int | str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    said: dict[str, str] = field(default_factory=dict)  # one answer of each kind of failure
    longest_s: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def total(self) -> int:
        return sum(self.answers.values())

    @property
    def failures(self) -> int:
        return sum(self.failed.values())

    def note(self, kind: str, how: int | str, seconds: float, said: str = "") -> None:
        with self.lock:
            self.answers[how] += 1
            self.kinds[kind] += 1
            self.longest_s = max(self.longest_s, seconds)
            if not (isinstance(how, int) and 200 <= how < 300):
                self.failed[f"{how}"] += 1
                self.said.setdefault(f"{how}", f"{kind}, {seconds:.1f} s: {said}")


def signed_in(place: Place, tenants: Sequence[str]) -> list[Visitor]:
    """An admin of each tenant, with a table to work on."""
    return [_signed_in(place, tenant) for tenant in tenants]


def _signed_in(place: Place, tenant: str) -> Visitor:
    visitor = Visitor(f"http://{place.host(tenant)}", "127.0.0.1", place.port)
    first, own, end = place.password(tenant), secrets.token_urlsafe(18), time.monotonic()
    while True:
        try:
            visitor.sign_in("admin", first)
            break
        except OrchestratorError:
            if time.monotonic() > end + READY_WITHIN_S:
                raise
            time.sleep(0.5)
    visitor.change_password(first, own)
    visitor.sign_in("admin", own)
    visitor.upload("sales.csv", CSV)
    return visitor


@contextmanager
def at_work(visitors: Sequence[Visitor], clients: int) -> Iterator[Met]:
    """So many clients over all tenants, from now until the end of the block."""
    met, stop = Met(), threading.Event()

    def work(number: int) -> None:
        chance = random.Random(number)  # the same mix for every side
        while not stop.is_set():
            visitor = chance.choice(visitors)
            kind, verb, path, body, sent_as = _request(chance)
            began = time.monotonic()
            how, said = visitor.answer_once(verb, path, body, sent_as)
            met.note(kind, how, time.monotonic() - began, said)
            time.sleep(PAUSE_S)

    threads = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield met
    finally:
        stop.set()
        for thread in threads:
            thread.join(70)


def _request(chance: random.Random) -> tuple[str, str, str, bytes | None, str]:
    """Mostly reads; every tenth with a body, some of which are files; and downloads."""
    dice = chance.random()
    if dice < 0.75:
        return "read", "GET", "/api/v1/me", None, "application/json"
    if dice < 0.85:
        return "read", "GET", "/api/v1/tables", None, "application/json"
    if dice < 0.92:
        sql = b'{"sql": "select city, sum(amount) from sales group by city"}'
        return "post", "POST", "/api/v1/sql", sql, "application/json"
    if dice < 0.96:
        return "download", "GET", "/api/v1/export?table=sales&format=csv", None, "text/plain"
    mark = "b0und4ry"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="s.csv"\r\n\r\n'
    body = head.encode() + SMALL_CSV + f"\r\n--{mark}--\r\n".encode()
    return "upload", "POST", "/api/v1/files", body, f"multipart/form-data; boundary={mark}"


def spread_ms(seconds: Sequence[float]) -> str:
    """Median and range in milliseconds."""
    found = Spread.of(seconds)
    return f"{found.median * 1000:.0f} ({found.low * 1000:.0f}–{found.high * 1000:.0f})"

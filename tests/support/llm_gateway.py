"""The LLM gateway served for tests: real listeners on addresses of loopback, one per tenant.

Tenant number n asks from 127.9.n.2 at 127.9.n.1, as agents do from theirs.
"""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from orchestrator.core.llm_usage import Booking, GatewayTenant, GatewayTenants
from orchestrator.edge.llm_gateway.wiring import LlmGateway, llm_gateway
from orchestrator.errors import ControllerUnavailable
from orchestrator.llm_settings import LlmSettings
from tests.support.stack_site import free_ports

KEY = "sk-the-operators-key-0123456789"
QUESTION = {"messages": [{"role": "user", "content": "What is the answer?"}]}
STREAM = {**QUESTION, "stream": True}


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def gateway_tenant(number: int, budget: int | None = None) -> GatewayTenant:
    digest = hashlib.sha256(token(number).encode()).hexdigest()
    return GatewayTenant(f"tenant-{number}", f"127.9.{number}.1", digest, budget, 0)


def token(number: int) -> str:
    return f"token-of-{number}"


@dataclass
class Books:
    """The controller's part: who may ask, and what was booked, once per key."""

    tenants: dict[str, GatewayTenant] = field(default_factory=dict)
    booked: dict[str, Booking] = field(default_factory=dict)
    away: bool = False

    def serve(self, *tenants: GatewayTenant) -> None:
        self.tenants = {one.gateway.removesuffix(".1") + ".2": one for one in tenants}

    async def llm_tenants(self) -> GatewayTenants:
        self._look()
        used: dict[str, int] = {}
        for one in self.booked.values():
            used[one.tenant] = used.get(one.tenant, 0) + one.tokens
        tenants = {
            address: replace(one, used_tokens=used.get(one.tenant, 0))
            for address, one in self.tenants.items()
        }
        return GatewayTenants(today(), tenants)

    async def book(self, bookings: Sequence[Booking]) -> None:
        self._look()
        self.booked |= {one.key: one for one in bookings}

    def _look(self) -> None:
        if self.away:
            raise ControllerUnavailable("The controller does not answer.")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return str(json.loads(self.body).get("kind"))


@dataclass
class Served:
    """A gateway that runs; `call` does something in its event loop."""

    port: int
    parts: LlmGateway
    loop: asyncio.AbstractEventLoop

    def call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def look(self) -> None:
        self.call(self.parts.keeper.look())

    def write(self) -> None:
        self.call(self.parts.scribe.write())

    def connect(self, number: int, *, at: int | None = None) -> http.client.HTTPConnection:
        """A connection of that tenant's agent, to its own gateway address or another's."""
        gateway = f"127.9.{number if at is None else at}.1"
        source = (f"127.9.{number}.2", 0)
        return http.client.HTTPConnection(gateway, self.port, timeout=30, source_address=source)

    def ask(
        self,
        number: int = 1,
        body: Any = QUESTION,
        *,
        path: str = "/v1/chat/completions",
        method: str = "POST",
        at: int | None = None,
        given: str | None = None,
    ) -> Answer:
        connection = self.connect(number, at=at)
        secret = token(number) if given is None else given
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            connection.request(method, path, raw if method == "POST" else None, headers)
            found = connection.getresponse()
            names = {name.lower(): value for name, value in found.getheaders()}
            return Answer(found.status, names, found.read())
        finally:
            connection.close()

    def status(self, number: int = 1) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.ask(number, path="/v1/status", method="GET").body)
        return found


@contextmanager
def served(books: Books, settings: LlmSettings | None) -> Iterator[Served]:
    """Looks and writes only when told to, so that tests have no race with its clock."""
    (port,) = free_ports(1)
    made: list[Served] = []
    stop, running = asyncio.Event(), threading.Event()

    async def work() -> None:
        parts = llm_gateway(books, port, lambda: settings)
        server = asyncio.create_task(parts.listeners.serve([]))
        made.append(Served(port, parts, asyncio.get_running_loop()))
        await parts.keeper.look()
        running.set()
        await stop.wait()
        parts.listeners.stop()
        await server
        await parts.scribe.write_the_last()

    thread = threading.Thread(target=lambda: asyncio.run(work()), daemon=True)
    thread.start()
    assert running.wait(20), "the gateway did not start"
    try:
        yield made[0]
    finally:
        made[0].loop.call_soon_threadsafe(stop.set)
        thread.join(30)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def only(books: Books) -> tuple[int, int, bool]:
    (one,) = books.booked.values()
    assert (one.tenant, one.day) == ("tenant-1", today())
    return one.input_tokens, one.output_tokens, one.estimated


def events(body: bytes) -> list[dict[str, Any]]:
    lines = [line.removeprefix(b"data: ") for line in body.split(b"\n") if line[:5] == b"data:"]
    return [json.loads(line) for line in lines if line != b"[DONE]"]

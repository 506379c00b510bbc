"""The controller as the gate uses it: small questions, many of them, while visitors wait.

One request per connection, so that none meets a connection that is just being closed; and no HTTP
library, which would take six times as long as the question itself (3 ms, measured with httpx).
"""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import asdict
from pathlib import Path

from orchestrator.client import wire
from orchestrator.client.answers import GateAnswer, Holds, Hosts, Noted
from orchestrator.client.decode import Value, decode

GATE_TIMEOUT_S = 2.0  # the controller answers from memory
WAKE_TIMEOUT_S = 5.0  # it writes to the ledger first
ANSWER_BYTES = 16 * 1024 * 1024  # the hosts of a full fleet are 2 MB
_END = b"\r\n\r\n"


class QuickController:
    """One controller behind its edge socket. Errors as in `blocking.Controller`."""

    def __init__(self, socket_path: Path) -> None:
        self._socket = socket_path
        self._life = secrets.token_hex(8)  # the next life knows nothing of what this one holds

    async def hosts(self) -> Hosts:
        return await self._ask(Hosts, "GET", "/v1/hosts", wire.READ_TIMEOUT_S)

    async def gate(self, host: str) -> GateAnswer:
        """What to do with a request for this host. `host` as `edge/hostname.py` gives it."""
        return await self._ask(GateAnswer, "GET", wire.gate_path(host), GATE_TIMEOUT_S)

    async def wake(self, host: str) -> GateAnswer:
        """Have the host's tenant woken. Answers at once, and not when it is awake."""
        return await self._ask(GateAnswer, "POST", wire.gate_path(host, "wake"), WAKE_TIMEOUT_S)

    async def tell_holds(self, holds: Holds) -> None:
        """What the gate held for a tenant since it last said so."""
        await self._ask(Noted, "POST", "/v1/gate/holds", WAKE_TIMEOUT_S, asdict(holds))

    async def _ask(
        self, kind: type[Value], verb: str, path: str, timeout_s: float, body: object = None
    ) -> Value:
        try:
            async with asyncio.timeout(timeout_s):
                status, content = await self._exchange(_request(verb, path, body, self._life))
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            raise wire.no_answer(self._socket, error) from error
        if status >= 400:
            raise wire.error_from(status, content)
        return decode(kind, wire.parsed(content))

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        """Status and body. ValueError for what is no answer; the controller sends no chunks."""
        reader, writer = await asyncio.open_unix_connection(self._socket)
        try:
            writer.write(request)
            try:
                status, length = _head(await reader.readuntil(_END))
            except asyncio.LimitOverrunError as error:
                raise ValueError("the answer has no end of its head") from error
            return status, await reader.readexactly(length)
        finally:
            writer.close()


def _request(verb: str, path: str, body: object, life: str) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    lines = (
        f"{verb} {path} HTTP/1.1",
        "Host: controller",
        "Accept: application/json",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
        f"{wire.GATE_HEADER}: {life}",
        "Connection: close",
    )
    return "\r\n".join(lines).encode() + _END + content


def _head(head: bytes) -> tuple[int, int]:
    first, *lines = head.split(b"\r\n")
    version, _, rest = first.partition(b" ")
    headers = {name.lower(): value for name, _, value in (line.partition(b":") for line in lines)}
    length = int(headers.get(b"content-length", b"-1"))
    if version != b"HTTP/1.1" or not 0 <= length <= ANSWER_BYTES:
        raise ValueError("the answer is none of HTTP, or too long")
    return int(rest[:3]), length

"""Is an agent ready? One request for /readyz at its address."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from orchestrator.edge.gate import reply
from orchestrator.edge.gate.bounds import Bounds
from orchestrator.edge.gate.head import END
from orchestrator.edge.gate.line import dial

SERVES = (HTTPStatus.OK, HTTPStatus.INSUFFICIENT_STORAGE)


async def is_ready(address: str, bounds: Bounds) -> bool:
    """Whether /readyz there answers 200 or, without room to write, 507; within `probe_s`."""
    asked = f"GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    try:
        async with asyncio.timeout(bounds.probe_s):
            line = await dial(address, bounds.dial_s)
            try:
                await line.write(asked.encode())
                block = await line.read_block(END, bounds.head_bytes)
            finally:
                line.abort()
    except OSError:
        return False
    answer = reply.parse(block) if block else None
    return answer is not None and answer.status in SERVES

"""The LLM gateway as a process of its own, to be killed: `python -m …`, with one JSON argument.

Its controller is a file: what is booked stands there, one JSON object a line, as soon as it was.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from orchestrator.core.llm_usage import Booking, GatewayTenants
from orchestrator.edge.llm_gateway.wiring import llm_gateway
from orchestrator.llm_settings import LlmSettings
from tests.support.llm_gateway import gateway_tenant, today


class FileOfBookings:
    """One tenant, number 1, of loopback."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def llm_tenants(self) -> GatewayTenants:
        return GatewayTenants(today(), {"127.9.1.2": gateway_tenant(1)})

    async def book(self, bookings: Sequence[Booking]) -> None:
        with self._path.open("a") as file:
            file.writelines(json.dumps(asdict(one)) + "\n" for one in bookings)


def booked(path: Path) -> list[Booking]:
    """The last word on each request."""
    lines = path.read_text().splitlines() if path.exists() else []
    found = [Booking(**json.loads(line)) for line in lines]
    return list({one.key: one for one in found}.values())


async def main(given: dict[str, str]) -> None:
    settings = LlmSettings("openai", "big-model", given["url"], Path(given["key"]))
    books = FileOfBookings(Path(given["books"]))
    parts = llm_gateway(books, int(given["port"]), lambda: settings)
    async with parts.kept():
        await parts.listeners.serve([])


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))

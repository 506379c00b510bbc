"""The gate as a process of its own, to be killed: `python -m …`, with one JSON argument."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from orchestrator.client.quick import QuickController
from orchestrator.edge.gate.bounds import Bounds
from orchestrator.edge.gate.gate import Gate
from orchestrator.edge.gate.server import GateServer
from orchestrator.edge.page import Pages
from orchestrator.edge.serve import Site, serve

TOP = Path(__file__).parents[2]
ANSWERS_S = 60


@asynccontextmanager
async def gate_process(controller: Path, port: int) -> AsyncIterator[subprocess.Popen[bytes]]:
    """One that listens; killed in the end, if nobody did before."""
    given = json.dumps({"controller": str(controller), "port": port})
    command = [sys.executable, "-m", __name__, given]
    process = subprocess.Popen(command, cwd=TOP)  # noqa: ASYNC220 - it only forks
    try:
        async with asyncio.timeout(ANSWERS_S):
            while not await _listens(port):  # noqa: ASYNC110 - it cannot tell
                await asyncio.sleep(0.05)
        yield process
    finally:
        process.kill()
        await asyncio.to_thread(process.wait)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True


async def main(given: dict[str, Any]) -> None:
    bounds, client = Bounds(), QuickController(Path(given["controller"]))
    server = GateServer(lambda: Gate(client, Pages(), bounds), bounds)
    await serve([Site("gate", server, given["port"])])


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))

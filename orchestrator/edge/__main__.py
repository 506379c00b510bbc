"""`python -m orchestrator.edge`: the gate and the REST API, both on loopback."""

from __future__ import annotations

import asyncio
import logging
import sys

from orchestrator.client.asynchronous import AsyncController
from orchestrator.edge.api import create_api
from orchestrator.edge.gate import Gate
from orchestrator.edge.host_book import HostBook
from orchestrator.edge.page import Pages
from orchestrator.edge.serve import Site, serve
from orchestrator.errors import OrchestratorError
from orchestrator.settings import Settings

log = logging.getLogger("orchestrator.edge")


def main() -> int:
    """0 after a SIGTERM, 1 with a reason."""
    try:
        settings = Settings.from_env()
        logging.basicConfig(
            level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
        )
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs every request at INFO
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # scanners send it rubbish
        asyncio.run(_run(settings))
    except OrchestratorError as error:
        sys.stderr.write(f"error: {error}\n       {error.mend}\n")
        return 1
    return 0


async def _run(settings: Settings) -> None:
    controller = AsyncController(settings.edge_socket)
    gate = Gate(HostBook(controller), Pages())
    log.info("gate on port %s, API on port %s", settings.gate_port, settings.api_port)
    try:
        await serve(
            (
                Site("gate", gate, settings.gate_port),
                Site("api", create_api(controller), settings.api_port),
            )
        )
    finally:
        await controller.close()


if __name__ == "__main__":
    sys.exit(main())

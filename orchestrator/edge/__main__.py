"""`python -m orchestrator.edge`: gate and REST API, both on loopback, and the LLM gateway."""

from __future__ import annotations

import asyncio
import logging
import sys

from orchestrator.client.asynchronous import AsyncController
from orchestrator.client.quick import QuickController
from orchestrator.edge.api import create_api
from orchestrator.edge.gate.bounds import Bounds
from orchestrator.edge.gate.gate import Gate
from orchestrator.edge.gate.server import GateServer
from orchestrator.edge.llm_gateway.wiring import llm_gateway
from orchestrator.edge.page import Pages
from orchestrator.edge.serve import Site, config, serve
from orchestrator.errors import OrchestratorError
from orchestrator.llm_settings import LlmSettings
from orchestrator.quiet_server import QuietServer
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
    llm = llm_gateway(
        controller, settings.llm_port, lambda: LlmSettings.from_env(settings.platform_dir)
    )
    bounds = Bounds(hold_s=settings.hold_s)
    quick = QuickController(settings.edge_socket)
    gate = GateServer(lambda: Gate(quick, Pages(), bounds), bounds)
    api = QuietServer(config(create_api(controller, llm.view)))
    log.info("gate on port %s, API on port %s", settings.gate_port, settings.api_port)
    try:
        async with llm.kept():
            await serve(
                (
                    Site("gate", gate, settings.gate_port),
                    Site("api", api, settings.api_port),
                ),
                (llm.listeners,),
            )
    finally:
        await controller.close()


if __name__ == "__main__":
    sys.exit(main())

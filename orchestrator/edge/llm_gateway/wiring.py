"""The gateway's parts, put together from the operator's settings."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from orchestrator.edge.llm_gateway.books import Books
from orchestrator.edge.llm_gateway.gateway import Gateway
from orchestrator.edge.llm_gateway.keeper import Keeper, Tenants
from orchestrator.edge.llm_gateway.listeners import Listeners
from orchestrator.edge.llm_gateway.scribe import Ledger, Scribe
from orchestrator.edge.llm_gateway.state import LlmView
from orchestrator.edge.llm_gateway.upstream import Upstream
from orchestrator.errors import Refused
from orchestrator.llm_settings import LlmSettings

log = logging.getLogger(__name__)


class Controller(Tenants, Ledger, Protocol):
    """Where tenants are known and usage is kept."""


@dataclass(frozen=True)
class LlmGateway:
    """`listeners` is a server to be served, `view` is for the REST API."""

    listeners: Listeners
    view: LlmView
    keeper: Keeper
    scribe: Scribe
    upstream: Upstream | None

    @contextlib.asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """In step with the controller while the block runs; what is left is written down after."""
        keeping = asyncio.create_task(self.keeper.run())
        keeping.add_done_callback(_tell_of_the_end)
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self.scribe.write_the_last()
            if self.upstream is not None:
                await self.upstream.close()


def _tell_of_the_end(keeping: asyncio.Task[None]) -> None:
    if not keeping.cancelled() and keeping.exception():
        log.critical("the LLM gateway is out of step for good", exc_info=keeping.exception())


def llm_gateway(
    controller: Controller, port: int, settings: Callable[[], LlmSettings | None]
) -> LlmGateway:
    """Settings that are wrong are told, and no reason for the edge not to start."""
    upstream, problem = None, ""
    try:
        found = settings()
        upstream = Upstream(found) if found else None
    except Refused as error:
        problem = f"{error}. {error.mend}"
        log.warning("no LLM: %s", problem)
    if upstream is not None:
        log.info("LLM: %s, %s", upstream.settings.provider, upstream.settings.model)
    books = Books(lambda: datetime.now(UTC))
    scribe = Scribe(controller, books)
    gateway = Gateway(upstream, books, scribe)
    listeners = Listeners(gateway, port)
    keeper = Keeper(controller, gateway, books, listeners, scribe)
    return LlmGateway(listeners, LlmView(upstream, problem), keeper, scribe, upstream)

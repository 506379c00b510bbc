"""The part of the socket API that updates many: begin, stop, resume, look."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from orchestrator.controller.updates import Stream, Updates
from orchestrator.core.campaign import BATCH, SOAK_S, Options
from orchestrator.core.campaign_begin import Asked

MOST = 10_000  # tenants
MOST_SOAK_S = 86_400.0


class RollbackBody(BaseModel):
    """No tenants: all."""

    model_config = ConfigDict(extra="forbid")
    tenants: list[str] = Field(default=[], max_length=MOST)
    canary: str | None = None
    batch: int | None = Field(default=None, ge=1, le=MOST)
    max_failures: int = Field(default=0, ge=0, le=MOST)
    soak: float = Field(default=0.0, ge=0, le=MOST_SOAK_S)  # known to work: no need to watch

    def asked(self) -> Asked:
        options = Options(self.canary, self.batch or BATCH, self.max_failures, self.soak)
        return Asked(tuple(self.tenants), options)


class UpdateBody(RollbackBody):
    """No image: the fleet's own, as it is built now."""

    soak: float = Field(default=SOAK_S, ge=0, le=MOST_SOAK_S)
    image: str | None = Field(default=None, min_length=1, max_length=600)


class UpdatesApi:
    """Translates between HTTP and Updates; decides nothing."""

    def __init__(self, updates: Updates) -> None:
        self._updates = updates

    def of_operators(self) -> list[Route]:
        """For nobody else: the report asks every agent, too."""
        return [
            Route("/v1/update", self.report, methods=["GET"]),
            Route("/v1/update", self.update, methods=["POST"]),
            Route("/v1/update/stop", self.stop, methods=["POST"]),
            Route("/v1/update/resume", self.resume, methods=["POST"]),
            Route("/v1/update/abort", self.abort, methods=["POST"]),
            Route("/v1/rollback", self.rollback, methods=["POST"]),
        ]

    async def report(self, _: Request) -> Response:
        return JSONResponse(await self._updates.report())

    async def update(self, request: Request) -> Response:
        body = UpdateBody.model_validate_json(await request.body() or b"{}")
        return _streamed(await self._updates.update(body.asked(), body.image))

    async def rollback(self, request: Request) -> Response:
        body = RollbackBody.model_validate_json(await request.body() or b"{}")
        return _streamed(await self._updates.rollback(body.asked()))

    async def stop(self, _: Request) -> Response:
        return _streamed(await self._updates.stop())

    async def resume(self, _: Request) -> Response:
        return _streamed(await self._updates.resume())

    async def abort(self, _: Request) -> Response:
        return _streamed(await self._updates.abort())


def _streamed(lines: Stream) -> Response:
    return StreamingResponse(_ndjson(lines), media_type="application/x-ndjson")


async def _ndjson(lines: AsyncIterator[Mapping[str, object]]) -> AsyncIterator[str]:
    async for line in lines:
        yield json.dumps(line) + "\n"

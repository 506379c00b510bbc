"""The controller's verbs over HTTP on unix sockets: one for operators, one for the edge.

The edge's socket has the reads alone, so that whoever takes the edge over can look but not touch;
and writes that harm nobody: the tokens of the LLM (llm_api.py), waking who sleeps (gate_api.py).
There is no listener on TCP.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from orchestrator.controller import problems
from orchestrator.controller.doctor import Doctor
from orchestrator.controller.gate_api import GateApi
from orchestrator.controller.llm_api import LlmApi
from orchestrator.controller.nights import Nights
from orchestrator.controller.operations import Operations
from orchestrator.controller.updates_api import UpdatesApi
from orchestrator.core.fleet import Validation
from orchestrator.core.plan import Plan
from orchestrator.core.words import describe
from orchestrator.errors import OrchestratorError

LOG_LINES_MAX = 10_000
EVENTS_MAX = 10_000

Model = TypeVar("Model", bound=BaseModel)


class ApplyRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    confirm_retire: int | None = Field(default=None, ge=0)
    wait: bool = True


class PurgeRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    confirm: str = ""


class SocketApi:
    """Translates between HTTP and Operations; decides nothing."""

    def __init__(
        self,
        operations: Operations,
        nights: Nights,
        doctor: Doctor,
        updates: UpdatesApi,
        llm: LlmApi,
        gate: GateApi,
    ) -> None:
        self._updates = updates
        self._operations = operations
        self._nights = nights
        self._gate = gate
        self._doctor = doctor
        self._llm = llm

    def operator_app(self) -> Starlette:
        """Every verb."""
        writes = [
            Route("/v1/apply", self.apply, methods=["POST"]),
            Route("/v1/tenants", self.add, methods=["POST"]),
            Route("/v1/tenants/{id}", self.change, methods=["PATCH"]),
            Route("/v1/tenants/{id}", self.remove, methods=["DELETE"]),
            Route("/v1/tenants/{id}/credentials", self.credentials),
            Route("/v1/tenants/{id}/restart", self.restart, methods=["POST"]),
            Route("/v1/tenants/{id}/sleep", self.sleep, methods=["POST"]),
            Route("/v1/tenants/{id}/wake", self.wake, methods=["POST"]),
            Route("/v1/tenants/{id}/purge", self.purge, methods=["POST"]),
        ]
        return _app([*self._reads(), *writes, *self._updates.of_operators()])

    def edge_app(self) -> Starlette:
        """Reads, and what the LLM gateway and the gate need."""
        return _app([*self._reads(), *self._llm.of_gateway(), *self._gate.of_gate()])

    def _reads(self) -> list[Route]:
        return [
            Route("/v1/status", self.status),
            Route("/v1/hosts", self.hosts),
            Route("/v1/validate", self.validate, methods=["POST"]),
            Route("/v1/plan", self.plan),
            Route("/v1/events", self.events),
            Route("/v1/tenants/{id}/logs", self.logs),
            Route("/v1/doctor", self.doctor),
            *self._llm.reads(),
        ]

    async def status(self, _: Request) -> Response:
        return JSONResponse(asdict(await self._operations.status()))

    async def hosts(self, _: Request) -> Response:
        return JSONResponse(self._operations.hosts())

    async def validate(self, _: Request) -> Response:
        validation = await self._operations.validate()
        usable = validation.fleet_without_bad_tenants
        return JSONResponse(
            {
                "ok": validation.ok,
                "problems": [asdict(problem) for problem in validation.problems],
                "tenants": len(usable.tenants) if usable else 0,
            }
        )

    async def plan(self, _: Request) -> Response:
        preview = await self._operations.plan()
        refused = asdict(preview.refusal) if preview.refusal else None
        planned = _planned(preview.plan, preview.validation)
        standing = self._operations.standing()
        return JSONResponse({**planned, "refused": refused, "standing": standing})

    async def events(self, request: Request) -> Response:
        limit = _number(request, "limit", 100, EVENTS_MAX)
        found = await self._operations.events(request.query_params.get("tenant"), limit)
        return JSONResponse({"events": [asdict(event) for event in found]})

    async def logs(self, request: Request) -> Response:
        tenant, tail = request.path_params["id"], _number(request, "tail", 100, LOG_LINES_MAX)
        if request.query_params.get("follow") in ("1", "true"):
            lines = self._operations.follow_logs(tenant, tail)
            return StreamingResponse(_lines(lines), media_type="text/plain")
        return PlainTextResponse(await self._operations.logs(tenant, tail))

    async def doctor(self, _: Request) -> Response:
        checks = await self._doctor.checks()
        return JSONResponse(
            {"ok": all(one.ok for one in checks), "checks": [asdict(one) for one in checks]}
        )

    async def apply(self, request: Request) -> Response:
        wanted = await _body(request, ApplyRequest)
        accepted, lines = await self._operations.apply(
            confirm_retire=wanted.confirm_retire, wait=wanted.wait
        )
        planned = _planned(accepted.plan, accepted.validation)
        planned["standing"] = self._operations.standing()
        plan = {"kind": "plan", "plan": planned}
        return StreamingResponse(_ndjson(lines, plan), media_type="application/x-ndjson")

    async def restart(self, request: Request) -> Response:
        lines = await self._operations.restart(request.path_params["id"])
        return StreamingResponse(_ndjson(lines), media_type="application/x-ndjson")

    async def sleep(self, request: Request) -> Response:
        lines = await self._nights.sleep(request.path_params["id"])
        return StreamingResponse(_ndjson(lines), media_type="application/x-ndjson")

    async def wake(self, request: Request) -> Response:
        lines = await self._nights.wake(request.path_params["id"])
        return StreamingResponse(_ndjson(lines), media_type="application/x-ndjson")

    async def credentials(self, request: Request) -> Response:
        return JSONResponse(
            await self._operations.credentials(request.path_params["id"]),
            headers={"cache-control": "no-store"},
        )

    async def purge(self, request: Request) -> Response:
        tenant = request.path_params["id"]
        wanted = await _body(request, PurgeRequest)
        size = await self._operations.purge(tenant, wanted.confirm)
        return JSONResponse({"purged": tenant, "bytes": size})

    async def add(self, request: Request) -> Response:
        values = await _mapping(request)
        tenant = str(values.pop("id", ""))
        return await self._edited(
            await self._operations.edit(lambda file: file.add(tenant, values))
        )

    async def change(self, request: Request) -> Response:
        tenant, values = request.path_params["id"], await _mapping(request)
        return await self._edited(
            await self._operations.edit(lambda file: file.set_values(tenant, values))
        )

    async def remove(self, request: Request) -> Response:
        tenant = request.path_params["id"]
        return await self._edited(await self._operations.edit(lambda file: file.remove(tenant)))

    async def _edited(self, changed: list[str]) -> Response:
        return JSONResponse({"file": self._operations.file_name, "changed": changed})


def _app(routes: list[Route]) -> Starlette:
    return Starlette(
        routes=routes,
        exception_handlers={
            OrchestratorError: problems.of_error,
            HTTPException: problems.of_http,
            ValidationError: problems.of_body,
        },
    )


async def _body(request: Request, model: type[Model]) -> Model:
    return model.model_validate_json(await request.body() or b"{}")


async def _mapping(request: Request) -> dict[str, object]:
    try:
        found = json.loads(await request.body())
    except ValueError as error:
        raise HTTPException(422, "The body is not JSON.") from error
    if not isinstance(found, dict):
        raise HTTPException(422, "The body is not a JSON object.")
    return found


def _number(request: Request, name: str, fallback: int, most: int) -> int:
    text = request.query_params.get(name, str(fallback))
    if not text.isdecimal() or int(text) > most:
        raise HTTPException(422, f"{name} is {text!r}: give a number from 0 to {most}.")
    return int(text)


def _planned(plan: Plan, validation: Validation) -> dict[str, object]:
    return {
        "tenants": [
            {
                "tenant": one.tenant,
                "action": one.action,
                "why": one.why,
                "changes": [asdict(change) for change in one.changes],
                "steps": [describe(step) for step in one.steps],
            }
            for one in plan.tenants
        ],
        "problems": [asdict(problem) for problem in validation.problems],
    }


async def _ndjson(
    lines: AsyncIterator[Mapping[str, object]], *first: Mapping[str, object]
) -> AsyncIterator[str]:
    for line in first:
        yield json.dumps(line) + "\n"
    async for line in lines:
        yield json.dumps(line) + "\n"


async def _lines(lines: Iterator[str]) -> AsyncIterator[str]:
    """Lines of a blocking iterator, each fetched in a thread; closed when the reader leaves."""
    try:
        while (line := await asyncio.to_thread(next, lines, None)) is not None:
            yield line if line.endswith("\n") else line + "\n"
    finally:
        close = getattr(lines, "close", None)
        if close:
            await asyncio.to_thread(close)

"""The REST API: the controller's reads, typed, on loopback only.

It has no writes and shows no password: that changes when operators can log in. `/openapi.json`
describes it; there is no page for it, because FastAPI's would load scripts from a foreign host.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Protocol

from fastapi import FastAPI, Path, Query
from fastapi.responses import StreamingResponse

from orchestrator.client.answers import Diagnosis, History, PlanReport, Validation
from orchestrator.core.llm_usage import UsageReport
from orchestrator.core.names import ID_MAX_LENGTH
from orchestrator.core.report import StatusReport, TenantStatus
from orchestrator.edge import api_problems
from orchestrator.edge.api_guard import LocalOnly
from orchestrator.edge.llm_gateway.state import LlmState
from orchestrator.errors import UnknownTenant

MOST = 10_000  # lines of a log, or events, in one answer
MOST_DAYS = 400

TenantId = Annotated[str, Path(max_length=ID_MAX_LENGTH, description="as in tenants.yaml")]
_ERRORS: dict[int | str, dict[str, Any]] = {
    503: {"model": api_problems.ProblemDocument, "description": "The controller does not answer."}
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {
    404: {"model": api_problems.ProblemDocument, "description": "There is no such customer."}
}


class Reads(Protocol):
    """What the API needs of the controller."""

    async def status(self) -> StatusReport: ...
    async def validate(self) -> Validation: ...
    async def plan(self) -> PlanReport: ...
    async def doctor(self) -> Diagnosis: ...
    async def events(self, tenant: str | None, limit: int) -> History: ...
    async def usage(self, tenant: str | None, days: int) -> UsageReport: ...
    async def logs(self, tenant: str, tail: int, *, follow: bool) -> AsyncIterator[bytes]: ...


class LlmReads(Protocol):
    """What the API needs of the LLM gateway."""

    async def state(self, *, look: bool) -> LlmState: ...


def create_api(controller: Reads, llm: LlmReads) -> FastAPI:
    """The ASGI application."""
    api = FastAPI(
        title="Orchestrator",
        version="1",
        summary="What the platform's operator can read of it.",
        docs_url=None,
        redoc_url=None,
        responses=_ERRORS,
    )
    api_problems.install(api)
    api.add_middleware(LocalOnly)
    _add_health(api)
    _add_fleet(api, controller)
    _add_llm(api, controller, llm)
    _add_tenants(api, controller)
    return api


def _add_health(api: FastAPI) -> None:
    @api.get("/healthz", tags=["edge"], summary="The edge is up; says nothing of the controller")
    async def healthz() -> Mapping[str, bool]:
        return {"ok": True}


def _add_fleet(api: FastAPI, controller: Reads) -> None:
    @api.get("/api/v1/status", tags=["fleet"], summary="Every customer, and the platform's state")
    async def status() -> StatusReport:
        return await controller.status()

    @api.get("/api/v1/validate", tags=["fleet"], summary="Problems of tenants.yaml on disk")
    async def validate() -> Validation:
        return await controller.validate()

    @api.get("/api/v1/plan", tags=["fleet"], summary="What an apply would do now, and why")
    async def plan() -> PlanReport:
        return await controller.plan()

    @api.get("/api/v1/doctor", tags=["fleet"], summary="What the platform stands on")
    async def doctor() -> Diagnosis:
        return await controller.doctor()

    @api.get("/api/v1/events", tags=["fleet"], summary="What happened; newest last")
    async def events(
        tenant: Annotated[str | None, Query(max_length=ID_MAX_LENGTH)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
    ) -> History:
        return await controller.events(tenant, limit)


def _add_llm(api: FastAPI, controller: Reads, llm: LlmReads) -> None:
    @api.get("/api/v1/llm", tags=["llm"], summary="Which LLM; with look, whether it answers")
    async def state(look: bool = False) -> LlmState:
        return await llm.state(look=look)

    @api.get("/api/v1/usage", tags=["llm"], summary="Tokens of the LLM, by customer and day")
    async def usage(
        tenant: Annotated[str | None, Query(max_length=ID_MAX_LENGTH)] = None,
        days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 30,
    ) -> UsageReport:
        return await controller.usage(tenant, days)


def _add_tenants(api: FastAPI, controller: Reads) -> None:
    @api.get("/api/v1/tenants", tags=["customers"], summary="Every customer")
    async def tenants() -> list[TenantStatus]:
        return list((await controller.status()).tenants)

    @api.get("/api/v1/tenants/{id}", tags=["customers"], summary="One customer", responses=_UNKNOWN)
    async def tenant(id: TenantId) -> TenantStatus:  # noqa: A002 - the name in the path
        for one in (await controller.status()).tenants:
            if one.id == id:
                return one
        raise UnknownTenant(
            f"There is no customer {id!r}.", mend="GET /api/v1/tenants lists the customers."
        )

    @api.get(
        "/api/v1/tenants/{id}/logs",
        tags=["customers"],
        summary="Log lines of one customer; with follow, until the reader leaves",
        response_class=StreamingResponse,
        responses={**_UNKNOWN, 200: {"content": {"text/plain": {}}}},
    )
    async def logs(
        id: TenantId,  # noqa: A002 - the name in the path
        tail: Annotated[int, Query(ge=0, le=MOST)] = 100,
        follow: bool = False,
    ) -> StreamingResponse:
        lines = await controller.logs(id, tail, follow=follow)
        return StreamingResponse(lines, media_type="text/plain")

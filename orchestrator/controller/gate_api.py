"""The part of the socket API that is the gate's. What it may write: that somebody is to be woken,
and how long requests were held."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orchestrator.client.wire import GATE_HEADER
from orchestrator.controller.gate_desk import GateDesk
from orchestrator.controller.holding import Held
from orchestrator.core.names import ID_MAX_LENGTH

HELD_MAX = 1_000_000
LONGEST_MAX_S = 3600.0


class HoldsBody(BaseModel):
    """What the gate held for a tenant."""

    model_config = ConfigDict(extra="forbid")
    tenant: str = Field(max_length=ID_MAX_LENGTH)
    held: int = Field(ge=0, le=HELD_MAX)
    longest_s: float = Field(ge=0, le=LONGEST_MAX_S)
    failed: int = Field(ge=0, le=HELD_MAX)


class GateApi:
    """Translates between HTTP and the desk; decides nothing."""

    def __init__(self, desk: GateDesk) -> None:
        self._desk = desk

    def of_gate(self) -> list[Route]:
        """What belongs to the gate alone."""
        return [
            Route("/v1/gate/holds", self.holds, methods=["POST"]),
            Route("/v1/gate/{host}", self.answer),
            Route("/v1/gate/{host}/wake", self.wake, methods=["POST"]),
        ]

    async def answer(self, request: Request) -> Response:
        return JSONResponse(self._desk.answer(request.path_params["host"], _gate(request)))

    async def wake(self, request: Request) -> Response:
        return JSONResponse(await self._desk.wake(request.path_params["host"], _gate(request)))

    async def holds(self, request: Request) -> Response:
        body = HoldsBody.model_validate_json(await request.body())
        held = Held(body.held, body.longest_s, body.failed)
        self._desk.note(body.tenant, held, _gate(request))
        return JSONResponse({"noted": True})


def _gate(request: Request) -> str:
    """Which life of the gate asks."""
    return request.headers.get(GATE_HEADER, "")

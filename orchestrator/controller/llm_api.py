"""The part of the socket API on LLM usage: what the gateway reads and writes, and what people read.

Booking usage is the one thing that the edge may write. It adds numbers to sums and reaches nothing
else: whoever took the edge over could spoil bills, and no data.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from http import HTTPStatus

from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orchestrator.controller.llm import LlmDesk
from orchestrator.core.llm_usage import Booking
from orchestrator.core.names import ID_MAX_LENGTH

DAYS_DEFAULT = 30
DAYS_MAX = 400
BOOKINGS_MAX = 500  # in one request
TOKENS_MAX = 10**8  # of one request to an LLM, far above what any takes
KEY_MAX_LENGTH = 64


class BookingBody(BaseModel):
    """One request to the LLM, and what it used."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(min_length=8, max_length=KEY_MAX_LENGTH)
    tenant: str = Field(max_length=ID_MAX_LENGTH)
    day: date
    input_tokens: int = Field(ge=0, le=TOKENS_MAX)
    output_tokens: int = Field(ge=0, le=TOKENS_MAX)
    estimated: bool = False


class BookingsBody(BaseModel):
    """Some of them."""

    model_config = ConfigDict(extra="forbid")
    bookings: list[BookingBody] = Field(max_length=BOOKINGS_MAX)


class LlmApi:
    """Translates between HTTP and the desk; decides nothing."""

    def __init__(self, desk: LlmDesk) -> None:
        self._desk = desk

    def reads(self) -> list[Route]:
        """What everybody may read."""
        return [Route("/v1/usage", self.usage)]

    def of_gateway(self) -> list[Route]:
        """What belongs to the LLM gateway alone."""
        return [
            Route("/v1/llm/tenants", self.tenants),
            Route("/v1/llm/usage", self.book, methods=["POST"]),
        ]

    async def usage(self, request: Request) -> Response:
        text = request.query_params.get("days", str(DAYS_DEFAULT))
        if not text.isdecimal() or not 1 <= int(text) <= DAYS_MAX:
            raise HTTPException(422, f"days is {text!r}: give a number from 1 to {DAYS_MAX}.")
        report = await self._desk.usage(request.query_params.get("tenant"), int(text))
        return JSONResponse(asdict(report))

    async def tenants(self, request: Request) -> Response:
        """Asked every two seconds, and hardly ever another answer: then it is not said again."""
        tag = f'"{await self._desk.version()}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
        return JSONResponse(asdict(await self._desk.tenants()), headers={"ETag": tag})

    async def book(self, request: Request) -> Response:
        body = BookingsBody.model_validate_json(await request.body())
        await self._desk.book([_booking(one) for one in body.bookings])
        return JSONResponse({"booked": len(body.bookings)})


def _booking(body: BookingBody) -> Booking:
    return Booking(
        key=body.key,
        tenant=body.tenant,
        day=body.day.isoformat(),
        input_tokens=body.input_tokens,
        output_tokens=body.output_tokens,
        estimated=body.estimated,
    )

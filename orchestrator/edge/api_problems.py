"""Errors of the REST API as application/problem+json (RFC 9457), in one place."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from orchestrator.errors import (
    ControllerUnavailable,
    FleetInvalid,
    OrchestratorError,
    Refused,
    UnknownTenant,
)

KIND = "application/problem+json"
# First match wins: the kinds come before what they derive from.
_STATUS: tuple[tuple[type[OrchestratorError], int, str], ...] = (
    (UnknownTenant, 404, "No such customer"),
    (Refused, 409, "Refused"),
    (ControllerUnavailable, 503, "The controller does not answer"),
    (OrchestratorError, 503, "Could not be done"),
)


class ProblemDocument(BaseModel):
    """What every error of this API looks like."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    mend: str = ""
    problems: list[str] | None = None


def install(api: FastAPI) -> None:
    """Let the API answer every error in this form."""
    api.add_exception_handler(OrchestratorError, _of_ours)
    api.add_exception_handler(RequestValidationError, _of_parameters)
    api.add_exception_handler(HTTPException, _of_http)


def answer(status: int, title: str, detail: str, **more: object) -> JSONResponse:
    """One problem document."""
    document = ProblemDocument.model_validate(
        {"title": title, "status": status, "detail": detail, **more}
    )
    return JSONResponse(document.model_dump(exclude_none=True), status, media_type=KIND)


async def _of_ours(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, OrchestratorError)
    status, title = next((code, name) for kind, code, name in _STATUS if isinstance(error, kind))
    problems = list(error.problems) if isinstance(error, FleetInvalid) else None
    return answer(status, title, str(error), mend=error.mend, problems=problems)


async def _of_parameters(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return answer(422, "A parameter does not fit", f"{where}: {first['msg']}")


async def _of_http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return answer(error.status_code, "The request cannot be served", str(error.detail))

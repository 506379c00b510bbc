"""Errors as application/problem+json (RFC 9457), in one place."""

from __future__ import annotations

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from orchestrator.errors import (
    ConfirmationNeeded,
    FleetInvalid,
    NotThere,
    OrchestratorError,
    Refused,
    UnknownTenant,
)

STATUS: tuple[tuple[type[OrchestratorError], int, str], ...] = (
    (UnknownTenant, 404, "No such tenant"),
    (NotThere, 404, "Not there"),
    (ConfirmationNeeded, 409, "Confirmation needed"),
    (FleetInvalid, 409, "tenants.yaml has problems"),
    (Refused, 409, "Refused"),
    (OrchestratorError, 503, "Could not be done"),
)


async def of_error(_: Request, error: Exception) -> Response:
    """An error of ours: its sentence, its mend, and what the kind carries."""
    assert isinstance(error, OrchestratorError)
    status, title = next((code, name) for kind, code, name in STATUS if isinstance(error, kind))
    extra: dict[str, object] = {"kind": type(error).__name__}
    if isinstance(error, FleetInvalid):
        extra["problems"] = list(error.problems)
    if isinstance(error, ConfirmationNeeded):
        extra["count"] = error.count
    return _problem(status, title, str(error), mend=error.mend, **extra)


async def of_http(_: Request, error: Exception) -> Response:
    """No such path, wrong method, bad parameters."""
    assert isinstance(error, HTTPException)
    return _problem(error.status_code, "The request cannot be served", error.detail)


async def of_body(_: Request, error: Exception) -> Response:
    """A body that does not fit."""
    assert isinstance(error, ValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return _problem(422, "The body does not fit", f"{where}: {first['msg']}")


def _problem(status: int, title: str, detail: str, *, mend: str = "", **extra: object) -> Response:
    return JSONResponse(
        {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": detail,
            "mend": mend,
            **extra,
        },
        status_code=status,
        media_type="application/problem+json",
    )

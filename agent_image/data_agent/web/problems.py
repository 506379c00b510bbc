"""Every error leaves through here: problem+json (RFC 9457) for programs, a page for people."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data_agent.errors import (
    CutOff,
    DataAgentError,
    FilesDamaged,
    LimitReached,
    NotSignedIn,
    PasswordMustChange,
    TooManyAttempts,
    WorkerDied,
)
from data_agent.web.render import page

TYPE = "urn:data-agent:problem:"
MEDIA_TYPE = "application/problem+json"
PROGRAM_PATHS = ("/api/", "/internal/", "/healthz", "/readyz")
log = logging.getLogger("data_agent")

WORDS = {
    404: ("Nothing here", "There is no page at this address. It may have been deleted."),
    405: ("Method not allowed", "This address does not answer to that method."),
    413: ("Too large", "The request is larger than this agent accepts."),
}
INTERNAL = "Something went wrong in the agent. What it was stands in its log."


@dataclass(frozen=True)
class Problem:
    """An error as it is told to the outside. `extra` are further members of the JSON object."""

    status: int
    kind: str
    title: str
    detail: str
    extra: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "type": TYPE + self.kind,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.extra,
        }


def problem_of(error: Exception) -> Problem:
    """What to tell about an error. Anything that is not ours is a 500 without details."""
    if isinstance(error, DataAgentError):
        kind = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
        return Problem(error.status, kind, error.title, str(error), _extra(error), _headers(error))
    if isinstance(error, HTTPException):
        phrase = HTTPStatus(error.status_code).phrase
        title, detail = WORDS.get(error.status_code, (phrase, error.detail))
        kind = phrase.lower().replace(" ", "-")
        return Problem(error.status_code, kind, title, detail, headers=dict(error.headers or {}))
    return Problem(500, "internal-error", "Something went wrong", INTERNAL)


def respond(request: Request, error: Exception) -> Response:
    """The answer to a request that ended in this error."""
    problem = problem_of(error)
    if wants_json(request.scope["path"]):
        return problem_response(problem)
    return problem_page(request, problem)


def problem_page(request: Request, problem: Problem, *, instead: str = "") -> Response:
    """`instead`: the address of the same rows in a form that has room for them."""
    response = page(request, "error.html", status=problem.status, problem=problem, instead=instead)
    response.headers.update(problem.headers)
    return response


async def on_error(request: Request, error: Exception) -> Response:
    """The exception handler of the application."""
    return respond(request, error)


def problem_response(problem: Problem) -> JSONResponse:
    return JSONResponse(
        problem.as_json(),
        status_code=problem.status,
        headers=problem.headers,
        media_type=MEDIA_TYPE,
    )


def wants_json(path: str) -> bool:
    return path.startswith(PROGRAM_PATHS) or path == "/api"


def _extra(error: DataAgentError) -> dict[str, Any]:
    if isinstance(error, LimitReached) and error.allowed is not None:
        return {"used": error.used, "allowed": error.allowed}
    if isinstance(error, TooManyAttempts):
        return {"retry_after_s": error.retry_after_s}
    if isinstance(error, PasswordMustChange):
        hint = 'POST /api/v1/me/password with {"current": "…", "new": "…"}, or open /password.'
        return {"hint": hint}
    return {}


def _headers(error: DataAgentError) -> dict[str, str]:
    if isinstance(error, TooManyAttempts):
        return {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, NotSignedIn):
        return {"WWW-Authenticate": 'Bearer realm="data-agent"'}
    if isinstance(error, WorkerDied | CutOff):
        return {"Retry-After": "2"}
    if isinstance(error, FilesDamaged):
        return {"Retry-After": "60"}
    return {}

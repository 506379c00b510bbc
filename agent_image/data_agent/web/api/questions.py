"""Saved questions, shared by all users of the customer."""

from __future__ import annotations

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data_agent.web.body import json_object, text
from data_agent.web.identity import who_of
from data_agent.web.services import services_of


async def index(request: Request) -> Response:
    questions = services_of(request).questions.all()
    return JSONResponse({"questions": [asdict(question) for question in questions]})


async def add(request: Request) -> Response:
    """{question} → the saved question."""
    body = await json_object(request)
    words = text(body, "question", most=2000)
    saved = services_of(request).questions.add(words, by=who_of(request).user.name)
    return JSONResponse(asdict(saved), status_code=201)


async def remove(request: Request) -> Response:
    services_of(request).questions.remove(request.path_params["id"])
    return Response(status_code=204)

"""Answers that somebody saved."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_agent.web.body import form, text
from data_agent.web.identity import who_of
from data_agent.web.limits import MAX_QUESTION
from data_agent.web.services import services_of


async def save(request: Request) -> Response:
    words = text(await form(request), "question", most=MAX_QUESTION)
    services_of(request).questions.add(words, by=who_of(request).user.name)
    return RedirectResponse("/", status_code=303)


async def remove(request: Request) -> Response:
    services_of(request).questions.remove(request.path_params["id"])
    return RedirectResponse("/", status_code=303)

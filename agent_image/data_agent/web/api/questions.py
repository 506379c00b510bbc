"""Saved answers, shared by all users of the customer."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data_agent.errors import Invalid, NotAllowed
from data_agent.web.api.data import answer_json
from data_agent.web.board import answer_of
from data_agent.web.body import json_object, text
from data_agent.web.identity import Who, who_of
from data_agent.web.limits import MAX_QUESTION, MAX_SQL
from data_agent.web.presence import while_present
from data_agent.web.queries import MAX_PLAN
from data_agent.web.questions import MOST, Question
from data_agent.web.services import services_of


async def index(request: Request) -> Response:
    questions = services_of(request).questions.all()
    entries = [asdict(question) for question in questions]
    return JSONResponse({"questions": entries, "used": len(entries), "allowed": MOST})


async def add(request: Request) -> Response:
    """{question, plan?, sql?} → the saved answer."""
    return JSONResponse(asdict(save_from(await json_object(request), request)), status_code=201)


async def show(request: Request) -> Response:
    return JSONResponse(asdict(services_of(request).questions.get(request.path_params["id"])))


async def answer(request: Request) -> Response:
    """The saved answer with the data of now, as /ask would answer it."""
    services = services_of(request)
    saved = services.questions.get(request.path_params["id"])
    return JSONResponse(answer_json(await while_present(request, answer_of(services, saved))))


async def remove(request: Request) -> Response:
    questions = services_of(request).questions
    saved = questions.get(request.path_params["id"])
    check_may_remove(who_of(request), saved)
    questions.remove(saved.id)
    request.state.acted_on = saved.id
    return Response(status_code=204)


def save_from(body: dict[str, Any], request: Request) -> Question:
    """Save what a form or script sent. Invalid, LimitReached, StorageFull."""
    plan = body.get("plan")
    if plan is not None and not isinstance(plan, dict):
        raise Invalid('"plan" must be the "plan" of an answer, a JSON object.')
    if len(json.dumps(plan)) > MAX_PLAN:
        raise Invalid(f'"plan" has more than {MAX_PLAN} characters.')
    saved = services_of(request).questions.add(
        text(body, "question", most=MAX_QUESTION),
        by=who_of(request).user.name,
        plan=plan,
        sql=text(body, "sql", most=MAX_SQL, required=False),
    )
    request.state.acted_on = saved.id  # never the question itself
    return saved


def check_may_remove(who: Who, saved: Question) -> None:
    """Admins may delete every saved answer, others their own. NotAllowed."""
    if not (who.user.is_admin or saved.by == who.user.name):
        raise NotAllowed(f"{saved.by} saved this answer. Ask them or an admin.")

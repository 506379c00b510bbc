"""What people said about answers: thumbs up and down."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data_agent.errors import Invalid
from data_agent.web.body import json_object, text
from data_agent.web.identity import admin_of, who_of
from data_agent.web.limits import MAX_QUESTION, MAX_SQL
from data_agent.web.queries import MAX_PLAN
from data_agent.web.services import services_of
from data_agent.web.verdicts import MOST, Verdict


async def index(request: Request) -> Response:
    admin_of(request)
    entries = [verdict_json(verdict) for verdict in services_of(request).verdicts.all()]
    return JSONResponse({"verdicts": entries, "used": len(entries), "allowed": MOST})


async def add(request: Request) -> Response:
    """{question, good, plan or sql} → the verdict."""
    verdict = verdict_from(await json_object(request), request)
    return JSONResponse(verdict_json(verdict), status_code=201)


async def remove(request: Request) -> Response:
    admin_of(request)
    services_of(request).verdicts.remove(request.path_params["id"])
    return Response(status_code=204)


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the API shows one."""
    entry = asdict(verdict)
    del entry["read"]
    return entry


def verdict_from(body: dict[str, Any], request: Request) -> Verdict:
    """Keep what a form or script said. Invalid, LimitReached, StorageFull."""
    plan, good = body.get("plan"), body.get("good")
    sql = text(body, "sql", most=MAX_SQL, required=False)
    if not isinstance(good, bool):
        raise Invalid('"good" must be true or false.')
    if plan is not None and not isinstance(plan, dict):
        raise Invalid('"plan" must be the "plan" of an answer, a JSON object.')
    if not (plan or sql) or len(json.dumps(plan)) > MAX_PLAN:
        raise Invalid(f'Send the "plan" or "sql" of the answer, at most {MAX_PLAN} characters.')
    request.state.acted_on = "right" if good else "wrong"
    services, question = services_of(request), text(body, "question", most=MAX_QUESTION)
    return services.verdicts.add(
        question,
        good=good,
        by=who_of(request).user.name,
        plan=plan,
        sql=sql,
        read=services.glossary.in_plain_words(question),
    )

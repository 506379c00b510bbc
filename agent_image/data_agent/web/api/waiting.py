"""Uploads of a name that is there already, waiting for a decision."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data_agent.errors import Invalid
from data_agent.web.api.files import file_json
from data_agent.web.body import json_object
from data_agent.web.identity import who_of
from data_agent.web.replacing import Choice
from data_agent.web.services import services_of


async def index(request: Request) -> Response:
    """Own ones; for admins all."""
    services, user = services_of(request), who_of(request).user
    found = [each.id for each in services.replacing.all(user)]
    choices = [await services.replacing.choice(each, user) for each in found]
    return JSONResponse({"waiting": [choice_json(each) for each in choices]})


async def show(request: Request) -> Response:
    user = who_of(request).user
    choice = await services_of(request).replacing.choice(request.path_params["id"], user)
    return JSONResponse(choice_json(choice))


async def decide(request: Request) -> Response:
    """{decision: "replace" or "keep"} → the file with its import report."""
    user, waiting_id = who_of(request).user, request.path_params["id"]
    decision = (await json_object(request)).get("decision")
    replacing = services_of(request).replacing
    acts = {"replace": replacing.replace, "keep": replacing.keep_both}
    if not isinstance(decision, str) or decision not in acts:
        raise Invalid('"decision" is "replace" or "keep"; DELETE discards the upload.')
    file, report = await acts[decision](waiting_id, user)
    request.state.acted_on = file.name
    return JSONResponse({**file_json(file), "report": asdict(report)}, status_code=201)


async def remove(request: Request) -> Response:
    user = who_of(request).user
    gone = services_of(request).replacing.discard(request.path_params["id"], user)
    request.state.acted_on = gone.name
    return Response(status_code=204)


def choice_json(choice: Choice) -> dict[str, Any]:
    """A waiting upload as the API shows one; `replaces` is the id of the file that is there."""
    upload = choice.upload
    return {
        "id": upload.id,
        "name": upload.name,
        "size": upload.size,
        "by": upload.by,
        "at": upload.at,
        "until": upload.until,
        "rows": upload.rows,
        "rejected": upload.rejected,
        "replaces": choice.older.id if choice.older else None,
        "difference": choice.difference.to_json(),
        "obstacle": choice.obstacle or None,
        "other_name": choice.other_name,
    }

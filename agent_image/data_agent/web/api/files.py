"""Uploaded CSV files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data_agent.errors import DataAgentError, Invalid
from data_agent.importing.choices import LOSSY
from data_agent.web.body import json_object
from data_agent.web.identity import who_of
from data_agent.web.problems import Problem, problem_of, problem_response
from data_agent.web.rights import check_may_change
from data_agent.web.services import services_of
from data_agent.web.shelf import StoredFile
from data_agent.web.uploads import Outcome, imported_names, receive_and_import, wish_of

AUTOMATIC = "automatic"


async def index(request: Request) -> Response:
    library = services_of(request).library
    files = library.all()
    return JSONResponse(
        {
            "files": [file_json(file) for file in files],
            "used": len(files),
            "allowed": library.limit,
        }
    )


async def upload(request: Request) -> Response:
    """201 with each file's import report, when at least one was imported; 202 when the others
    wait for a decision; otherwise the problem of the first."""
    services = services_of(request)
    wish = wish_of(request, otherwise="replace")
    outcomes = await receive_and_import(request, services, user=who_of(request).user, wish=wish)
    request.state.acted_on = imported_names(outcomes)
    entries = [_outcome_json(outcome) for outcome in outcomes]
    if any(outcome.file for outcome in outcomes):
        return JSONResponse({"files": entries}, status_code=201)
    if any(outcome.waiting for outcome in outcomes):
        return JSONResponse({"files": entries}, status_code=202)
    first = next(outcome.error for outcome in outcomes if outcome.error)
    problem = problem_of(first)
    extra = {**problem.extra, "files": entries} if len(outcomes) > 1 else problem.extra
    return problem_response(
        Problem(problem.status, problem.kind, problem.title, problem.detail, extra, problem.headers)
    )


async def show(request: Request) -> Response:
    library = services_of(request).library
    file = library.get(request.path_params["id"])
    return JSONResponse({**file_json(file), "report": library.shelf.report(file)})


async def change(request: Request) -> Response:
    """`{types: {column: kind}, confirm?}` on top of what was chosen, or `{undo: true}`."""
    library = services_of(request).library
    file = library.get(request.path_params["id"])
    library.check_may_reread(who_of(request).user, file)
    body = await json_object(request)
    if body.get("undo") is True:
        newer, report = await library.undo(file.id)
    else:
        choices = changed(file.choices, body.get("types"), confirm=body.get("confirm") is True)
        newer, report = await library.retype(file.id, choices)
    return JSONResponse({**file_json(newer), "report": asdict(report)})


def changed(before: Mapping[str, str], types: object, *, confirm: bool) -> dict[str, str]:
    """The choices with these on top; `confirm`: what does not fit may become empty. Invalid."""
    if not isinstance(types, dict) or not types:
        raise Invalid('Send "types": an object of column names and what they are to be.')
    choices = dict(before)
    for name, kind in types.items():
        if kind == AUTOMATIC:
            choices.pop(name, None)
        else:
            choices[name] = f"{kind}{LOSSY if confirm and kind != 'text' else ''}"
    return choices


async def remove(request: Request) -> Response:
    library = services_of(request).library
    file = library.get(request.path_params["id"])
    check_may_change(who_of(request).user, file)
    await library.remove(file.id)
    request.state.acted_on = file.name
    return Response(status_code=204)


def file_json(file: StoredFile) -> dict[str, Any]:
    """A file as the API shows one."""
    entry = asdict(file)
    for name in ("kept", "undo"):
        del entry[name]
    return entry


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    if outcome.file and outcome.report:
        replaced = outcome.difference.to_json() if outcome.difference else None
        entry = {**file_json(outcome.file), "report": asdict(outcome.report)}
        return {**entry, "replaced": replaced} if replaced else entry
    if outcome.waiting:
        return {"name": outcome.name, "waiting": outcome.waiting.id}
    error = outcome.error or DataAgentError("It was not imported.")
    return {"name": outcome.name, "problem": problem_of(error).as_json()}

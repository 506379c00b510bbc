"""Files and tables: upload, list, report, preview, delete."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_agent.errors import DataAgentError
from data_agent.web.body import number
from data_agent.web.identity import who_of
from data_agent.web.insights import insights_of
from data_agent.web.limits import PAGE_ROWS
from data_agent.web.problems import Problem, problem_of
from data_agent.web.render import page
from data_agent.web.rights import check_may_change
from data_agent.web.services import services_of
from data_agent.web.uploads import Outcome, imported_names, receive_and_import, wish_of
from data_agent.web.usage import csv_files, storage


async def show(request: Request) -> Response:
    return _page(request)


async def upload(request: Request) -> Response:
    """The form without JavaScript: one file leads to its report, several to a list."""
    try:
        outcomes = await receive_and_import(
            request,
            services_of(request),
            user=who_of(request).user,
            wish=wish_of(request, otherwise="ask"),
        )
    except DataAgentError as error:
        return _page(request, problem=problem_of(error))
    request.state.acted_on = imported_names(outcomes)
    if len(outcomes) == 1 and outcomes[0].file:
        return RedirectResponse(f"/data/files/{outcomes[0].file.id}?new=1", status_code=303)
    if len(outcomes) == 1 and outcomes[0].waiting:
        return RedirectResponse(f"/data/waiting/{outcomes[0].waiting.id}", status_code=303)
    return _page(request, outcomes=outcomes)


async def remove_table(request: Request) -> Response:
    name = request.path_params["name"]
    await services_of(request).library.remove_table(name, who_of(request).user)
    request.state.acted_on = name
    return RedirectResponse("/data", status_code=303)


async def remove(request: Request) -> Response:
    library = services_of(request).library
    file = library.get(request.path_params["id"])
    check_may_change(who_of(request).user, file)
    await library.remove(file.id)
    request.state.acted_on = file.name
    return RedirectResponse("/data", status_code=303)


async def preview(request: Request) -> Response:
    services = services_of(request)
    name = request.path_params["name"]
    at = number(request, "page", 1, low=1, high=10**9)
    offset = (at - 1) * PAGE_ROWS
    result = await services.engine.preview(name, limit=PAGE_ROWS, offset=offset)
    parts = services.library.parts_of(name)
    user = who_of(request).user
    return page(
        request,
        "table.html",
        name=name,
        file=services.library.of_table(name),
        result=result,
        cards=await insights_of(request).of(name) if at == 1 else (),
        parts=parts,
        may_remove=user.is_admin or all(part.by == user.name for part in parts),
        rows=sum(part.rows for part in parts),
        at=at,
        first=offset + 1,
        last=offset + len(result.rows),
    )


def _page(
    request: Request, problem: Problem | None = None, outcomes: list[Outcome] | None = None
) -> Response:
    services = services_of(request)
    errors = [problem_of(each.error) for each in outcomes or [] if each.error]
    return page(
        request,
        "data.html",
        status=_status(problem, outcomes, errors),
        files=services.library.all(),
        places=csv_files(services),
        storage=storage(services),
        most_bytes=services.settings.max_upload_bytes,
        problem=problem,
        outcomes=[
            (each, problem_of(each.error) if each.error else None) for each in outcomes or []
        ],
        waiting=services.replacing.all(who_of(request).user),
    )


def _status(problem: Problem | None, outcomes: list[Outcome] | None, errors: list[Problem]) -> int:
    if problem:
        return problem.status
    return errors[0].status if outcomes and len(errors) == len(outcomes) else 200

"""A file of a name that is there already: what changes, and what is to become of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_agent.errors import DataAgentError, NotFound
from data_agent.people.values import User
from data_agent.values import ImportReport
from data_agent.web.identity import who_of
from data_agent.web.problems import Problem, problem_of
from data_agent.web.render import page
from data_agent.web.services import services_of
from data_agent.web.shelf import StoredFile


async def show(request: Request) -> Response:
    return await _page(request)


async def replace(request: Request) -> Response:
    return await _take(request, services_of(request).replacing.replace)


async def keep(request: Request) -> Response:
    return await _take(request, services_of(request).replacing.keep_both)


async def discard(request: Request) -> Response:
    user = who_of(request).user
    gone = services_of(request).replacing.discard(request.path_params["id"], user)
    request.state.acted_on = gone.name
    return RedirectResponse("/data", status_code=303)


async def _take(
    request: Request, act: Callable[[str, User], Awaitable[tuple[StoredFile, ImportReport]]]
) -> Response:
    """To the report of the import. What stands in its way is said on the page."""
    try:
        file, _ = await act(request.path_params["id"], who_of(request).user)
    except NotFound:
        raise
    except DataAgentError as error:
        return await _page(request, problem_of(error))
    request.state.acted_on = file.name
    return RedirectResponse(f"/data/files/{file.id}?new=1", status_code=303)


async def _page(request: Request, problem: Problem | None = None) -> Response:
    user = who_of(request).user
    choice = await services_of(request).replacing.choice(request.path_params["id"], user)
    return page(
        request,
        "waiting.html",
        status=problem.status if problem else 200,
        choice=choice,
        upload=choice.upload,
        older=choice.older,
        changes=choice.difference,
        problem=problem,
    )

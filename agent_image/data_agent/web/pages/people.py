"""Users of this customer, for admins."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_agent.errors import DataAgentError
from data_agent.web import usage
from data_agent.web.body import form
from data_agent.web.identity import admin_of
from data_agent.web.problems import Problem, problem_of
from data_agent.web.render import page
from data_agent.web.services import services_of


async def show(request: Request) -> Response:
    return _page(request)


async def add(request: Request) -> Response:
    """The first password is shown on this page and never again."""
    admin_of(request)
    fields = await form(request)
    name = fields.get("username", "")
    try:
        user, password = await services_of(request).people.add_user(
            name, fields.get("role", "user")
        )
    except DataAgentError as error:
        return _page(request, problem=problem_of(error), name=name)
    request.state.acted_on = user.name
    return _page(request, made={"name": user.name, "password": password, "new": True})


async def reset(request: Request) -> Response:
    admin_of(request)
    try:
        user, password = await services_of(request).people.reset_password(_name(request))
    except DataAgentError as error:
        return _page(request, problem=problem_of(error))
    return _page(request, made={"name": user.name, "password": password, "new": False})


async def set_role(request: Request) -> Response:
    admin_of(request)
    fields = await form(request)
    try:
        services_of(request).people.set_role(_name(request), fields.get("role", ""))
    except DataAgentError as error:
        return _page(request, problem=problem_of(error))
    return RedirectResponse("/people", status_code=303)


async def remove(request: Request) -> Response:
    admin_of(request)
    try:
        services_of(request).people.remove_user(_name(request))
    except DataAgentError as error:
        return _page(request, problem=problem_of(error))
    return RedirectResponse("/people", status_code=303)


def _name(request: Request) -> str:
    name: str = request.path_params["name"]
    return name


def _page(
    request: Request,
    problem: Problem | None = None,
    made: dict[str, object] | None = None,
    name: str = "",
) -> Response:
    admin_of(request)
    services = services_of(request)
    return page(
        request,
        "people.html",
        status=problem.status if problem else 200,
        users=services.people.users.all(),
        places=usage.users(services),
        problem=problem,
        made=made,
        name=name,
    )

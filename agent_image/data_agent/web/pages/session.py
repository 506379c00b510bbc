"""Sign in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_agent.errors import DataAgentError, FilesDamaged
from data_agent.web.api.session import begin_session, end_session, note_attempt
from data_agent.web.body import form, text
from data_agent.web.identity import client, maybe_who
from data_agent.web.problems import problem_of
from data_agent.web.render import page
from data_agent.web.services import services_of


async def show(request: Request) -> Response:
    services_of(request).people.users.check()
    if maybe_who(request):
        return RedirectResponse("/", status_code=303)
    return _page(request, next_page=request.query_params.get("next", ""))


async def sign_in(request: Request) -> Response:
    fields = await form(request)
    name, next_page = fields.get("username", ""), fields.get("next", "")
    people = services_of(request).people
    try:
        password = text(fields, "password", most=1000)
        note_attempt(request, name)
        user = await people.sign_in(name, password, address=client(request).address)
    except FilesDamaged:
        raise
    except DataAgentError as error:
        return _page(request, next_page=next_page, name=name, error=error)
    target = "/password" if user.must_change_password else safe_target(next_page)
    response = RedirectResponse(target, status_code=303)
    begin_session(request, response, user)
    return response


async def sign_out(request: Request) -> Response:
    response = RedirectResponse("/login", status_code=303)
    end_session(request, response)
    return response


def safe_target(given: str) -> str:
    """Only a page of this agent: a path, never another site's address."""
    parts = urlsplit(given)
    plain = not (parts.scheme or parts.netloc or "\\" in given or not given.isprintable())
    return given if plain and given.startswith("/") and not given.startswith("//") else "/"


def _page(
    request: Request, *, next_page: str, name: str = "", error: DataAgentError | None = None
) -> Response:
    problem = problem_of(error) if error else None
    response = page(
        request,
        "login.html",
        status=problem.status if problem else 200,
        next_page=next_page,
        name=name,
        problem=problem,
    )
    if problem:
        response.headers.update(problem.headers)
    return response

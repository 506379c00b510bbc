"""One's own account: password, sessions, tokens."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_agent.errors import DataAgentError, Invalid
from data_agent.web.api.me import end_others
from data_agent.web.api.session import begin_session
from data_agent.web.body import form, text
from data_agent.web.identity import browser_of, client, who_of
from data_agent.web.problems import Problem, problem_of
from data_agent.web.render import page
from data_agent.web.services import services_of


async def first_password(request: Request) -> Response:
    return _password_page(request)


async def change_password(request: Request) -> Response:
    """Ends all sessions of this user and begins a new one here."""
    who, fields = who_of(request), await form(request)
    try:
        if fields.get("new") != fields.get("again"):
            raise Invalid("The two new passwords are not the same.")
        user = await services_of(request).people.change_password(
            who.user,
            text(fields, "current", most=1000),
            text(fields, "new", most=1000),
            address=client(request).address,
        )
    except DataAgentError as error:
        return _password_page(request, error)
    target = "/" if who.user.must_change_password else "/account?done=password"
    response = RedirectResponse(target, status_code=303)
    begin_session(request, response, user)
    return response


async def show(request: Request) -> Response:
    return _account_page(request)


async def end_session(request: Request) -> Response:
    who, people = browser_of(request), services_of(request).people
    people.sessions.end_by_handle(who.user.name, request.path_params["handle"])
    return RedirectResponse("/account", status_code=303)


async def end_other_sessions(request: Request) -> Response:
    end_others(request)
    return RedirectResponse("/account?done=sessions", status_code=303)


async def make_token(request: Request) -> Response:
    """The secret is shown on this page and never again."""
    who, fields = browser_of(request), await form(request)
    try:
        token, secret = services_of(request).people.tokens.make(
            who.user.name, fields.get("name", "")
        )
    except DataAgentError as error:
        return _account_page(request, problem=problem_of(error))
    request.state.acted_on = token.label
    return _account_page(request, made={"label": token.label, "secret": secret})


async def revoke_token(request: Request) -> Response:
    who = browser_of(request)
    tokens = services_of(request).people.tokens
    request.state.acted_on = tokens.revoke(who.user.name, request.path_params["handle"]).label
    return RedirectResponse("/account", status_code=303)


def _password_page(request: Request, error: DataAgentError | None = None) -> Response:
    problem = problem_of(error) if error else None
    status = problem.status if problem else 200
    response = page(request, "password.html", status=status, problem=problem)
    if problem:
        response.headers.update(problem.headers)
    return response


def _account_page(
    request: Request, problem: Problem | None = None, made: dict[str, object] | None = None
) -> Response:
    who, people = browser_of(request), services_of(request).people
    return page(
        request,
        "account.html",
        status=problem.status if problem else 200,
        sessions=people.sessions.of(who.user.name),
        current=who.session,
        tokens=people.tokens.of(who.user.name),
        made=made,
        problem=problem,
        done=request.query_params.get("done", ""),
    )

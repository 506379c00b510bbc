"""POST and DELETE /api/v1/session."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data_agent.people.values import User
from data_agent.web import cookies
from data_agent.web.body import json_object, text
from data_agent.web.identity import client, maybe_who
from data_agent.web.services import services_of


async def sign_in(request: Request) -> Response:
    """{username, password} → the session cookie."""
    body = await json_object(request)
    name = text(body, "username", most=200)
    password = text(body, "password", most=1000)
    people = services_of(request).people
    note_attempt(request, name)
    user = await people.sign_in(name, password, address=client(request).address)
    response = JSONResponse(user_json(user))
    begin_session(request, response, user)
    return response


async def sign_out(request: Request) -> Response:
    """Ends this session; also fine when there is none."""
    response = Response(status_code=204)
    end_session(request, response)
    return response


def note_attempt(request: Request, name: str) -> None:
    """For the audit list: whose sign-in this is. What is no user's name may be a password that
    went into the wrong field, so it is not kept."""
    user = services_of(request).people.users.find(name.strip().casefold())
    request.state.acting = user.name if user else "unknown"


def begin_session(request: Request, response: Response, user: User) -> None:
    """A fresh session for this user; the one that the browser had before ends."""
    sessions = services_of(request).people.sessions
    who = maybe_who(request)
    if who and who.session:
        sessions.end(who.session.id_hash)
    browser = request.headers.get("user-agent", "")
    secret = sessions.start(user.name, address=client(request).address, browser=browser)
    request.state.acting = user.name
    cookies.set_session(response, secret, request.headers, client(request))


def end_session(request: Request, response: Response) -> None:
    who = maybe_who(request)
    if who and who.session:
        services_of(request).people.sessions.end(who.session.id_hash)
    cookies.clear_session(response)


def user_json(user: User) -> dict[str, object]:
    """A user as the API shows one."""
    return {
        "username": user.name,
        "role": user.role,
        "must_change_password": user.must_change_password,
    }

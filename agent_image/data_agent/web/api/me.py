"""What a signed-in person may do about themselves: password, sessions, tokens."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data_agent.web.api.session import begin_session, user_json
from data_agent.web.body import json_object, text
from data_agent.web.identity import browser_of, client, who_of
from data_agent.web.services import services_of


async def show(request: Request) -> Response:
    return JSONResponse(user_json(who_of(request).user))


async def change_password(request: Request) -> Response:
    """{current, new} → a new session; all others of this user end."""
    who = who_of(request)
    body = await json_object(request)
    user = await services_of(request).people.change_password(
        who.user,
        text(body, "current", most=1000),
        text(body, "new", most=1000),
        address=client(request).address,
    )
    response = JSONResponse(user_json(user))
    if who.session:
        begin_session(request, response, user)
    return response


async def sessions(request: Request) -> Response:
    who = browser_of(request)
    return JSONResponse(
        {
            "sessions": [
                {
                    "id": session.handle,
                    "created_at": session.created_at,
                    "last_seen": session.last_seen,
                    "address": session.address,
                    "browser": session.browser,
                    "current": session == who.session,
                }
                for session in services_of(request).people.sessions.of(who.user.name)
            ]
        }
    )


async def end_other_sessions(request: Request) -> Response:
    """All but this one."""
    end_others(request)
    return Response(status_code=204)


async def end_session(request: Request) -> Response:
    who = browser_of(request)
    people = services_of(request).people
    people.sessions.end_by_handle(who.user.name, request.path_params["handle"])
    return Response(status_code=204)


def end_others(request: Request) -> None:
    """Signs this person out everywhere else."""
    who = browser_of(request)
    if who.session:
        services_of(request).people.sessions.end_others(who.user.name, but=who.session)
    request.state.acted_on = "all others"


async def tokens(request: Request) -> Response:
    who = browser_of(request)
    mine = services_of(request).people.tokens.of(who.user.name)
    return JSONResponse(
        {
            "tokens": [
                {
                    "id": token.handle,
                    "name": token.label,
                    "created_at": token.created_at,
                    "last_used": token.last_used,
                }
                for token in mine
            ]
        }
    )


async def make_token(request: Request) -> Response:
    """{name} → the token, which is shown this once."""
    who = browser_of(request)
    body = await json_object(request)
    people = services_of(request).people
    token, secret = people.tokens.make(who.user.name, text(body, "name", most=60))
    request.state.acted_on = token.label
    return JSONResponse({"id": token.handle, "name": token.label, "token": secret}, status_code=201)


async def revoke_token(request: Request) -> Response:
    who = browser_of(request)
    tokens = services_of(request).people.tokens
    request.state.acted_on = tokens.revoke(who.user.name, request.path_params["handle"]).label
    return Response(status_code=204)

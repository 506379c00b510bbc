"""Users of this customer, for admins."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data_agent.errors import Invalid
from data_agent.web.api.session import user_json
from data_agent.web.audit import RESET
from data_agent.web.body import json_object, text
from data_agent.web.identity import admin_of
from data_agent.web.services import services_of


async def index(request: Request) -> Response:
    admin_of(request)
    users = services_of(request).people.users
    everybody = users.all()
    return JSONResponse(
        {
            "users": [user_json(user) for user in everybody],
            "used": len(everybody),
            "allowed": users.limit,
        }
    )


async def add(request: Request) -> Response:
    """{username, role?} → the user with a first password, which is shown this once."""
    admin_of(request)
    body = await json_object(request)
    if "password" in body:
        raise Invalid("A first password is made by the agent and is in the answer; leave it out.")
    name, role = text(body, "username", most=200), body.get("role", "user")
    user, password = await services_of(request).people.add_user(name, role)
    request.state.acted_on = user.name
    return JSONResponse({**user_json(user), "first_password": password}, status_code=201)


async def change(request: Request) -> Response:
    """{role} and/or {reset_password: true}; a new first password is in the answer."""
    admin_of(request)
    body = await json_object(request)
    if not body.keys() & {"role", "reset_password"}:
        raise Invalid('Send "role", or "reset_password": true.')
    if body.get("reset_password", False) not in (True, False):
        raise Invalid('"reset_password" must be true or false.')
    people, name = services_of(request).people, request.path_params["name"]
    answer: dict[str, object] = {}
    user = people.users.get(name)
    if "role" in body:
        user = people.set_role(name, body["role"])
    if body.get("reset_password"):
        request.state.act = RESET
        user, answer["first_password"] = await people.reset_password(name)
    return JSONResponse({**user_json(user), **answer})


async def remove(request: Request) -> Response:
    admin_of(request)
    services_of(request).people.remove_user(request.path_params["name"])
    return Response(status_code=204)

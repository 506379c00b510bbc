"""The one place that decides whether a request may come in at all."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from data_agent.errors import DataAgentError, NotSignedIn, PasswordMustChange
from data_agent.web.client import client_of
from data_agent.web.identity import identify, maybe_who, who_of
from data_agent.web.origin_guard import check_origin
from data_agent.web.problems import respond, wants_json
from data_agent.web.services import Services

# Not a person's requests: neither sign-in nor origin applies.
PLATFORM = ("/healthz", "/readyz", "/internal/", "/static/", "/robots.txt")
PUBLIC = ("/login", "/api/v1/session")
BEFORE_FIRST_CHANGE = (*PUBLIC, "/password", "/logout", "/api/v1/me/password")


class GateMiddleware:
    """Origin, identity, sign-in and first password, in this order; then the handler."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(PLATFORM):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            self._check(request)
        except DataAgentError as error:
            response = _refusal(request, error)
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _check(self, request: Request) -> None:
        path = request.scope["path"]  # request.url is made from the Host header: not to be trusted
        request.state.client = client_of(request.scope, self._services.settings.trusted_proxies)
        request.state.who = None
        self._services.activity.check_room(request.headers)
        check_origin(request.method, request.headers, request.state.client)
        request.state.who = identify(request.headers, request.state.client, self._services.people)
        if path not in PUBLIC:
            who_of(request)
        who = maybe_who(request)
        if who:
            self._services.activity.use()
        if who and who.user.must_change_password and path not in BEFORE_FIRST_CHANGE:
            raise PasswordMustChange("This is a first password. Choose your own to go on.")


def _refusal(request: Request, error: DataAgentError) -> Response:
    """Pages lead to where it can be mended; programs get the problem."""
    if not wants_json(request.scope["path"]):
        if isinstance(error, NotSignedIn):
            return RedirectResponse(_login_url(request), status_code=303)
        if isinstance(error, PasswordMustChange):
            return RedirectResponse("/password", status_code=303)
    return respond(request, error)


def _login_url(request: Request) -> str:
    path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    if request.method != "GET" or path == "/":
        return "/login"
    return f"/login?next={quote(path + (f'?{query}' if query else ''), safe='')}"

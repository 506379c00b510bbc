"""Writes down who did what, by one table of addresses; handlers know nothing of it.

Only what was done is written down: an answer of 400 or above is no act, except a sign-in that
failed. A handler may name the object of its act in `request.state.acted_on`, and the act itself
in `request.state.act` where the address does not tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_agent.web.identity import Who
from data_agent.web.services import Services

SIGN_IN_FAILED = "sign-in failed"
RESET = "gave a new first password"
# Method, address and act; the first that fits. A group in the address is the object. The patterns
# are compiled at the first request that is compared with them: no start of the agent waits for it.
ACTS: Sequence[tuple[str, str, str]] = (
    ("POST", r"(?:/api/v1/session|/login)", "signed in"),
    ("DELETE", r"/api/v1/session", "signed out"),
    ("POST", r"/logout", "signed out"),
    ("POST", r"(?:/api/v1/me)?/password", "changed the password"),
    ("POST", r"(?:/api/v1/files|/data)", "uploaded"),
    ("POST", r"/api/v1/waiting/[^/]+", "decided on an upload"),
    ("POST", r"/data/waiting/[^/]+/(?:replace|keep)", "decided on an upload"),
    ("DELETE", r"/api/v1/waiting/[^/]+", "discarded an upload"),
    ("POST", r"/data/waiting/[^/]+/discard", "discarded an upload"),
    ("DELETE", r"/api/v1/files/[^/]+", "deleted a file"),
    ("POST", r"/data/files/[^/]+/delete", "deleted a file"),
    ("DELETE", r"/api/v1/tables/([^/]+)", "deleted a table"),
    ("POST", r"/data/tables/([^/]+)/delete", "deleted a table"),
    ("POST", r"/data/files/[^/]+/types", "changed column types"),
    ("PATCH", r"/api/v1/files/[^/]+", "changed column types"),
    ("POST", r"/api/v1/ask", "asked"),
    ("GET", r"/", "asked"),
    ("POST", r"(?:/api/v1)?/sql", "ran SQL"),
    ("GET", r"(?:/api/v1)?/export", "exported"),
    ("POST", r"/export", "exported"),
    ("POST", r"(?:/api/v1/users|/people)", "added a user"),
    ("PATCH", r"/api/v1/users/([^/]+)", "changed a user"),
    ("DELETE", r"/api/v1/users/([^/]+)", "removed a user"),
    ("POST", r"/people/([^/]+)/role", "changed a user"),
    ("POST", r"/people/([^/]+)/reset", RESET),
    ("POST", r"/people/([^/]+)/remove", "removed a user"),
    ("POST", r"(?:/api/v1|/account)/tokens", "made a token"),
    ("DELETE", r"/api/v1/tokens/[^/]+", "revoked a token"),
    ("POST", r"/account/tokens/[^/]+/revoke", "revoked a token"),
    ("POST", r"(?:/api/v1)?/questions", "saved an answer"),
    ("DELETE", r"/api/v1/questions/[^/]+", "removed an answer"),
    ("POST", r"/questions/[^/]+/delete", "removed an answer"),
    ("POST", r"(?:/api/v1)?/verdicts", "marked an answer"),
    ("DELETE", r"/api/v1/verdicts/[^/]+", "removed a mark"),
    ("POST", r"/people/verdicts/[^/]+/delete", "removed a mark"),
    ("DELETE", r"/api/v1/me/sessions(?:/[^/]+)?", "ended a session"),
    ("POST", r"/account/sessions/(?:[^/]+/)?end", "ended a session"),
    ("POST", r"(?:/api/v1)?/glossary", "taught a word"),
    ("DELETE", r"/api/v1/glossary", "removed a word"),
    ("POST", r"/glossary/remove", "removed a word"),
)
WORDS = tuple(dict.fromkeys([*(act for _, _, act in ACTS), SIGN_IN_FAILED]))


class AuditMiddleware:
    """Stands inside the gate, which knows who makes the request."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = act_of(scope) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        what, on = found

        async def send_and_note(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(scope.get("state", {}), what, on, message["status"])
            await send(message)

        await self._app(scope, receive, send_and_note)

    def _note(self, state: dict[str, Any], what: str, on: str, status: int) -> None:
        who: Who | None = state.get("who")
        name = state.get("acting") or (who.user.name if who else "")
        if status >= 400:
            if what != "signed in":
                return
            what = SIGN_IN_FAILED
        else:
            self._services.activity.use()
        client = state.get("client")
        address = client.address if client else ""
        what = state.get("act", what)
        self._services.audit.add(name, what, on=state.get("acted_on", on), address=address)


def act_of(scope: Scope) -> tuple[str, str] | None:
    """What this request does and on what; None when nobody needs to know."""
    method, path = scope["method"], scope["path"]
    if method == "GET" and path == "/" and not _asks(scope["query_string"]):
        return None
    for wanted, pattern, act in ACTS:
        match = re.fullmatch(pattern, path) if method == wanted else None
        if match:
            return act, (match[1] if match.groups() else "")
    return None


def _asks(query: bytes) -> bool:
    """A question in words: not the front page, nor a plan or an answer that is looked at again."""
    names = {part.partition(b"=")[0] for part in query.split(b"&")}
    return b"q" in names and not names & {b"plan", b"sql", b"held"}

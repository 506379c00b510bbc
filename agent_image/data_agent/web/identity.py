"""Who makes a request: found by cookie or token before any handler runs."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import Request

from data_agent.errors import NotAllowed, NotSignedIn
from data_agent.people.directory import Directory
from data_agent.people.values import Session, User
from data_agent.web.client import Client
from data_agent.web.cookies import session_secret


@dataclass(frozen=True)
class Who:
    """A signed-in person; `session` is None when a token was used."""

    user: User
    session: Session | None


def identify(headers: Headers, client: Client, people: Directory) -> Who | None:
    """The person behind the request, None without session or token.
    NotSignedIn for a token that is not valid."""
    authorization = headers.get("authorization")
    if authorization is not None:
        return _by_token(authorization, people)
    secret = session_secret(headers, client)
    session = people.sessions.find(secret) if secret else None
    user = people.users.find(session.user) if session else None
    return Who(user, session) if user else None


def who_of(request: Request) -> Who:
    """The signed-in person. NotSignedIn."""
    who = maybe_who(request)
    if who is None:
        raise NotSignedIn("Sign in first, or send a valid token.")
    return who


def maybe_who(request: Request) -> Who | None:
    who: Who | None = getattr(request.state, "who", None)
    return who


def admin_of(request: Request) -> Who:
    """The signed-in admin. NotAllowed for other users."""
    who = who_of(request)
    if not who.user.is_admin:
        raise NotAllowed("Only an admin of this agent may do this. Ask one of your admins.")
    return who


def browser_of(request: Request) -> Who:
    """Somebody with a session: tokens must not make tokens. NotAllowed."""
    who = who_of(request)
    if who.session is None:
        raise NotAllowed("This needs a signed-in browser; a token is not enough.")
    return who


def client(request: Request) -> Client:
    found: Client = request.state.client
    return found


def _by_token(authorization: str, people: Directory) -> Who:
    scheme, _, secret = authorization.partition(" ")
    token = people.tokens.find(secret.strip()) if scheme.lower() == "bearer" else None
    user = people.users.find(token.user) if token else None
    if user is None:
        raise NotSignedIn("The token is not valid. It may have been revoked.")
    return Who(user, None)

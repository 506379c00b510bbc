"""The session cookie: a name that sibling subdomains cannot forge, wherever browsers have it.

`__Host-` binds the cookie to this very host (RFC 6265bis 4.1.3.2), but browsers take it only where
they see a secure origin: HTTPS, localhost and *.localhost. Elsewhere (plain HTTP to an address) and
for scripts on localhost, whose cookie jars know no such exception, there is a plain one; a browser
that can have the bound cookie is never asked for the plain one.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import Response

from data_agent.people.sessions import ABSOLUTE_S
from data_agent.web.client import Client

BOUND = "__Host-session"
PLAIN = "session"


def session_secret(headers: Headers, client: Client) -> str | None:
    """The secret that the request carries. Twice the same name is an attack: then none."""
    for name in _names(headers, client):
        values = set(_values(headers, name))
        if len(values) == 1:
            return values.pop()
        if values:
            return None
    return None


def has_session_cookie(headers: Headers) -> bool:
    """Whether any cookie of ours came along, valid or not."""
    return any(_values(headers, name) for name in (BOUND, PLAIN))


def set_session(response: Response, secret: str, headers: Headers, client: Client) -> None:
    for name in _names(headers, client):
        response.set_cookie(
            name,
            secret,
            max_age=ABSOLUTE_S,
            path="/",
            secure=name == BOUND,
            httponly=True,
            samesite="lax",
        )


def clear_session(response: Response) -> None:
    for name in (BOUND, PLAIN):
        response.delete_cookie(name, path="/", secure=name == BOUND, httponly=True, samesite="lax")


def _names(headers: Headers, client: Client) -> tuple[str, ...]:
    if client.https or (client.is_localhost and "sec-fetch-site" in headers):
        return (BOUND,)
    return (BOUND, PLAIN) if client.is_localhost else (PLAIN,)


def _values(headers: Headers, name: str) -> list[str]:
    pairs = (
        part.strip().partition("=")
        for line in headers.getlist("cookie")
        for part in line.split(";")
    )
    return [value for key, _, value in pairs if key == name and value]

"""Refuses requests that change something and were made by another site's page.

Sec-Fetch-Site is set by browsers and cannot be set by pages; `same-site` is refused too, because
the neighbours on sibling subdomains are other customers. Where a browser does not send it (plain
HTTP to an address), Origin must be our own host. A request with neither is no browser's of today;
with our cookie it must still be one that a foreign page cannot send without asking first.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers

from data_agent.errors import NotAllowed
from data_agent.web.client import Client
from data_agent.web.cookies import has_session_cookie

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
# The only methods and bodies that a page may send elsewhere without a preflight (Fetch standard).
FORM_METHOD = "POST"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "")


def check_origin(method: str, headers: Headers, client: Client) -> None:
    """NotAllowed when this unsafe request may come from another site."""
    if method in SAFE:
        return
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if site is not None:
        allowed = site in ("same-origin", "none")
    elif origin is not None:
        allowed = _is_own(origin, client)
    else:
        allowed = not has_session_cookie(headers) or _needs_preflight(method, headers)
    if not allowed:
        raise NotAllowed(
            "This request came from another site, so it was not carried out. "
            "Open this page directly and try again; a script should use a token, or send an "
            "Origin header with this agent's own address."
        )


def _is_own(origin: str, client: Client) -> bool:
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or (client.https and parts.scheme != "https"):
        return False
    return _with_port(parts.netloc.lower(), parts.scheme) == _with_port(client.host, parts.scheme)


def _with_port(host: str, scheme: str) -> str:
    return host.removesuffix({"http": ":80", "https": ":443"}[scheme])


def _needs_preflight(method: str, headers: Headers) -> bool:
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return method != FORM_METHOD or content_type not in FORM_TYPES

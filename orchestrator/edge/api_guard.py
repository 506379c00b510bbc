"""Who may speak to the REST API before operators can log in: programs on this machine.

A browser on this machine also runs pages of strangers. Their requests carry a foreign Host header
(a name that was made to point at 127.0.0.1: DNS rebinding), or `Sec-Fetch-Site` gives them away.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrator.edge.api_problems import answer
from orchestrator.edge.hostname import host_name

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
FOREIGN_SITES = frozenset({"cross-site", "same-site"})
HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


class LocalOnly:
    """ASGI middleware that refuses the rest with 421 or 403, and closes what browsers may do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_closed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await (refusal(Headers(scope=scope)) or self._app)(scope, receive, send_closed)


def refusal(headers: Headers) -> ASGIApp | None:
    """The answer to a request that is not from here, or None."""
    if host_name(headers.get("host")) not in LOCAL_NAMES:
        return answer(
            421,
            "Wrong host",
            "This API answers to localhost, 127.0.0.1 and [::1] only.",
            mend="Reach it from this machine, or through an SSH tunnel to its loopback address.",
        )
    if headers.get("sec-fetch-site") in FOREIGN_SITES:
        return answer(403, "Foreign page", "Pages of other sites may not read this API.")
    return None

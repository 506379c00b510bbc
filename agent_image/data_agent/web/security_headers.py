"""Headers that every answer carries, whatever made it."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import formatdate

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_agent.settings import Network
from data_agent.web.client import client_of

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
EVERYWHERE = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}
# A year; without includeSubDomains, because the domain above us is not ours to decide about.
TRANSPORT_SECURITY = "max-age=31536000"


class SecurityHeadersMiddleware:
    """Adds EVERYWHERE and the date to each answer, keeping what a handler has set itself."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        https = client_of(scope, self._trusted).https

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in EVERYWHERE.items():
                    headers.setdefault(name, value)
                headers.setdefault("date", formatdate(usegmt=True))
                if https:
                    headers.setdefault("strict-transport-security", TRANSPORT_SECURITY)
            await send(message)

        await self._app(scope, receive, send_with_headers)

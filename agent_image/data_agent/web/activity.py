"""How many requests run and when the last one came: what the platform asks before it acts."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

# The platform's own questions are no sign that a person uses the agent.
NOT_COUNTED = ("/healthz", "/readyz", "/internal/")


class Activity:
    """Counts of one process. `last_request` is in seconds since 1970, None before the first."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.in_flight = 0
        self.last_request: float | None = None

    def begin(self) -> None:
        self.in_flight += 1
        self.last_request = self._now()

    def end(self) -> None:
        self.in_flight -= 1
        self.last_request = self._now()


class ActivityMiddleware:
    """Counts a request from its first byte until its answer is sent, broken off or failed."""

    def __init__(self, app: ASGIApp, activity: Activity) -> None:
        self._app = app
        self._activity = activity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(NOT_COUNTED):
            await self._app(scope, receive, send)
            return
        self._activity.begin()
        try:
            await self._app(scope, receive, send)
        finally:
            self._activity.end()

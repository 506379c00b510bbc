"""How many requests run and when somebody last used the agent: what the platform asks before it
acts. Whatever runs is counted; only who is signed in, or does something, uses it: health checks,
robots and scanners keep nobody awake."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from data_agent.errors import TooManyAtOnce

# The platform's own questions are no sign that a person uses the agent.
NOT_COUNTED = ("/healthz", "/readyz", "/internal/")
# How many requests may be under way. The platform's proxy sets it, whatever a client sends.
AT_ONCE = "x-orchestrator-at-once"
AGAIN_AFTER_S = 1


class Activity:
    """Counts of one process. `last_request` is that of somebody who used the agent, in seconds
    since 1970; None before the first."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._began: dict[object, float] = {}  # in the order of their beginning
        self.in_flight = 0
        self.last_request: float | None = None

    @property
    def oldest_s(self) -> float:
        """For how many seconds the oldest request has been under way; 0 without any."""
        first = next(iter(self._began.values()), None)
        return 0.0 if first is None else max(0.0, time.monotonic() - first)

    def begin(self) -> object:
        """What `end` is to be given."""
        request = object()
        self._began[request] = time.monotonic()
        self.in_flight += 1
        return request

    def use(self) -> None:
        """Somebody uses the agent now."""
        self.last_request = self._now()

    def check_room(self, headers: Headers) -> None:
        """TooManyAtOnce when more than the platform allows are under way, this one included."""
        most = headers.get(AT_ONCE, "")
        if most.isdecimal() and self.in_flight > int(most):
            raise TooManyAtOnce(
                f"More than {most} requests are under way here. Try again in a second.",
                retry_after_s=AGAIN_AFTER_S,
            )

    def end(self, request: object) -> None:
        self._began.pop(request, None)
        self.in_flight -= 1


class ActivityMiddleware:
    """Counts a request from its first byte until its answer is sent, broken off or failed."""

    def __init__(self, app: ASGIApp, activity: Activity) -> None:
        self._app = app
        self._activity = activity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(NOT_COUNTED):
            await self._app(scope, receive, send)
            return
        under_way = self._activity.begin()
        try:
            await self._app(scope, receive, send)
        finally:
            self._activity.end(under_way)
            if scope.get("state", {}).get("who") is not None:
                self._activity.use()  # until now

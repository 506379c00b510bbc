"""What somebody is told whose request is cut off because the agent ends."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data_agent.errors import CutOff
from data_agent.web.problems import respond

SAID = (
    "The agent is being replaced, and this took longer than could be waited for. "
    "Look whether it was done, and send it again if it was not."
)


class CutOffMiddleware:
    """An honest 503 instead of the server's bare 500, where no answer had begun."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except asyncio.CancelledError:  # nobody but the server at its end cancels a whole request
            task = asyncio.current_task()
            if begun or scope["type"] != "http" or task is None:
                raise
            task.uncancel()
            response = respond(Request(scope, receive, send), CutOff(SAID))
            await response(scope, receive, send)

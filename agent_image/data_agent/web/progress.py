"""Answers that take a while tell their steps: server-sent events to whoever accepts them.

Each event is one JSON object: {"step": words} any number of times, then one {"done": …}. For the
API that is the answer itself with its `status`; for a page it is the address to open. Whoever hangs
up before the end stops the work. Others get the same answer at once, when it is there.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message

from data_agent.errors import DataAgentError
from data_agent.web.body import read_body
from data_agent.web.identity import who_of
from data_agent.web.problems import respond, wants_json
from data_agent.web.routing import Handler
from data_agent.web.services import services_of

EVENTS = "text/event-stream"
HEARTBEAT_S = 10.0  # below every proxy's patience, and how soon a dead line is noticed
HELD = "held"
log = logging.getLogger("data_agent")


def with_progress(handler: Handler) -> Handler:
    """The handler, which tells its steps by `tell_of(request)`, for both ways to ask."""
    return partial(_answer, handler)


def tell_of(request: Request) -> Callable[[str], None]:
    """Where a handler says what it is doing; nowhere, unless somebody listens."""
    tell: Callable[[str], None] = getattr(request.state, "tell", _to_nobody)
    return tell


async def _answer(handler: Handler, request: Request) -> Response:
    key = request.query_params.get(HELD, "")
    if key:
        found = services_of(request).held.take(who_of(request).user.name, key)
        if found is not None:
            return found
    if EVENTS not in request.headers.get("accept", ""):
        return await handler(request)
    copied = Request(request.scope, _replay(await read_body(request)))
    headers = {"content-type": EVENTS, "x-accel-buffering": "no"}
    return StreamingResponse(_events(handler, copied), headers=headers)


async def _events(handler: Handler, request: Request) -> AsyncIterator[str]:
    steps: asyncio.Queue[str] = asyncio.Queue()
    request.state.tell = steps.put_nowait
    work = asyncio.create_task(_finished(handler, request))
    work.add_done_callback(lambda _: steps.put_nowait(""))  # wakes the loop below
    try:
        while not (work.done() and steps.empty()):
            words = None
            with suppress(TimeoutError):
                words = await asyncio.wait_for(steps.get(), HEARTBEAT_S)
            if words is None:
                yield ": still at it\n\n"
            elif words:
                yield _event({"step": words})
        yield _event(_end(request, work.result()))
    finally:
        work.cancel()


async def _finished(handler: Handler, request: Request) -> Response:
    """The handler's response, or that of its error: a stream has begun and must end."""
    try:
        return await handler(request)
    except DataAgentError as error:
        return respond(request, error)
    except Exception as error:  # as the application's outermost handler does
        log.exception("a question failed")
        return respond(request, error)


def _end(request: Request, response: Response) -> dict[str, Any]:
    if wants_json(request.scope["path"]):
        return {"done": json.loads(bytes(response.body)), "status": response.status_code}
    key = services_of(request).held.put(who_of(request).user.name, response)
    query = [pair for pair in request.query_params.multi_items() if pair[0] != HELD]
    return {"done": f"{request.scope['path']}?{urlencode([*query, (HELD, key)])}"}


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, separators=(',', ':'))}\n\n"


def _replay(body: bytes) -> Callable[[], Any]:
    """The body once; afterwards nothing more comes. The stream itself notices a hang-up."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop()

    return receive


def _to_nobody(_: str) -> None:
    return None

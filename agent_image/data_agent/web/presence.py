"""Work that ends when nobody waits for it any more: a closed page, a stop button, a broken line."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from starlette.requests import Request

from data_agent.errors import Stopped

T = TypeVar("T")


async def while_present(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The work's result. When the client goes away first, the work is cancelled, which kills the
    query behind it. Stopped. The request's body must have been read before."""
    task = asyncio.create_task(work)
    watch = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Stopped("Stopped before it was done. Nothing was changed.")
        return task.result()
    finally:
        await _end(task)
        await _end(watch)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _end(task: asyncio.Task[Any]) -> None:
    """Cancel, and wait until it is over: the worker is dead when this returns."""
    if not task.done():
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task

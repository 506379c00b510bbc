"""A question whose asker went away is ended, also in the worker."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.errors import Stopped
from data_agent.web.presence import while_present
from starlette.requests import Request

SLOW = "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b"


def request_that_goes_away(after: asyncio.Event) -> Request:
    async def receive() -> dict[str, Any]:
        await after.wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "GET", "headers": []}, receive)


def test_the_result_comes_while_somebody_waits() -> None:
    async def scenario() -> str:
        return await while_present(request_that_goes_away(asyncio.Event()), work())

    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    assert asyncio.run(scenario()) == "done"


def test_an_error_of_the_work_comes_through() -> None:
    async def scenario() -> None:
        await while_present(request_that_goes_away(asyncio.Event()), work())

    async def work() -> None:
        raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"):
        asyncio.run(scenario())


def test_the_worker_is_dead_when_the_asker_is_gone(tmp_path: Path) -> None:
    async def scenario() -> None:
        engine = WorkerEngine(EngineSettings(data_dir=tmp_path))
        gone = asyncio.Event()
        asking = asyncio.create_task(while_present(request_that_goes_away(gone), engine.sql(SLOW)))
        try:
            async with asyncio.timeout(30):
                while not engine._pool.pids():  # noqa: ASYNC110 - a process sets no Event
                    await asyncio.sleep(0.02)
                await asyncio.sleep(0.3)
                gone.set()
                with pytest.raises(Stopped):
                    await asking
                assert not engine._pool.pids()
                assert (await engine.sql("SELECT 2")).rows == ((2,),)
        finally:
            await engine.close()

    asyncio.run(scenario())


def test_the_page_and_the_api_end_a_question_that_nobody_waits_for(agent: Any) -> None:
    admin = agent.admin()
    cookie = "; ".join(f"{c.name}={c.value}" for c in admin.cookies.jar)
    agent.engine.hangs = True
    for method, path, body in (
        ("GET", "/?q=total", b""),
        ("POST", "/api/v1/ask", json.dumps({"question": "total"}).encode()),
    ):
        before = agent.engine.cancelled
        agent.portal.call(hang_up, agent.app, method, path, body, cookie)
        assert agent.engine.cancelled == before + 1


async def hang_up(app: Any, method: str, target: str, body: bytes, cookie: str) -> None:
    """Send a request, and break the line off a moment later."""
    path, _, query = target.partition("?")
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await asyncio.sleep(0.1)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        """Nobody is there."""

    headers = [
        (b"host", b"customer-a.localhost"), (b"cookie", cookie.encode()),
        (b"content-type", b"application/json"), (b"origin", b"http://customer-a.localhost"),
    ]  # fmt: skip
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": query.encode(), "headers": headers, "client": ("127.0.0.1", 1),
        "server": ("customer-a.localhost", 80), "scheme": "http", "http_version": "1.1",
        "root_path": "",
    }  # fmt: skip
    async with asyncio.timeout(20):
        await app(scope, receive, send)

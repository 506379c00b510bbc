"""A controller that answers recorded values on a unix socket: real HTTP, no platform behind it."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route


@dataclass
class Recorded:
    """`answers["GET /v1/status"]` is what is answered: a value (JSON), Lines, Text or Problem."""

    socket: Path
    answers: dict[str, object] = field(default_factory=dict)
    asked: list[tuple[str, object]] = field(default_factory=list)


@dataclass(frozen=True)
class Lines:
    """An x-ndjson stream."""

    lines: tuple[dict, ...]


@dataclass(frozen=True)
class Text:
    """A plain text."""

    text: str


@dataclass(frozen=True)
class Problem:
    """A problem document."""

    status: int
    document: dict


class RecordedController:
    """Starts on `with`; stops at its end."""

    def __init__(self, socket: Path) -> None:
        self.recorded = Recorded(socket)
        methods = ["GET", "POST", "PATCH", "DELETE"]
        app = Starlette(routes=[Route("/{path:path}", self._answer, methods=methods)])
        config = uvicorn.Config(
            app, uds=str(socket), log_level="error", lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Recorded:
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < deadline, "the recorded controller did not start"
            time.sleep(0.005)
        return self.recorded

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        self.recorded.asked.append((f"{request.method} {target}", json.loads(body or b"null")))
        answers = self.recorded.answers
        answer = answers.get(f"{request.method} {target}") or answers.get(
            f"{request.method} {request.url.path}"
        )
        match answer:
            case None:
                missing = {"status": 404, "title": "Not found", "detail": f"no answer for {target}"}
                return JSONResponse(missing, 404, media_type="application/problem+json")
            case Problem(status, document):
                return JSONResponse(document, status, media_type="application/problem+json")
            case Lines(lines):
                stream = (json.dumps(line) + "\n" for line in lines)
                return StreamingResponse(stream, media_type="application/x-ndjson")
            case Text(text):
                return Response(text, media_type="text/plain")
            case value:
                return JSONResponse(value)

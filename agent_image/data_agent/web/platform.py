"""What the platform and robots ask: health, readiness, activity, and whether they are welcome. No
person is behind these requests."""

from __future__ import annotations

import hmac
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from data_agent.durable import write_atomically
from data_agent.errors import DataAgentError, FilesDamaged, NotSignedIn, StorageFull
from data_agent.web.problems import Problem, problem_response
from data_agent.web.services import Services, services_of


async def healthz(_: Request) -> Response:
    """The process is up."""
    return JSONResponse({"status": "up"})


async def readyz(request: Request) -> Response:
    """200 when data can be read and written; 507 when it can be read, and there is no room to
    write; otherwise 503. With the reason."""
    try:
        await check_ready(services_of(request))
    except DataAgentError as error:
        status = error.status if isinstance(error, StorageFull) else 503
        return problem_response(
            Problem(status, "not-ready", "Not ready", str(error), headers={"Retry-After": "1"})
        )
    return JSONResponse({"status": "ready"})


async def activity(request: Request) -> Response:
    """Only for the platform, with its token; without a configured token there is no such page."""
    services = services_of(request)
    check_platform_token(request, services.settings.platform_token_file)
    last = services.activity.last_request
    users = 0
    with suppress(FilesDamaged):
        users = len(services.people.users.all())
    return JSONResponse(
        {
            "in_flight": services.activity.in_flight,
            "oldest_s": round(services.activity.oldest_s, 3),
            "last_request": datetime.fromtimestamp(last, UTC).isoformat() if last else None,
            "users": users,
            "csv_files": services.library.count(),
            "version": services.settings.version,
        }
    )


async def robots(_: Request) -> Response:
    """None are, as the platform says for an agent that sleeps."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


async def check_ready(services: Services) -> None:
    """Really reads, then really writes. FilesDamaged; StorageFull when all can be read."""
    services.people.users.check()
    services.library.all()
    if not await services.engine.ready():
        raise FilesDamaged(
            f"The database in {services.settings.data_dir} cannot be opened now: it is held by "
            "another process, or damaged."
        )
    probe = services.settings.data_dir / f".ready-{secrets.token_hex(4)}"
    try:
        write_atomically(probe, b"ready\n")
    finally:
        probe.unlink(missing_ok=True)


def check_platform_token(request: Request, path: Path | None) -> None:
    """HTTPException 404 when none is configured; NotSignedIn when the request's is another."""
    expected = b""
    if path is not None:
        with suppress(OSError):
            expected = path.read_bytes().strip()
    if not expected:
        raise HTTPException(404)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), expected)
    if scheme.lower() != "bearer" or not same:
        raise NotSignedIn("This address is for the platform only.")


def platform_routes() -> list[BaseRoute]:
    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/internal/activity", activity),
        Route("/robots.txt", robots),
    ]

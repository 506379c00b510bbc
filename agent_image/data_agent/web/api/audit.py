"""Who did what, for admins; and how much of what the tier allows is used, for everybody."""

from __future__ import annotations

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data_agent.web.body import number
from data_agent.web.identity import admin_of, who_of
from data_agent.web.services import services_of
from data_agent.web.usage import usage

MOST_ACTS = 1000


async def index(request: Request) -> Response:
    """?who=, ?what=, ?limit=, ?offset=; the newest first."""
    admin_of(request)
    query = request.query_params
    acts = services_of(request).audit.newest(
        who=query.get("who", ""),
        what=query.get("what", ""),
        skip=number(request, "offset", 0, low=0, high=10**6),
        most=number(request, "limit", 100, low=1, high=MOST_ACTS),
    )
    return JSONResponse({"acts": [asdict(act) for act in acts]})


async def limits(request: Request) -> Response:
    """{name: {used, allowed}}; allowed is null where there is no limit."""
    who_of(request)
    found = usage(services_of(request))
    return JSONResponse({each.name: {"used": each.used, "allowed": each.allowed} for each in found})

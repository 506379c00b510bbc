"""The customer's own words: everybody may read them, admins change them."""

from __future__ import annotations

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data_agent.asking.glossary import MAX_MEANING, MAX_TERM
from data_agent.web.body import json_object, text
from data_agent.web.glossary import MOST
from data_agent.web.identity import admin_of, who_of
from data_agent.web.services import services_of

ROOMY = 4 * max(MAX_TERM, MAX_MEANING)  # what is longer is refused by the glossary, with its reason


async def index(request: Request) -> Response:
    may_change = who_of(request).user.is_admin
    terms = [asdict(term) for term in services_of(request).glossary.current().terms]
    return JSONResponse(
        {"terms": terms, "used": len(terms), "allowed": MOST, "may_change": may_change}
    )


async def put(request: Request) -> Response:
    """{term, means} → the term; one with the same words is replaced. The next question knows it."""
    admin_of(request)
    body = await json_object(request)
    term, means = text(body, "term", most=ROOMY), text(body, "means", most=ROOMY)
    request.state.acted_on = term
    return JSONResponse(asdict(services_of(request).glossary.put(term, means)), status_code=201)


async def remove(request: Request) -> Response:
    """?term="""
    admin_of(request)
    term = text(dict(request.query_params), "term", most=ROOMY)
    request.state.acted_on = services_of(request).glossary.remove(term).term
    return Response(status_code=204)

"""The glossary: what the customer's own words mean. Everybody sees it, admins change it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_agent.asking.lexicon import load
from data_agent.asking.schema import Schema
from data_agent.errors import Conflict, DataAgentError, Invalid, LimitReached, StorageFull
from data_agent.web.body import form
from data_agent.web.glossary import MOST
from data_agent.web.identity import admin_of
from data_agent.web.meanings import example_terms, offered_meanings, shown_terms
from data_agent.web.pages.session import safe_target
from data_agent.web.problems import Problem, problem_of
from data_agent.web.render import page
from data_agent.web.services import services_of

MENDABLE = (Conflict, Invalid, LimitReached, StorageFull)


@dataclass(frozen=True)
class Draft:
    """What stands in a form: of a new term, or (`was`) of one that is changed."""

    term: str = ""
    means: str = ""
    was: str = ""
    back: str = ""


async def show(request: Request) -> Response:
    """?term= and ?means= stand in the form of a new term; ?back= is where saving leads."""
    query = request.query_params
    draft = Draft(query.get("term", ""), query.get("means", ""), "", query.get("back", ""))
    return await _page(request, draft)


async def save(request: Request) -> Response:
    """A new term, or a changed one; what is wrong is said at its form."""
    admin_of(request)
    fields = await form(request)
    draft = Draft(*(fields.get(name, "").strip() for name in ("term", "means", "was", "back")))
    glossary = services_of(request).glossary
    try:
        if draft.was:
            saved = glossary.put(draft.term, draft.means, instead_of=draft.was)
        else:
            saved = glossary.add(draft.term, draft.means)
    except MENDABLE as error:
        return await _page(request, draft, problem_of(error))
    request.state.acted_on = saved.term
    target = _back(draft) or "/glossary?done=saved"
    return RedirectResponse(target, status_code=303)


async def remove(request: Request) -> Response:
    admin_of(request)
    fields = await form(request)
    request.state.acted_on = services_of(request).glossary.remove(fields.get("term", "")).term
    return RedirectResponse("/glossary?done=removed", status_code=303)


async def _page(request: Request, draft: Draft, problem: Problem | None = None) -> Response:
    services = services_of(request)
    terms = services.glossary.current().terms
    schema, lexicon = await _schema(request), load()
    return page(
        request,
        "glossary.html",
        status=problem.status if problem else 200,
        terms=shown_terms(terms, schema, lexicon),
        examples=example_terms(schema, lexicon),
        offered=offered_meanings(schema, lexicon),
        used=len(terms),
        allowed=MOST,
        draft=draft,
        back=_back(draft),
        problem=problem,
        admins=[user.name for user in services.people.users.all() if user.is_admin],
        done=request.query_params.get("done", "") if not problem else "",
    )


def _back(draft: Draft) -> str:
    """A page of this agent, never another site."""
    return safe_target(draft.back) if draft.back else ""


async def _schema(request: Request) -> Schema:
    """The tables; the page works without them while the engine is busy."""
    try:
        return await services_of(request).engine.schema()
    except DataAgentError:
        return Schema()

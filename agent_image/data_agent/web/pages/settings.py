"""What this agent is set to, for admins: the language model, and what one is told."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data_agent.web.body import text
from data_agent.web.identity import admin_of
from data_agent.web.limits import MAX_QUESTION
from data_agent.web.render import page
from data_agent.web.services import services_of

EXAMPLE = "Which customers should we call first?"


async def show(request: Request) -> Response:
    """The page. `?question=`: the question of the preview."""
    admin_of(request)
    services, query = services_of(request), request.query_params
    given = {"question": query.get("question", "").strip() or EXAMPLE}
    question = text(given, "question", most=MAX_QUESTION)
    status = await services.model.access.status(fresh=True)
    terms = services.glossary.current().terms
    talk = services.model.opening(question, await services.engine.schema(), terms=terms)
    return page(
        request,
        "settings.html",
        found=status,
        model=services.settings.llm,
        question=question,
        talk=talk,
    )


async def model_status(request: Request) -> Response:
    """GET /api/v1/model: whether a language model can be asked, which, and its budget."""
    services = services_of(request)
    settings = services.settings.llm
    status = await services.model.access.status()
    return JSONResponse(
        {
            "configured": status.configured and settings.usable,
            "provider": status.provider if status.configured else None,
            "model": status.model or None,
            "privacy": settings.privacy,
            "budget_tokens": status.budget_tokens,
            "used_tokens": status.used_tokens,
        }
    )

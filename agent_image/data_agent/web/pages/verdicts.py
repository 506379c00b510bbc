"""Thumbs up and down under an answer, and the list of them for admins."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_agent.asking.plan import PlanError, from_json
from data_agent.asking.schema import Schema
from data_agent.web.api.verdicts import verdict_from
from data_agent.web.body import form
from data_agent.web.identity import admin_of
from data_agent.web.queries import plan_in
from data_agent.web.render import page
from data_agent.web.services import services_of
from data_agent.web.verdicts import MOST, Verdict


async def judge(request: Request) -> Response:
    """Back to the answer, which says that it was marked."""
    fields = await form(request)
    good = {"yes": True, "no": False}.get(fields.get("good", ""))
    plan = plan_in(fields, "plan")
    verdict = verdict_from({**fields, "plan": plan, "good": good}, request)
    recipe = {"plan": fields["plan"]} if plan else {"sql": verdict.sql}
    query = urlencode({"q": verdict.question, **recipe, "marked": "right" if good else "wrong"})
    return RedirectResponse(f"/?{query}", status_code=303)


async def show(request: Request) -> Response:
    admin_of(request)
    services = services_of(request)
    verdicts = services.verdicts.all()
    schema = await services.engine.schema() if verdicts else Schema()
    return page(
        request,
        "verdicts.html",
        verdicts=[(each, _fits(each, schema)) for each in verdicts],
        allowed=MOST,
    )


async def remove(request: Request) -> Response:
    admin_of(request)
    services_of(request).verdicts.remove(request.path_params["id"])
    return RedirectResponse("/people/verdicts", status_code=303)


def _fits(verdict: Verdict, schema: Schema) -> bool:
    """Whether its plan could still run; a statement is only known to when it runs."""
    if verdict.plan is None or "sql" in verdict.plan:
        return True
    try:
        from_json(verdict.plan, schema)
    except PlanError:
        return False
    return True

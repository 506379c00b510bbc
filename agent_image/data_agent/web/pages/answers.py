"""Saved answers: the board of all, one alone, save and remove."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_agent.errors import DataAgentError
from data_agent.values import Declined
from data_agent.web.answer_view import answer_view
from data_agent.web.api.questions import check_may_remove, save_from
from data_agent.web.board import answer_of, refresh
from data_agent.web.body import form, number
from data_agent.web.chart import chart_of
from data_agent.web.identity import who_of
from data_agent.web.presence import while_present
from data_agent.web.problems import problem_of
from data_agent.web.queries import choice_of, plan_in
from data_agent.web.questions import MOST, Question
from data_agent.web.render import page
from data_agent.web.services import services_of

CARDS = 12  # on one page
CARD_ROWS = 6  # of an answer that has no picture


async def show(request: Request) -> Response:
    """A page of saved answers, each run again now."""
    services = services_of(request)
    saved = services.questions.all()
    at = number(request, "page", 1, low=1, high=MOST)
    shown = saved[(at - 1) * CARDS : at * CARDS]
    outcomes = await while_present(request, refresh(services, shown))
    cards = [
        (each, chart_of(each.answer.chart, each.answer.result) if each.answer else None)
        for each in outcomes
    ]
    return page(
        request,
        "answers.html",
        cards=cards,
        used=len(saved),
        allowed=MOST,
        card_rows=CARD_ROWS,
        at=at,
        more=len(saved) > at * CARDS,
        now=services.now(),
    )


async def show_one(request: Request) -> Response:
    services = services_of(request)
    saved = services.questions.get(request.path_params["id"])
    choice = choice_of(request)
    try:
        found = await while_present(request, answer_of(services, saved))
    except DataAgentError as error:
        problem = problem_of(error)
        return _one(request, saved, problem=problem, status=problem.status)
    if isinstance(found, Declined):
        return _one(request, saved, declined=found)
    schema = await services.engine.schema()
    view = answer_view(found, schema, saved.question, choice, named=True)
    return _one(request, saved, view=view)


async def save(request: Request) -> Response:
    fields = await form(request)
    saved = save_from({**fields, "plan": plan_in(fields, "plan")}, request)
    return RedirectResponse(f"/answers/{saved.id}?new=1", status_code=303)


async def remove(request: Request) -> Response:
    questions = services_of(request).questions
    saved = questions.get(request.path_params["id"])
    check_may_remove(who_of(request), saved)
    questions.remove(saved.id)
    request.state.acted_on = saved.id
    return RedirectResponse("/answers", status_code=303)


def _one(request: Request, saved: Question, *, status: int = 200, **found: object) -> Response:
    who = who_of(request).user
    return page(
        request,
        "saved.html",
        status=status,
        saved=saved,
        view=found.get("view"),
        problem=found.get("problem"),
        declined=found.get("declined"),
        may_remove=who.is_admin or who.name == saved.by,
        new=request.query_params.get("new") == "1",
        link=f"{request.state.client.origin}/answers/{saved.id}",
    )

"""The front page: ask, read the answer, ask on."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_agent.errors import DataAgentError, Invalid, TooManyAttempts
from data_agent.values import Answer
from data_agent.web.api.data import MAX_QUESTION
from data_agent.web.body import form, text
from data_agent.web.chart import chart_of
from data_agent.web.examples import example_questions
from data_agent.web.identity import who_of
from data_agent.web.problems import Problem, problem_of
from data_agent.web.render import page
from data_agent.web.services import services_of

MAX_PREVIOUS = 20_000


async def show(request: Request) -> Response:
    question = request.query_params.get("q", "").strip()
    if not question:
        return _page(request)
    services = services_of(request)
    try:
        text({"question": question}, "question", most=MAX_QUESTION)
        previous = _previous(request)
        services.daily.take()
        answer = await services.engine.ask(question, previous=previous)
    except TooManyAttempts as error:
        response = _page(request, question=question, problem=problem_of(error))
        response.headers.update(problem_of(error).headers)
        return response
    except DataAgentError as error:
        return _page(request, question=question, problem=problem_of(error))
    if not isinstance(answer, Answer):
        return _page(request, question=question, declined=answer)
    return _page(
        request,
        question=question,
        answer=answer,
        chart=chart_of(answer.chart, answer.result),
        plan=json.dumps(answer.plan, separators=(",", ":")),
    )


async def save_question(request: Request) -> Response:
    words = text(await form(request), "question", most=MAX_QUESTION)
    services_of(request).questions.add(words, by=who_of(request).user.name)
    return RedirectResponse("/", status_code=303)


async def remove_question(request: Request) -> Response:
    services_of(request).questions.remove(request.path_params["id"])
    return RedirectResponse("/", status_code=303)


def _page(
    request: Request, *, question: str = "", problem: Problem | None = None, **found: object
) -> Response:
    services = services_of(request)
    files = services.library.all()
    schemas = [(file.table, services.library.columns(file)) for file in files[:3]]
    return page(
        request,
        "home.html",
        status=problem.status if problem else 200,
        question=question,
        problem=problem,
        answer=found.get("answer"),
        chart=found.get("chart"),
        plan=found.get("plan", ""),
        declined=found.get("declined"),
        has_data=bool(files),
        examples=example_questions(schemas),
        saved=services.questions.all(),
    )


def _previous(request: Request) -> dict[str, object] | None:
    """The plan of the answer that this question follows up, as the page before sent it."""
    given = request.query_params.get("previous", "")
    if not given:
        return None
    try:
        plan = json.loads(given[:MAX_PREVIOUS])
    except (ValueError, RecursionError):
        plan = None
    if not isinstance(plan, dict):
        raise Invalid("The answer before this one could not be read. Ask the whole question.")
    return plan

"""The front page: ask, read the answer, ask on."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from data_agent.errors import DataAgentError, Stopped
from data_agent.values import Answer, Declined
from data_agent.web.answer_view import AnswerView, answer_view
from data_agent.web.answering import Recipe, ask, cook
from data_agent.web.body import text
from data_agent.web.examples import example_questions
from data_agent.web.limits import MAX_QUESTION, MAX_SQL
from data_agent.web.presence import while_present
from data_agent.web.problems import Problem, problem_of
from data_agent.web.progress import tell_of
from data_agent.web.queries import choice_of, plan_in
from data_agent.web.render import page
from data_agent.web.services import services_of
from data_agent.web.usage import questions_today

EXAMPLE_TABLES = 5  # the newest
MOST_SAVED = 8  # of the saved answers on the front page


async def show(request: Request) -> Response:
    question = request.query_params.get("q", "").strip()
    await services_of(request).model.access.refresh()
    if not question:
        return _page(request)
    try:
        found = await while_present(request, _answer(request, question))
    except Stopped:
        raise
    except DataAgentError as error:
        problem = problem_of(error)
        response = _page(request, question=question, problem=problem)
        response.headers.update(problem.headers)
        return response
    if isinstance(found, Declined):
        return _page(request, question=question, declined=found)
    return _page(request, question=question, view=found)


async def _answer(request: Request, question: str) -> AnswerView | Declined:
    services, query = services_of(request), request.query_params
    text({"question": question}, "question", most=MAX_QUESTION)
    choice, previous = choice_of(request), plan_in(query, "previous")
    statement = text(dict(query), "sql", most=MAX_SQL, required=False)
    recipe = Recipe(question, plan_in(query, "plan"), statement)
    answer = await _found(request, recipe, previous)
    if isinstance(answer, Declined):
        return answer
    named = previous is None and recipe.plan is None
    return answer_view(answer, await services.engine.schema(), question, choice, named=named)


async def _found(
    request: Request, recipe: Recipe, previous: dict[str, Any] | None
) -> Answer | Declined:
    services = services_of(request)
    if recipe.plan or recipe.sql:
        return await cook(services, recipe)
    return await ask(
        services,
        recipe.question,
        previous,
        model_first=request.query_params.get("by") == "model",
        tell=tell_of(request),
    )


def _page(
    request: Request, *, question: str = "", problem: Problem | None = None, **found: object
) -> Response:
    services = services_of(request)
    files = services.library.all()
    filled = [file for file in files if file.rows]
    schemas = [(file.table, services.library.columns(file)) for file in filled[:EXAMPLE_TABLES]]
    return page(
        request,
        "home.html",
        status=problem.status if problem else 200,
        question=question,
        problem=problem,
        view=found.get("view"),
        declined=found.get("declined"),
        marked=request.query_params.get("marked", ""),
        model=services.model.access.expected,
        previous=request.query_params.get("previous", ""),
        has_data=bool(files),
        questions=questions_today(services),
        examples=example_questions(schemas),
        saved=services.questions.all()[:MOST_SAVED],
    )

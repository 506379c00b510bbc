"""The ways to an answer: a question in words, a plan as it stands, a SELECT as it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from data_agent.errors import Invalid
from data_agent.values import Answer, Declined
from data_agent.web.limits import RESULT_ROWS
from data_agent.web.services import Services

Plan = dict[str, Any]


@dataclass(frozen=True)
class Recipe:
    """How to get an answer again. With a plan or a statement, the words are only its name."""

    question: str
    plan: Plan | None = None
    sql: str = ""


async def ask(
    services: Services,
    question: str,
    previous: Plan | None,
    *,
    model_first: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Answer | Declined:
    """Answer a question in words; counts against today's number. TooManyAttempts and the
    engine's own."""
    services.daily.take()
    return await services.engine.ask(
        question, previous=previous, model_first=model_first, tell=tell
    )


async def cook(services: Services, recipe: Recipe) -> Answer | Declined:
    """The recipe's answer as the data is now; counts against nothing unless it is only words."""
    if recipe.plan:
        return await services.engine.run_plan(recipe.plan)
    if recipe.sql:
        result = await services.engine.sql(recipe.sql, limit=RESULT_ROWS)
        return Answer(recipe.question, {}, recipe.sql, result)
    if recipe.question:
        return await services.engine.ask(recipe.question)
    raise Invalid("There is nothing to run.")

"""The ways to an answer: a question in words, a plan as it stands, a SELECT as it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from data_agent.errors import Invalid, QueryFailed, Refused
from data_agent.values import Answer, Declined
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
    """Answer a question in words, from answers marked right first; counts against today's
    number. TooManyAttempts and the engine's own."""
    services.daily.take()
    meant = services.glossary.in_plain_words(question)
    known = None if previous or model_first else await _verified(services, meant)
    if known is not None:
        return known
    answer = await services.engine.ask(
        question, previous=previous, model_first=model_first, tell=tell
    )
    return services.verdicts.with_doubts(answer, meant) if isinstance(answer, Answer) else answer


async def cook(services: Services, recipe: Recipe) -> Answer | Declined:
    """The recipe's answer as the data is now; counts against nothing unless it is only words."""
    if recipe.plan:
        return await services.engine.run_plan(recipe.plan)
    if recipe.sql:
        return await services.engine.run_plan({"sql": recipe.sql})
    if recipe.question:
        return await services.engine.ask(recipe.question)
    raise Invalid("There is nothing to run.")


async def _verified(services: Services, question: str) -> Answer | None:
    """The answer that somebody marked right for a question like this; None also when a table or
    column that it needs is gone."""
    verdict = services.verdicts.verified(question)
    if verdict is None:
        return None
    try:
        answer = await cook(services, Recipe(verdict.question, verdict.plan, verdict.sql))
    except (Invalid, QueryFailed, Refused):
        return None
    if not isinstance(answer, Answer):
        return None
    note = f"{verdict.by} marked this answer to “{verdict.question}” as right."
    return replace(answer, notes=(*answer.notes, note), source="verified")

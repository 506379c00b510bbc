"""Saved answers with the data of now: each has its own deadline, and fails alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from data_agent.errors import DataAgentError, OverDeadline
from data_agent.values import Answer, Declined
from data_agent.web.answering import Recipe, cook
from data_agent.web.questions import Question
from data_agent.web.services import Services

AT_ONCE = 2  # as many as the engine has readers: the others wait here, not there
DEADLINE_S = 10.0


@dataclass(frozen=True)
class Outcome:
    """A saved answer and what became of it: `answer`, or in `trouble` why there is none."""

    saved: Question
    answer: Answer | None = None
    trouble: str = ""


async def refresh(services: Services, saved: Sequence[Question]) -> list[Outcome]:
    """All of them, in their order. Raises nothing that concerns only one of them."""
    slots = asyncio.Semaphore(AT_ONCE)
    return await asyncio.gather(*(_one(services, each, slots) for each in saved))


async def answer_of(services: Services, saved: Question) -> Answer | Declined:
    """One saved answer, as the data is now. OverDeadline and the engine's own."""
    recipe = Recipe(saved.question, saved.plan, saved.sql)
    try:
        async with asyncio.timeout(DEADLINE_S):
            return await cook(services, recipe)
    except TimeoutError:
        raise OverDeadline(
            f"Stopped after {DEADLINE_S:g} seconds. Open it alone, or filter it first."
        ) from None


async def _one(services: Services, saved: Question, slots: asyncio.Semaphore) -> Outcome:
    async with slots:
        try:
            found = await answer_of(services, saved)
        except DataAgentError as error:
            return Outcome(saved, trouble=str(error))
    if isinstance(found, Declined):
        return Outcome(saved, trouble=found.reason)
    return Outcome(saved, answer=found)

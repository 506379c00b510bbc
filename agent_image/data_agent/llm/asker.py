"""Who answers: the grammar when it is sure, a language model otherwise or when asked for.

Whatever happens to the model, the question ends: with its answer, or with the grammar's and a
sentence that says why it is that one.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from data_agent.errors import DataAgentError, ModelFailed
from data_agent.llm.settings import LlmSettings
from data_agent.values import Answer, Declined

# What a conversation needs is imported when there is one: no start of the agent waits for it.
if TYPE_CHECKING:
    from data_agent.asking.glossary import Term
    from data_agent.asking.schema import Schema
    from data_agent.llm.dialogue import Runner, Tell
    from data_agent.llm.text.prompt import Talk
    from data_agent.llm.wire.access import Access
    from data_agent.llm.wire.client import ModelClient

MOST_AT_ONCE = 4  # each holds a connection and, by TLS, the authorities of the system
NONE_CONFIGURED = "No language model is configured. The operator can set one up."
TOO_SLOW = (
    "The language model took longer than {:g} seconds. Ask again, or for less; the operator can "
    "allow more time."
)
BY_RULES = "Answered by the agent's own rules."
NO_HELP = "The language model did not help."
log = logging.getLogger("data_agent")

Grammar = Callable[[], Awaitable[Answer | Declined]]


@dataclass(frozen=True)
class Asked:
    """A question with what belongs to it. `first`: the person asked for the model. `terms`: the
    customer's own words."""

    question: str
    schema: Schema
    previous: Mapping[str, Any] | None = None
    first: bool = False
    tell: Tell = lambda _: None
    terms: Sequence[Term] = ()


class ModelAsker:
    """One endpoint, or none. Make one per agent."""

    def __init__(
        self,
        settings: LlmSettings,
        now: Callable[[], float] = time.time,
        today: Callable[[], dt.date] | None = None,
    ) -> None:
        """`today`: the day where the customer is, the same as the grammar's; else that of UTC."""
        self.settings = settings
        self._now = now
        self._today = today
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)

    async def answer(self, asked: Asked, runner: Runner, grammar: Grammar) -> Answer | Declined:
        """Never ModelFailed; other errors only where the grammar's own query ends in one."""
        found: Answer | Declined | None = None
        if not (asked.first or "sql" in (asked.previous or {})):
            found = await grammar()
            if isinstance(found, Answer):
                return found
        if not self.settings.usable or not _worth_asking(asked):
            return found or await grammar()
        started = time.monotonic()
        answer, why = await self._by_model(asked, runner)
        outcome = "answered" if isinstance(answer, Answer) else "declined" if answer else "failed"
        log.info("language model: %s in %.1f s", outcome, time.monotonic() - started)
        if isinstance(answer, Answer):
            return answer
        why = answer.reason if answer else why
        asked.tell("Answering without it…")
        return _with_reason(found or await grammar(), why)

    async def _by_model(self, asked: Asked, runner: Runner) -> tuple[Answer | Declined | None, str]:
        """The model's own answer, or why there is none."""
        try:
            async with asyncio.timeout(self.settings.deadline_s), self._slots:
                return await self._talked(asked, runner), ""
        except TimeoutError:
            return None, f"{NO_HELP} {TOO_SLOW.format(self.settings.deadline_s)}"
        except _NotConfigured:
            return None, NONE_CONFIGURED if asked.first else ""
        except DataAgentError as error:
            return None, f"{NO_HELP} {error}"

    async def _talked(self, asked: Asked, runner: Runner) -> Answer | Declined:
        from data_agent.llm.dialogue import Dialogue
        from data_agent.llm.text.tables import told_values
        from data_agent.llm.text.veil import Veil

        until = asyncio.get_running_loop().time() + self.settings.deadline_s
        status = await self._client.ready(until=until, tell=asked.tell)
        if not status.configured:
            raise _NotConfigured(NONE_CONFIGURED)
        veil = Veil(told_values(asked.schema, self.settings.privacy))
        before = veil.over(asked.previous) if asked.previous is not None else None

        async def complete(talk: Talk) -> str:
            return await self._client.complete(talk, until=until, tell=asked.tell)

        dialogue = Dialogue(complete, runner, asked.schema, veil, asked.tell)
        return await dialogue.answer(
            self.opening(asked.question, asked.schema, before, asked.terms)
        )

    def opening(
        self,
        question: str,
        schema: Schema,
        previous: Mapping[str, Any] | None = None,
        terms: Sequence[Term] = (),
    ) -> Talk:
        """What the model would be sent for this question: also what admins are shown."""
        from data_agent.llm.text.prompt import opening

        utc = dt.datetime.fromtimestamp(self._now(), dt.UTC).date()
        today = self._today() if self._today is not None else utc
        return opening(question, schema, self.settings.privacy, today, previous, terms)

    @cached_property
    def access(self) -> Access:
        """Whether it can be asked now, and what of its budget is used."""
        from data_agent.llm.wire.access import Access

        return Access(self.settings, time.monotonic)

    @cached_property
    def _client(self) -> ModelClient:
        from data_agent.llm.wire.client import ModelClient

        return ModelClient(self.settings, self.access, self._now)


class _NotConfigured(ModelFailed):
    """There is nothing to ask, which is no failure."""


def _worth_asking(asked: Asked) -> bool:
    from data_agent.asking.text import tokens

    return bool(asked.schema.tables) and bool(tokens(asked.question))


def _with_reason(found: Answer | Declined, said: str) -> Answer | Declined:
    """The grammar's answer, with what became of the model's."""
    if not said:
        return found
    if isinstance(found, Answer):
        return replace(found, notes=(*found.notes, f"{BY_RULES} {said}"))
    return replace(found, reason=f"{found.reason} {said}")

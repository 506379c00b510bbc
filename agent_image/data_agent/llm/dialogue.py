"""The conversation about one question: propose, check, run; at most two repairs, with evidence.

The only effect that an answer of a model can have is a guarded SELECT on the customer's own tables,
in the worker, within its limits. Words of a model are shown as words.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from data_agent.asking.schema import Schema
from data_agent.errors import (
    DataAgentError,
    Invalid,
    ModelFailed,
    OverDeadline,
    QueryFailed,
    Refused,
    TooLarge,
    WorkerDied,
)
from data_agent.llm.text.evidence import UNREADABLE, evidence, kind_only, veiled
from data_agent.llm.text.normal import normal
from data_agent.llm.text.plan_check import faults
from data_agent.llm.text.present import chart_of_result, sentence_of
from data_agent.llm.text.prompt import Talk
from data_agent.llm.text.proposal import Proposal, one_line, read
from data_agent.llm.text.veil import Veil, values_of
from data_agent.values import Answer, Declined, QueryResult

MOST_REPAIRS = 2
ANSWER_ROWS = 1000
LONGEST_STATEMENT = 20_000  # the same bound as for people
MISFIT = (ValueError, KeyError, TypeError, IndexError, ArithmeticError, RecursionError)

Tell = Callable[[str], None]
Complete = Callable[[Talk], Awaitable[str]]
T = TypeVar("T")


class Runner(Protocol):
    """What the data engine does for a proposal. Both checks run the guard and EXPLAIN, no more."""

    async def check_plan(self, plan: dict[str, object]) -> None:
        """Invalid, Refused, QueryFailed."""

    async def check_sql(self, statement: str) -> None:
        """Refused, QueryFailed."""

    async def run_plan(self, plan: dict[str, object]) -> Answer:
        """The answer of a plan, in the words of the rules."""

    async def sql(self, statement: str, *, limit: int = 1000) -> QueryResult:
        """The rows of a guarded SELECT."""


class Unusable(Exception):
    """A proposal that did not do: what a model may be told about it, and what people may."""

    def __init__(self, told: str, reason: str) -> None:
        super().__init__(reason)
        self.told = told
        self.reason = reason


class Dialogue:
    """One question. `answer` is all that others need."""

    def __init__(
        self, complete: Complete, runner: Runner, schema: Schema, veil: Veil, tell: Tell
    ) -> None:
        self._complete = complete
        self._runner = runner
        self._schema = schema
        self._veil = veil
        self._tell = tell
        self._seen: set[str] = set()
        self._reason = ""  # why the last proposal did not do

    async def answer(self, talk: Talk) -> Answer | Declined:
        """Declined when the model says that the tables do not hold it. ModelFailed."""
        self._tell("Asking the language model…")
        for repairs in range(MOST_REPAIRS + 1):
            if repairs:
                self._tell(f"Asking it to mend its query ({repairs} of {MOST_REPAIRS})…")
            text = await self._complete(talk)
            try:
                return await self._tried(read(text), text)
            except Unusable as error:
                self._reason = error.reason
                talk = talk.mended(text, error.told)
        raise self._given_up(f"Its query could not be used, also after {MOST_REPAIRS} repairs")

    async def _tried(self, proposal: Proposal, text: str) -> Answer | Declined:
        if proposal.cannot is not None:
            return Declined(f"The language model finds no answer in your tables: {proposal.cannot}")
        plan_text = json.dumps(proposal.plan, sort_keys=True) if proposal.plan else ""
        self._once(plan_text or proposal.sql or text)
        if proposal.plan is not None:
            answer = await self._plan(proposal.plan)
        elif proposal.sql is not None:
            answer = await self._sql(proposal.sql)
        else:
            raise Unusable(UNREADABLE, "its answer held no query.")
        read_as = f" It read the question as: “{proposal.reading}”" if proposal.reading else ""
        note = f"A language model wrote this query; the SQL shows what was computed.{read_as}"
        return replace(answer, notes=(note, *answer.notes), source="llm")

    def _once(self, query: str) -> None:
        """What was tried before fails as before: asking on would only cost time."""
        key = " ".join(query.split()).rstrip("; ").casefold()
        if key in self._seen:
            raise self._given_up("It sent the same again after it was told")
        self._seen.add(key)

    def _given_up(self, what: str) -> ModelFailed:
        return ModelFailed(f"{what}: {self._reason.rstrip('.')}. Ask in other words.")

    async def _plan(self, proposed: dict[str, Any]) -> Answer:
        try:
            self._tell("Checking its query…")
            plan = normal(self._veil.off(proposed), self._schema)
            if wrong := faults(normal(proposed, Schema())):  # as it was said: nothing put back
                raise Unusable(evidence(wrong, self._schema, proposed), wrong)
            put_back = set(values_of(plan)) - set(values_of(proposed))
            said = json.dumps(proposed, ensure_ascii=False) if put_back else None
            await self._checked(self._runner.check_plan(plan), proposed, veiled_from=said)
            self._tell("Running it…")
            return await self._ran(self._runner.run_plan(plan), proposed)
        except MISFIT:
            words = "This is not the shape of a plan, or its values do not fit their columns."
            raise Unusable(evidence(words, self._schema, proposed), words) from None

    async def _sql(self, proposed: str) -> Answer:
        if len(proposed) > LONGEST_STATEMENT:
            words = f"A statement may have at most {LONGEST_STATEMENT:,} characters."
            raise Unusable(evidence(words, self._schema), words)
        full = self._veil.off_sql(proposed)
        statement = full.strip().rstrip(";").rstrip()
        said = proposed if full != proposed else None
        self._tell("Checking its SQL…")
        await self._checked(self._runner.check_sql(statement), veiled_from=said)
        self._tell("Running it…")
        result = await self._ran(self._runner.sql(statement, limit=ANSWER_ROWS))
        return answer_of_sql(statement, result)

    async def _checked(
        self,
        check: Awaitable[None],
        plan: Mapping[str, Any] | None = None,
        *,
        veiled_from: str | None = None,
    ) -> None:
        """Errors before anything ran speak of names and of the query: a model may have them, but
        for texts that were put into what it said (`veiled_from`)."""
        try:
            await check
        except (Invalid, Refused, QueryFailed) as error:
            if veiled_from is None or isinstance(error, Invalid):  # which quotes no value
                told = evidence(str(error), self._schema, plan)
            else:
                told = veiled(str(error), self._schema, veiled_from)
            raise Unusable(told, one_line(str(error))) from None

    async def _ran(self, running: Awaitable[T], plan: Mapping[str, Any] | None = None) -> T:
        """Errors of running queries quote cells: a model is told their kind alone."""
        try:
            return await running
        except (QueryFailed, OverDeadline, WorkerDied, TooLarge) as error:
            told = evidence(_kind(error), self._schema, plan)
            raise Unusable(told, one_line(str(error))) from None


def answer_of_sql(statement: str, result: QueryResult) -> Answer:
    """An answer whose plan is the statement itself."""
    return Answer(
        sentence=sentence_of(result),
        plan={"sql": statement},
        sql=statement,
        result=result,
        chart=chart_of_result(result),
        source="llm",
    )


def _kind(error: DataAgentError) -> str:
    if isinstance(error, OverDeadline):
        return "it took too long; filter first or group by fewer values"
    if isinstance(error, WorkerDied | TooLarge):
        return "it needed too much memory; filter first or select fewer columns"
    return kind_only(str(error))

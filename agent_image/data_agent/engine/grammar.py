"""From words or a plan to an answer over the customer's tables.

The engine imports this at the first question: it is a third of the code of the web process, and no
start of the agent needs any of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from functools import cached_property
from typing import Any, Protocol, cast

from data_agent.asking.asker import understand
from data_agent.asking.chart import chart
from data_agent.asking.keys import candidates, with_joins
from data_agent.asking.lexicon import Lexicon, load
from data_agent.asking.plan import Plan, PlanError, from_json
from data_agent.asking.remarks import remarks
from data_agent.asking.roles import with_profile
from data_agent.asking.schema import Schema, build
from data_agent.asking.sentence import sentence
from data_agent.asking.sql import render
from data_agent.asking.ties import probe, settle
from data_agent.asking.vocabularies import Vocabularies
from data_agent.engine.glossary_file import GlossaryFile
from data_agent.engine.settings import ANSWER_ROWS
from data_agent.errors import Invalid
from data_agent.today import UTC, Today
from data_agent.values import Answer, Declined, QueryResult, TableInfo

Json = dict[str, Any]  # what came through the pipe


class Tables(Protocol):
    """What the grammar needs of the engine that owns the tables."""

    glossary: GlossaryFile

    async def tables(self) -> tuple[TableInfo, ...]:
        """The same object until a table has changed."""

    async def sql(self, statement: str, *, limit: int = 1000) -> QueryResult: ...
    async def read(self, command: str, **arguments: object) -> object: ...


class Grammar:
    """The way of a question through the pure parts, with the worker asked in between."""

    def __init__(self, engine: Tables, today: Callable[[], dt.date]) -> None:
        self._engine = engine
        self._today = today
        self._schema: tuple[tuple[TableInfo, ...], Schema] | None = None
        self._known: Vocabularies | None = None  # made once per schema: values by the thousand

    async def schema(self) -> Schema:
        """See ports.DataEngine. Read once after each change: then the engine has other tables."""
        tables = await self._engine.tables()
        if self._schema is None or self._schema[0] is not tables:
            self._schema = tables, await self._read_schema(tables)
        return self._schema[1]

    async def ask(self, question: str, previous: dict[str, object] | None) -> Answer | Declined:
        """The answer to a question in words, or why there is none."""
        schema = await self.schema()
        glossary = self._engine.glossary.current()
        if self._known is None or self._known.schema is not schema:
            self._known = Vocabularies(schema, self._words)
        zone = self._today.zone if isinstance(self._today, Today) else UTC
        meant = understand(
            question, schema, self._words, previous, self._today(), glossary, self._known, zone
        )
        if isinstance(meant, Declined):
            return meant
        return await self._answer(meant.plan, schema, meant.notes)

    async def run(self, plan: dict[str, object]) -> Answer:
        """The answer to a plan as it stands. Invalid when it does not fit the tables."""
        schema = await self.schema()
        return await self._answer(_fitting(plan, schema), schema)

    async def statement(self, plan: dict[str, object]) -> str:
        """The SQL of a plan. Invalid when it does not fit the tables."""
        schema = await self.schema()
        fitting = _fitting(plan, schema)
        return render(fitting, schema.table(fitting.table))

    async def _read_schema(self, tables: tuple[TableInfo, ...]) -> Schema:
        read = self._engine.read
        found = cast("list[Json]", await read("values") if tables else [])
        values = {(v["table"], v["column"]): tuple(v["values"]) for v in found}
        profiled = with_profile(build(tables, values), found, self._words)
        pairs = [asdict(pair) for pair in candidates(profiled)]
        keys = cast("list[Json]", await read("keys", pairs=pairs) if pairs else [])
        return with_joins(profiled, keys)

    async def _answer(self, plan: Plan, schema: Schema, notes: tuple[str, ...] = ()) -> Answer:
        table = schema.table(plan.table)
        statement = render(plan, table)
        wider = await self._engine.sql(render(probe(plan), table), limit=ANSWER_ROWS)
        result, tied = settle(plan, table, wider)
        return Answer(
            sentence=sentence(plan, table, result),
            plan=plan.to_json(),
            sql=statement,
            result=result,
            chart=chart(plan, result),
            notes=(*notes, *tied, *remarks(plan, table, self._today())),
        )

    @cached_property
    def _words(self) -> Lexicon:
        return load()


def _fitting(plan: dict[str, object], schema: Schema) -> Plan:
    try:
        return from_json(plan, schema)
    except PlanError as error:
        gone = error.__cause__ if isinstance(error.__cause__, KeyError) else None
        why = f"{gone.args[0]} is not there" if gone else str(error)
        raise Invalid(f"This question no longer fits your tables: {why}.") from None

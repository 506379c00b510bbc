"""WorkerEngine: the customer's tables behind worker processes. Implements ports.DataEngine."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

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
from data_agent.engine import storage
from data_agent.engine.glossary_file import GlossaryFile
from data_agent.engine.pool import WorkerPool
from data_agent.engine.settings import EngineSettings
from data_agent.errors import Invalid, Refused
from data_agent.importing.names import check_kind
from data_agent.llm.asker import Asked, ModelAsker
from data_agent.llm.dialogue import answer_of_sql
from data_agent.ports import AS_FOUND
from data_agent.values import (
    Answer,
    Column,
    ColumnReport,
    Declined,
    ImportReport,
    QueryResult,
    Reading,
    Reject,
    TableInfo,
)

if TYPE_CHECKING:
    from data_agent.ports import DataEngine

Json = dict[str, Any]  # what came through the pipe

CLOSE_DEADLINE_S = 20.0
ANSWER_ROWS = 1000
MAX_STATEMENT_LENGTH = 100_000


def local_today() -> dt.date:
    """The day of the container's clock; "last month" is counted from it."""
    return dt.datetime.now(tz=dt.UTC).date()


class WorkerEngine:
    """See ports.DataEngine. Make one per data directory; nobody else may open the database."""

    def __init__(
        self,
        settings: EngineSettings,
        model: ModelAsker | None = None,
        today: Callable[[], dt.date] = local_today,
    ) -> None:
        self._settings = settings
        self._today = today
        self.glossary = GlossaryFile(settings.data_dir)
        self._model = model
        self._pool = WorkerPool(settings)
        self._tables: tuple[TableInfo, ...] | None = None
        self._schema: Schema | None = None
        self._lexicon: Lexicon | None = None

    async def import_file(
        self, path: Path, *, filename: str, table: str, reading: Reading = AS_FOUND
    ) -> ImportReport:
        check_kind(filename)
        await asyncio.to_thread(storage.check_room, self._settings, path)
        try:
            report = await self._pool.write(
                "import", path=str(path), table=table, reading=asdict(reading)
            )
        finally:
            self._forget()
        return _import_report(cast("Json", report))

    async def tables(self) -> tuple[TableInfo, ...]:
        if not self._settings.database.exists():
            return ()
        if self._tables is None:
            self._tables = _tables(cast("list[Json]", await self._pool.read("tables")))
        return self._tables

    async def schema(self) -> Schema:
        if self._schema is None:  # read once after each change
            tables = await self.tables()
            found = cast("list[Json]", await self._pool.read("values") if tables else [])
            values = {(v["table"], v["column"]): tuple(v["values"]) for v in found}
            profiled = with_profile(build(tables, values), found, self._words())
            pairs = [asdict(pair) for pair in candidates(profiled)]
            keys = cast("list[Json]", await self._pool.read("keys", pairs=pairs) if pairs else [])
            self._schema = with_joins(profiled, keys)
        return self._schema

    async def preview(self, table: str, *, limit: int = 50, offset: int = 0) -> QueryResult:
        return await self._result("preview", table=table, limit=limit, offset=offset)

    async def drop_table(self, table: str) -> None:
        if not self._settings.database.exists():
            return
        try:
            await self._pool.write("drop", table=table)
        finally:
            self._forget()

    async def sql(self, statement: str, *, limit: int = 1000) -> QueryResult:
        if len(statement) > MAX_STATEMENT_LENGTH:
            raise Refused(f"A statement may have at most {MAX_STATEMENT_LENGTH:,} characters.")
        return await self._result("query", statement=statement, limit=limit)

    async def ask(
        self,
        question: str,
        *,
        previous: dict[str, object] | None = None,
        model_first: bool = False,
        tell: Callable[[str], None] = lambda _: None,
    ) -> Answer | Declined:
        if self._model is None:
            return await self._by_grammar(question, previous)
        asked = Asked(question, await self.schema(), previous, model_first, tell)
        return await self._model.answer(asked, self, lambda: self._by_grammar(question, previous))

    async def _by_grammar(
        self, question: str, previous: dict[str, object] | None
    ) -> Answer | Declined:
        schema = await self.schema()
        meant = understand(
            question, schema, self._words(), previous, self._today(), self.glossary.current()
        )
        if isinstance(meant, Declined):
            return meant
        return await self._answer(meant.plan, schema, meant.notes)

    async def run_plan(self, plan: dict[str, object]) -> Answer:
        statement = plan.get("sql")
        if isinstance(statement, str):  # a query of a language model that no plan can say
            return answer_of_sql(statement, await self.sql(statement, limit=ANSWER_ROWS))
        schema = await self.schema()
        return await self._answer(_fitting(plan, schema), schema)

    async def check_plan(self, plan: dict[str, object]) -> None:
        """Whether this plan could run, without running it. Invalid, Refused, QueryFailed."""
        schema = await self.schema()
        fitting = _fitting(plan, schema)
        await self.check_sql(render(fitting, schema.table(fitting.table)))

    async def check_sql(self, statement: str) -> None:
        """Guard and EXPLAIN. Refused, QueryFailed."""
        await self._pool.read("check", statement=statement)

    async def write_parquet(self, statement: str, path: Path) -> None:
        room = await asyncio.to_thread(storage.export_room, self._settings)
        await self._pool.export(statement, str(path), file_bytes=room)

    async def ready(self) -> bool:
        return storage.usable(self._settings, self._pool.pids())

    async def close(self) -> None:
        await self._pool.close(CLOSE_DEADLINE_S)

    async def _answer(self, plan: Plan, schema: Schema, notes: tuple[str, ...] = ()) -> Answer:
        table = schema.table(plan.table)
        statement = render(plan, table)
        wider = await self.sql(render(probe(plan), table), limit=ANSWER_ROWS)
        result, tied = settle(plan, table, wider)
        return Answer(
            sentence=sentence(plan, table, result),
            plan=plan.to_json(),
            sql=statement,
            result=result,
            chart=chart(plan, result),
            notes=(*notes, *tied, *remarks(plan, table, self._today())),
        )

    def _words(self) -> Lexicon:
        if self._lexicon is None:
            self._lexicon = load()
        return self._lexicon

    async def _result(self, command: str, **arguments: object) -> QueryResult:
        started = time.monotonic()
        result = _result(cast("Json", await self._pool.read(command, **arguments)))
        return QueryResult(
            columns=result.columns,
            rows=result.rows,
            truncated=result.truncated,
            milliseconds=round((time.monotonic() - started) * 1000),
        )

    def _forget(self) -> None:
        """What was read before a write says nothing about the time after it."""
        self._tables = None
        self._schema = None


def _fitting(plan: dict[str, object], schema: Schema) -> Plan:
    try:
        return from_json(plan, schema)
    except PlanError as error:
        gone = error.__cause__ if isinstance(error.__cause__, KeyError) else None
        why = f"{gone.args[0]} is not there" if gone else str(error)
        raise Invalid(f"This question no longer fits your tables: {why}.") from None


def _tables(value: list[Json]) -> tuple[TableInfo, ...]:
    return tuple(
        TableInfo(t["name"], tuple(Column(**c) for c in t["columns"]), t["rows"]) for t in value
    )


def _result(value: Json) -> QueryResult:
    return QueryResult(
        columns=tuple(Column(**column) for column in value["columns"]),
        rows=tuple(tuple(row) for row in value["rows"]),
        truncated=value["truncated"],
    )


def _column_report(value: Json) -> ColumnReport:
    return ColumnReport(**{**value, "ask": tuple(value["ask"])})


def _import_report(value: Json) -> ImportReport:
    return ImportReport(
        **{
            **value,
            "rejects": tuple(Reject(**reject) for reject in value["rejects"]),
            "columns": tuple(_column_report(column) for column in value["columns"]),
            "notes": tuple(value["notes"]),
        }
    )


if TYPE_CHECKING:

    def _conforms(engine: WorkerEngine) -> DataEngine:
        return engine

"""WorkerEngine: the customer's tables behind worker processes. Implements ports.DataEngine."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from data_agent.engine import storage
from data_agent.engine.beside import discard_leftovers, worth_a_copy
from data_agent.engine.glossary_file import GlossaryFile
from data_agent.engine.pool import WorkerPool
from data_agent.engine.settings import ANSWER_ROWS, EngineSettings
from data_agent.errors import QueryFailed, Refused, WorkerDied
from data_agent.importing.names import check_kind
from data_agent.llm.asker import Asked, ModelAsker
from data_agent.ports import AS_FOUND, Part
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
    from data_agent.asking.schema import Schema
    from data_agent.engine.grammar import Grammar
    from data_agent.ports import DataEngine

Json = dict[str, Any]  # what came through the pipe

CLOSE_DEADLINE_S = 20.0
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
        discard_leftovers(settings)
        self._pool = WorkerPool(settings)
        self._changes = 0  # so far; what was read during one may be of the time before it
        self._tables: tuple[TableInfo, ...] | None = None

    async def import_file(
        self, path: Path, *, filename: str, table: str, reading: Reading = AS_FOUND
    ) -> ImportReport:
        check_kind(filename)
        await asyncio.to_thread(storage.check_room, self._settings, path)
        told: dict[str, object] = {"path": str(path), "table": table, "reading": asdict(reading)}
        return _import_report(cast("Json", await self._change("import", [path], told)))

    async def rebuild(self, table: str, parts: Sequence[Part]) -> tuple[ImportReport, ...]:
        paths = [part.path for part in parts]
        await asyncio.to_thread(storage.check_room, self._settings, *paths)
        listed = [
            {"path": str(each.path), "filename": each.filename, "reading": asdict(each.reading)}
            for each in parts
        ]
        told: dict[str, object] = {"table": table, "parts": listed}
        reports = cast("list[Json]", await self._change("rebuild", paths, told))
        return tuple(map(_import_report, reports))

    async def _change(
        self, command: str, uploads: Sequence[Path], told: dict[str, object]
    ) -> object:
        """In a copy, so that questions go on; in place where that is better or did not work."""
        try:
            if await asyncio.to_thread(worth_a_copy, self._settings, *uploads):
                # A preparer has less memory than a writer that is alone.
                with contextlib.suppress(QueryFailed, WorkerDied):
                    return await self._pool.write_beside(command, **told)
            return await self._pool.write(command, **told)
        finally:
            self._forget()

    async def tables(self) -> tuple[TableInfo, ...]:
        if not self._settings.database.exists():
            return ()
        if self._tables is not None:
            return self._tables
        changes = self._changes
        tables = _tables(cast("list[Json]", await self._pool.read("tables")))
        if changes == self._changes:
            self._tables = tables
        return tables

    async def schema(self) -> Schema:
        return await self._grammar.schema()

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
            return await self._grammar.ask(question, previous)
        terms = self.glossary.current().terms
        asked = Asked(question, await self.schema(), previous, model_first, tell, terms)
        by_grammar = partial(self._grammar.ask, question, previous)
        return await self._model.answer(asked, self, by_grammar)

    async def run_plan(self, plan: dict[str, object]) -> Answer:
        statement = plan.get("sql")
        if isinstance(statement, str):  # a query of a language model that no plan can say
            from data_agent.llm.dialogue import answer_of_sql  # late: as the grammar

            return answer_of_sql(statement, await self.sql(statement, limit=ANSWER_ROWS))
        return await self._grammar.run(plan)

    async def check_plan(self, plan: dict[str, object]) -> None:
        """Whether this plan could run, without running it. Invalid, Refused, QueryFailed."""
        await self.check_sql(await self._grammar.statement(plan))

    async def check_sql(self, statement: str) -> None:
        """Guard and EXPLAIN. Refused, QueryFailed."""
        await self._pool.read("check", statement=statement)

    async def write_export(self, statement: str, path: Path, *, kind: str) -> None:
        deadline_s = self._settings.export_deadline_s
        await self._export("export", path, deadline_s, statement=statement, kind=kind)

    async def write_rejects(self, upload: Path, path: Path) -> bool:
        deadline_s = self._settings.import_deadline_s
        return bool(await self._export("rejects", path, deadline_s, path=str(upload)))

    async def _export(
        self, command: str, target: Path, deadline_s: float, **arguments: object
    ) -> object:
        room = await asyncio.to_thread(storage.export_room, self._settings)
        return await self._pool.export(
            command, str(target), file_bytes=room, deadline_s=deadline_s, **arguments
        )

    async def ready(self) -> bool:
        return storage.usable(self._settings, self._pool.pids())

    async def close(self) -> None:
        await self._pool.close(CLOSE_DEADLINE_S)

    async def read(self, command: str, **arguments: object) -> object:
        """What a worker answers to one of its commands (worker/commands.py)."""
        return await self._pool.read(command, **arguments)

    @cached_property
    def _grammar(self) -> Grammar:
        from data_agent.engine.grammar import Grammar  # late: no start of the agent waits for it

        return Grammar(self, self._today)

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
        self._changes += 1
        self._tables = None


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

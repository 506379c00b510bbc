"""A DataEngine in memory, for tests of the web process alone: it splits at commas, no more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from data_agent.asking.schema import Schema, build
from data_agent.errors import BadUpload, Invalid, NotFound, QueryFailed, Refused, WorkerDied
from data_agent.exporting.row_formats import FORMATS
from data_agent.ports import AS_FOUND, Part
from data_agent.values import (
    Answer,
    Column,
    ColumnReport,
    Declined,
    ImportReport,
    QueryResult,
    Reading,
    TableInfo,
)


class FakeEngine:
    """Holds tables as lists of text rows; `fails_with` makes the next import or drop fail."""

    def __init__(self) -> None:
        self.data: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]] = {}
        self.fails_with: Exception | None = None
        self.closed = False
        self.readings: list[Reading] = []
        self.is_ready = True
        self.previous: dict[str, object] | None = None
        self.plan: dict[str, object] | None = None
        self.answer: Answer | None = None
        self.hangs = False
        self.cancelled = 0
        self.model_first = False

    async def import_file(
        self, path: Path, *, filename: str, table: str, reading: Reading = AS_FOUND
    ) -> ImportReport:
        self._maybe_fail()
        self.readings.append(reading)
        lines = _lines(path)
        if len(lines) < 1 or "," not in lines[0]:
            raise BadUpload(f"{filename} has no columns.")
        header, *rows = [tuple(line.split(",")) for line in lines]
        self.data[table] = (header, rows)
        columns = tuple(ColumnReport(name, "VARCHAR", "as it is", name) for name in header)
        return ImportReport(table, len(rows), len(rows), 0, (), columns, "utf-8", ",")

    async def rebuild(self, table: str, parts: Sequence[Part]) -> tuple[ImportReport, ...]:
        before = dict(self.data)
        try:
            return tuple(
                [
                    await self.import_file(
                        part.path,
                        filename=part.filename,
                        table=table,
                        reading=replace(part.reading, append=place > 0),
                    )
                    for place, part in enumerate(parts)
                ]
            )
        except Exception:
            self.data = before
            raise

    async def tables(self) -> tuple[TableInfo, ...]:
        return tuple(
            TableInfo(name, tuple(Column(c, "VARCHAR") for c in header), len(rows))
            for name, (header, rows) in sorted(self.data.items())
        )

    async def schema(self) -> Schema:
        return build(await self.tables(), {})

    async def preview(self, table: str, *, limit: int = 50, offset: int = 0) -> QueryResult:
        if table not in self.data:
            raise NotFound(f"There is no table {table}.")
        header, rows = self.data[table]
        page = tuple(rows[offset : offset + limit])
        columns = tuple(Column(name, "VARCHAR") for name in header)
        return QueryResult(columns, page, truncated=offset + limit < len(rows))

    async def drop_table(self, table: str) -> None:
        self._maybe_fail()
        self.data.pop(table, None)

    async def sql(self, statement: str, *, limit: int = 1000) -> QueryResult:
        if "approx_count_distinct" in statement:
            raise QueryFailed("The fake engine has no statistics.")
        if not statement.lower().startswith("select"):
            raise Refused("Only SELECT is allowed here.")
        if "die" in statement:
            raise WorkerDied("The query needed more memory than there is.")
        return QueryResult((Column("n", "BIGINT"), Column("t", "VARCHAR")), ((-1, "=1+1"),), False)

    async def ask(
        self,
        question: str,
        *,
        previous: dict[str, object] | None = None,
        model_first: bool = False,
        tell: Callable[[str], None] = lambda _: None,
    ) -> Answer | Declined:
        await self._maybe_hang()
        self.previous, self.model_first = previous, model_first
        tell("Thinking…")
        if "weather" in question:
            return Declined(
                "There is no table about the weather.", ("how many rows are in sales?",)
            )
        return self._north()

    async def run_plan(self, plan: dict[str, object]) -> Answer:
        self._maybe_fail()
        await self._maybe_hang()
        if plan.get("table") == "gone":
            raise Invalid("This question no longer fits your tables.")
        self.plan = plan
        if isinstance(statement := plan.get("sql"), str):
            return Answer("Rows.", plan, statement, await self.sql(statement))
        return replace(self._north(), plan=plan)

    async def write_export(self, statement: str, path: Path, *, kind: str) -> None:
        await self._maybe_hang()
        if not statement.lower().startswith("select"):
            raise Refused("Only SELECT is allowed here.")
        if kind == "parquet":
            path.write_bytes(b"PAR1")  # noqa: ASYNC240
            return
        form = FORMATS[kind]
        table = statement.rpartition(" ")[2].strip('"')
        result = await (
            self.preview(table, limit=10**9) if table in self.data else self.sql(statement)
        )
        text = form.head(result.columns) + form.lines(result.rows, first=True) + form.tail
        path.write_bytes(text.encode())  # noqa: ASYNC240

    async def write_rejects(self, upload: Path, path: Path) -> bool:
        path.write_text("")  # noqa: ASYNC240
        return True

    def _north(self) -> Answer:
        if self.answer is not None:
            return self.answer
        columns = (Column("region", "VARCHAR"), Column("total", "DOUBLE"))
        result = QueryResult(columns, (("North", 12.5), ("<b>South</b>", 7.0)), False, 3)
        chart = {"type": "bar", "x": "region", "y": "total"}
        return Answer(
            "North sold most.", {"table": "sales"}, "SELECT 1", result, chart, ("a note",)
        )

    async def ready(self) -> bool:
        return self.is_ready

    async def close(self) -> None:
        self.closed = True

    async def _maybe_hang(self) -> None:
        """As a long query does, until it is cancelled."""
        try:
            if self.hangs:
                await asyncio.sleep(30)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    def _maybe_fail(self) -> None:
        error, self.fails_with = self.fails_with, None
        if error:
            raise error


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()

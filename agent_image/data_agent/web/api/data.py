"""Tables, questions in words, SQL and export."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from data_agent.errors import Invalid, TooLarge, WorkerDied
from data_agent.ports import DataEngine
from data_agent.values import Answer, Column, Declined, QueryResult
from data_agent.web import csv_export
from data_agent.web.body import json_object, number, text
from data_agent.web.limits import (
    EXPORT_ROWS,
    EXPORT_STEP,
    MAX_QUESTION,
    MAX_SQL,
    MOST_PAGE_ROWS,
    PAGE_ROWS,
    RESULT_ROWS,
)
from data_agent.web.services import services_of


async def tables(request: Request) -> Response:
    found = await services_of(request).engine.tables()
    return JSONResponse({"tables": [asdict(table) for table in found]})


async def rows(request: Request) -> Response:
    """One page of a table: ?limit=, ?offset=."""
    limit = number(request, "limit", PAGE_ROWS, low=1, high=MOST_PAGE_ROWS)
    offset = number(request, "offset", 0, low=0, high=10**12)
    engine = services_of(request).engine
    result = await engine.preview(request.path_params["name"], limit=limit, offset=offset)
    return JSONResponse({**result_json(result), "limit": limit, "offset": offset})


async def ask(request: Request) -> Response:
    """{question, previous?} → an answer, or why there is none and what could be asked."""
    body = await json_object(request)
    question = text(body, "question", most=MAX_QUESTION)
    previous = body.get("previous")
    if previous is not None and not isinstance(previous, dict):
        raise Invalid('"previous" must be the "plan" of an earlier answer, a JSON object.')
    services = services_of(request)
    services.daily.take()
    return JSONResponse(answer_json(await services.engine.ask(question, previous=previous)))


async def sql(request: Request) -> Response:
    """{sql} → the result of one guarded SELECT."""
    body = await json_object(request)
    statement = text(body, "sql", most=MAX_SQL)
    result = await services_of(request).engine.sql(statement, limit=RESULT_ROWS)
    return JSONResponse(result_json(result))


async def export(request: Request) -> Response:
    """CSV of ?table=NAME, or of ?sql=SELECT…"""
    table = request.query_params.get("table", "").strip()
    statement = request.query_params.get("sql", "").strip()
    if bool(table) == bool(statement):
        raise Invalid('Say what to export: either "table" or "sql".')
    engine = services_of(request).engine
    if table:
        return csv_of_table(table, await engine.preview(table, limit=EXPORT_STEP), engine)
    return await csv_of_statement(statement, engine)


def csv_of_table(table: str, first: QueryResult, engine: DataEngine) -> Response:
    """The whole table as a stream, a few thousand rows at a time."""

    async def pieces() -> AsyncIterator[str]:
        page, offset = first, 0
        yield csv_export.header_line(page.columns)
        while page.rows:
            yield csv_export.lines(page.rows)
            offset += len(page.rows)
            if not page.truncated:
                return
            page = await _page_of(engine, table, offset)

    return StreamingResponse(pieces(), headers=_download(f"{table}.csv"))


async def _page_of(engine: DataEngine, table: str, offset: int) -> QueryResult:
    """The next rows. A long export may use up one worker's time: a second one goes on."""
    try:
        return await engine.preview(table, limit=EXPORT_STEP, offset=offset)
    except WorkerDied:
        return await engine.preview(table, limit=EXPORT_STEP, offset=offset)


async def csv_of_statement(statement: str, engine: DataEngine) -> Response:
    """TooLarge rather than a part of the rows that looks like all."""
    if len(statement) > MAX_SQL:
        raise Invalid(f'"sql" has more than {MAX_SQL} characters.')
    result = await engine.sql(statement, limit=EXPORT_ROWS)
    if result.truncated:
        raise TooLarge(
            f"The result has more than the {len(result.rows):,} rows that can be exported. "
            "Add a WHERE or LIMIT, or export the whole table."
        )
    content = csv_export.header_line(result.columns) + csv_export.lines(result.rows)
    return Response(content, headers=_download("result.csv"))


def result_json(result: QueryResult) -> dict[str, Any]:
    """A result as the API shows one; rows are arrays in the order of the columns."""
    return {
        "columns": [_column(column) for column in result.columns],
        "rows": result.rows,
        "truncated": result.truncated,
        "milliseconds": result.milliseconds,
    }


def answer_json(answer: Answer | Declined) -> dict[str, Any]:
    """The two shapes of the contract, told apart by `answered`."""
    if isinstance(answer, Declined):
        return {
            "answered": False,
            "reason": answer.reason,
            "suggestions": list(answer.suggestions),
        }
    return {
        "answered": True,
        "sentence": answer.sentence,
        "plan": answer.plan,
        "sql": answer.sql,
        **result_json(answer.result),
        "chart": answer.chart,
        "notes": list(answer.notes),
        "source": answer.source,
    }


def _column(column: Column) -> dict[str, str]:
    return {"name": column.name, "type": column.type}


def _download(filename: str) -> dict[str, str]:
    return {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": f"attachment; filename*=UTF-8''{quote(filename, safe='')}",
    }

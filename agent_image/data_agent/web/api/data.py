"""Tables, questions in words, SQL and export."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data_agent.errors import Invalid
from data_agent.values import Answer, Column, Declined, QueryResult
from data_agent.web import answering
from data_agent.web.body import json_object, number, text
from data_agent.web.identity import who_of
from data_agent.web.limits import (
    MAX_QUESTION,
    MAX_SQL,
    MOST_PAGE_ROWS,
    PAGE_ROWS,
    RESULT_ROWS,
)
from data_agent.web.presence import while_present
from data_agent.web.progress import tell_of
from data_agent.web.services import services_of


async def tables(request: Request) -> Response:
    found = await services_of(request).engine.tables()
    return JSONResponse({"tables": [asdict(table) for table in found]})


async def remove_table(request: Request) -> Response:
    """With all of its files."""
    name = request.path_params["name"]
    await services_of(request).library.remove_table(name, who_of(request).user)
    request.state.acted_on = name
    return Response(status_code=204)


async def rows(request: Request) -> Response:
    """One page of a table: ?limit=, ?offset=."""
    limit = number(request, "limit", PAGE_ROWS, low=1, high=MOST_PAGE_ROWS)
    offset = number(request, "offset", 0, low=0, high=10**12)
    engine = services_of(request).engine
    result = await engine.preview(request.path_params["name"], limit=limit, offset=offset)
    return JSONResponse({**result_json(result), "limit": limit, "offset": offset})


async def ask(request: Request) -> Response:
    """{question, previous?, by?} → an answer, or why there is none and what could be asked."""
    body = await json_object(request)
    question = text(body, "question", most=MAX_QUESTION)
    previous = body.get("previous")
    if previous is not None and not isinstance(previous, dict):
        raise Invalid('"previous" must be the "plan" of an earlier answer, a JSON object.')
    by = body.get("by", "auto")
    if by not in ("auto", "model"):
        raise Invalid('"by" must be "auto", or "model" to have a language model asked first.')
    asked = answering.ask(
        services_of(request),
        question,
        previous,
        model_first=by == "model",
        tell=tell_of(request),
    )
    found = await while_present(request, asked)
    return JSONResponse(answer_json(found))


async def sql(request: Request) -> Response:
    """{sql} → the result of one guarded SELECT."""
    body = await json_object(request)
    statement = text(body, "sql", most=MAX_SQL)
    running = services_of(request).engine.sql(statement, limit=RESULT_ROWS)
    result = await while_present(request, running)
    return JSONResponse(result_json(result))


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
            "unknown": list(answer.unknown),
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

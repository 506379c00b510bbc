"""SQL for those who want it, and CSV downloads."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from data_agent.errors import DataAgentError, Stopped, TooLarge
from data_agent.values import QueryResult
from data_agent.web.api import export as exports
from data_agent.web.body import form, text
from data_agent.web.limits import MAX_SQL, RESULT_ROWS
from data_agent.web.presence import while_present
from data_agent.web.problems import Problem, problem_of, problem_page
from data_agent.web.render import page
from data_agent.web.services import services_of


async def show(request: Request) -> Response:
    statement = request.query_params.get("sql", "")[:MAX_SQL]
    return await _page(request, statement)


async def run(request: Request) -> Response:
    fields = await form(request)
    statement = fields.get("sql", "")
    try:
        text(fields, "sql", most=MAX_SQL)
        running = services_of(request).engine.sql(statement, limit=RESULT_ROWS)
        result = await while_present(request, running)
    except Stopped:
        raise
    except DataAgentError as error:
        return await _page(request, statement, problem=problem_of(error))
    return await _page(request, statement, result=result)


async def export(request: Request) -> Response:
    """The API's export, with errors as pages; what is too long for CSV is offered as Parquet."""
    try:
        return await exports.export(request)
    except TooLarge as error:
        query = dict(request.query_params)
        fits = query.get("format", "csv") != "parquet"
        instead = "/export?" + urlencode({**query, "format": "parquet"}) if fits else ""
        return problem_page(request, problem_of(error), instead=instead)


async def export_posted(request: Request) -> Response:
    """The same for a statement that may be too long for an address."""
    fields = await form(request)
    statement = text(fields, "sql", most=MAX_SQL)
    wanted = exports.Wanted(sql=statement, format=fields.get("format") or "csv")
    return await while_present(request, exports.respond(services_of(request), wanted))


async def _page(
    request: Request,
    statement: str,
    *,
    result: QueryResult | None = None,
    problem: Problem | None = None,
) -> Response:
    services = services_of(request)
    files = services.library.all()
    return page(
        request,
        "sql.html",
        status=problem.status if problem else 200,
        statement=statement,
        result=result,
        problem=problem,
        tables=[(file.table, services.library.columns(file)) for file in files],
    )

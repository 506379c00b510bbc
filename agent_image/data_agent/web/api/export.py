"""GET /api/v1/export: a table, a statement, an answer's plan or a saved answer, as a file."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from data_agent.errors import Invalid, NotFound
from data_agent.values import Answer
from data_agent.web.answering import Recipe, cook
from data_agent.web.chart import chart_of
from data_agent.web.limits import MAX_SQL
from data_agent.web.presence import while_present
from data_agent.web.queries import plan_in
from data_agent.web.render import sql_name
from data_agent.web.services import Services, services_of
from data_agent.web.spooled import Spooled

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "svg": "image/svg+xml",
}
UNFIT = re.compile(r"[^\w .,()-]+")
LONGEST_NAME = 80  # characters of a file name


@dataclass(frozen=True)
class Wanted:
    """What is to be exported: one of table, plan and statement; `name` is for the file."""

    table: str = ""
    sql: str = ""
    plan: dict[str, Any] | None = None
    format: str = "csv"
    name: str = ""


async def export(request: Request) -> Response:
    """?table=, ?sql=, ?plan= or ?question= (a saved answer's id), &format= csv, json, parquet or
    svg."""
    services = services_of(request)
    wanted = _wanted(request, services)
    request.state.acted_on = f"{wanted.table or 'an answer'} as {wanted.format}"
    return await while_present(request, respond(services, wanted))


async def respond(services: Services, wanted: Wanted) -> Response:
    """The whole file, made before any of it is sent. Invalid, TooLarge and the engine's own."""
    if wanted.format not in TYPES:
        raise Invalid(f'"format" is one of {", ".join(TYPES)}.')
    if wanted.format == "svg":
        return await _svg(services, wanted)
    statement = await _statement(services, wanted)
    path = services.settings.data_dir / f".export-{secrets.token_hex(8)}.tmp"
    try:
        await services.engine.write_export(statement, path, kind=wanted.format)
        return Spooled(path, _headers(wanted))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _wanted(request: Request, services: Services) -> Wanted:
    query = request.query_params
    given = {name: query.get(name, "").strip() for name in ("table", "sql", "plan", "question")}
    if sum(map(bool, given.values())) != 1:
        raise Invalid('Say what to export: one of "table", "sql", "plan" and "question".')
    if len(given["sql"]) > MAX_SQL:
        raise Invalid(f'"sql" has more than {MAX_SQL} characters.')
    wanted = Wanted(
        table=given["table"],
        sql=given["sql"],
        plan=plan_in(given, "plan"),
        format=query.get("format", "").strip() or "csv",
        name=query.get("name", ""),
    )
    if given["question"]:
        saved = services.questions.get(given["question"])
        wanted = replace(wanted, plan=saved.plan, sql=saved.sql, name=saved.question)
    return wanted


async def _answer(services: Services, wanted: Wanted) -> Answer:
    answer = await cook(services, Recipe(wanted.name, wanted.plan, wanted.sql))
    if not isinstance(answer, Answer):
        raise NotFound(answer.reason)
    return answer


async def _statement(services: Services, wanted: Wanted) -> str:
    if wanted.table:
        known = {table.name.casefold() for table in await services.engine.tables()}
        if wanted.table.casefold() not in known:
            raise NotFound(f"There is no table named {wanted.table}.")
        return f"SELECT * FROM {sql_name(wanted.table)}"  # noqa: S608 - quoted, and guarded
    return wanted.sql or (await _answer(services, wanted)).sql


async def _svg(services: Services, wanted: Wanted) -> Response:
    if wanted.table:
        raise Invalid("A whole table has no chart. Ask a question about it.")
    answer = await _answer(services, wanted)
    chart = chart_of(answer.chart, answer.result)
    if chart is None or not chart.height:
        raise NotFound("This answer has no chart.")
    picture = services.templates.get_template("chart.svg").render(chart=chart)
    return Response(picture, headers=_headers(wanted))


def _headers(wanted: Wanted) -> dict[str, str]:
    words = UNFIT.sub(" ", wanted.name or wanted.table).split()
    name = " ".join(words).strip(".")[:LONGEST_NAME] or "result"
    filename = quote(f"{name}.{wanted.format}", safe="")
    return {
        "content-type": TYPES[wanted.format],
        "content-disposition": f"attachment; filename*=UTF-8''{filename}",
    }

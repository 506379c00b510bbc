"""One file's import report, and the choice of its columns' types."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_agent.errors import BadUpload, DataAgentError, DoesNotFit, Invalid
from data_agent.importing.choices import KINDS, kind
from data_agent.insights.cards import Card
from data_agent.people.values import User
from data_agent.web.api.files import AUTOMATIC, changed
from data_agent.web.body import form, text
from data_agent.web.identity import who_of
from data_agent.web.insights import insights_of
from data_agent.web.problems import Problem, problem_of
from data_agent.web.render import page
from data_agent.web.rights import check_may_change
from data_agent.web.services import services_of
from data_agent.web.shelf import StoredFile

SHOWN_REJECTS = 50
SHOWN_COLUMNS = 40  # the others of a wide file are behind a click
MAX_NAME = 200
LABELS = {
    AUTOMATIC: "automatic",
    "text": "text",
    "number": "number",
    "number_point": "number (1,234.56)",
    "number_comma": "number (1.234,56)",
    "date_dmy": "date, day first",
    "date_mdy": "date, month first",
    "boolean": "yes or no",
}
assert LABELS.keys() == {AUTOMATIC, *KINDS}


async def show(request: Request) -> Response:
    """Right after the upload with what the table is about."""
    library = services_of(request).library
    new = request.query_params.get("new") == "1"
    file = library.get(request.path_params["id"])
    cards = await insights_of(request).of(file.table) if new else ()
    return await _page(request, cards=cards)


async def change(request: Request) -> Response:
    """One column's type, or the last change back."""
    library = services_of(request).library
    file = library.get(request.path_params["id"])
    library.check_may_reread(who_of(request).user, file)
    fields = await form(request)
    column = "" if fields.get("undo") else text(fields, "column", most=MAX_NAME)
    try:
        if fields.get("undo"):
            await library.undo(file.id)
        else:
            wanted = {column: fields.get("kind", "")}
            confirm = fields.get("confirm") == "1"
            await library.retype(file.id, changed(file.choices, wanted, confirm=confirm))
    except (BadUpload, DoesNotFit, Invalid) as error:
        asked = (column, fields.get("kind", "")) if isinstance(error, DoesNotFit) else None
        return await _page(request, problem=problem_of(error), asked=asked)
    return RedirectResponse(f"/data/files/{file.id}?changed=1#columns", status_code=303)


async def _page(
    request: Request,
    problem: Problem | None = None,
    asked: tuple[str, str] | None = None,
    cards: tuple[Card, ...] = (),
) -> Response:
    library = services_of(request).library
    file = library.get(request.path_params["id"])
    report = library.shelf.report(file)
    user = who_of(request).user
    may_remove = _may(check_may_change, user, file)
    deletion = await services_of(request).replacing.deletion(file) if may_remove else None
    undecided = [column for column in report["columns"] if column.get("ask")]
    return page(
        request,
        "report.html",
        status=problem.status if problem else 200,
        file=file,
        report=report,
        undecided=undecided,
        columns=[column for column in report["columns"] if column not in undecided],
        shown_rejects=SHOWN_REJECTS,
        shown_columns=SHOWN_COLUMNS,
        may_remove=may_remove,
        may_retype=_may(library.check_may_reread, user, file),
        parts=library.parts_of(file.table),
        broken=deletion.broken if deletion else (),
        new=request.query_params.get("new") == "1",
        changed=request.query_params.get("changed") == "1",
        labels=LABELS,
        chosen={name: kind(choice) for name, choice in file.choices.items()},
        problem=problem,
        asked=asked,
        cards=cards,
    )


def _may(check: Callable[[User, StoredFile], None], user: User, file: StoredFile) -> bool:
    try:
        check(user, file)
    except DataAgentError:
        return False
    return True

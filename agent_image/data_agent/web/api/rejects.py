"""The rejected rows of an uploaded file, to be taken away and mended."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from itertools import islice
from typing import TextIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from data_agent.exporting import csv_export
from data_agent.values import Column
from data_agent.web.services import Services, services_of
from data_agent.web.shelf import StoredFile

COLUMNS = (Column("line", "BIGINT"), Column("reason", "VARCHAR"), Column("text", "VARCHAR"))
LINES_AT_ONCE = 1000
CUT = "There are more; this list was cut at the largest size of an export."


async def download(request: Request) -> Response:
    """As CSV: line, reason, text. The report has the first ones; of more, the original is read
    once more. NotFound, StorageFull."""
    services = services_of(request)
    file = services.library.get(request.path_params["id"])
    report = services.library.shelf.report(file)
    name = file.table.encode("ascii", "ignore").decode() or "file"
    headers = {"content-disposition": f'attachment; filename="{name}-rejected.csv"'}
    if report["rejected"] > len(report["rejects"]):
        return await _all(services, file, headers)
    rows = [(r["line"], r["reason"], r["text"]) for r in report["rejects"]]
    content = csv_export.header_line(COLUMNS) + csv_export.lines(rows)
    return Response(content, media_type="text/csv", headers=headers)


async def _all(services: Services, file: StoredFile, headers: dict[str, str]) -> Response:
    path = services.settings.data_dir / f".export-{secrets.token_hex(8)}.tmp"
    try:
        complete = await services.engine.write_rejects(services.library.shelf.path(file), path)
        opened = await run_in_threadpool(path.open, encoding="utf-8")
    finally:
        path.unlink(missing_ok=True)  # what is open can still be read, however the response ends
    pieces = _pieces(opened, complete=complete)
    return StreamingResponse(pieces, media_type="text/csv", headers=headers)


def _pieces(found: TextIO, *, complete: bool) -> Iterator[str]:
    yield csv_export.header_line(COLUMNS)
    with found:
        while lines := [json.loads(line) for line in islice(found, LINES_AT_ONCE)]:
            yield csv_export.lines(lines)
    if not complete:
        yield csv_export.lines([(None, CUT, None)])

"""Rejected rows can be taken away as a file, in which no cell is a formula."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from data_agent.values import ImportReport, Reject

from tests.support.agent import StartAgent, upload
from tests.support.fake_engine import FakeEngine


class Rejecting(FakeEngine):
    async def import_file(
        self, path: Path, *, filename: str, table: str, **_: object
    ) -> ImportReport:
        report = await super().import_file(path, filename=filename, table=table)
        reject = Reject(7, "2 cells where 3 are expected", '=cmd()|"x",y')
        return ImportReport(
            table, 2, 1, 1, (reject,), report.columns, report.encoding, report.delimiter
        )


def test_rejected_rows_are_downloaded_with_line_reason_and_text(start: StartAgent) -> None:
    admin = start(Rejecting()).admin()
    file_id = upload(admin, "sales.csv").json()["files"][0]["id"]
    answer = admin.get(f"/api/v1/files/{file_id}/rejects")
    assert answer.headers["content-disposition"] == 'attachment; filename="sales-rejected.csv"'
    assert answer.text.splitlines() == [
        "line,reason,text",
        '7,2 cells where 3 are expected,"\'=cmd()|""x"",y"',
    ]
    assert f"/api/v1/files/{file_id}/rejects" in admin.get(f"/data/files/{file_id}").text
    assert admin.get("/api/v1/files/nothing/rejects").status_code == 404


class RejectingMany(Rejecting):
    """Its report shows one of three."""

    complete = True

    async def import_file(
        self, path: Path, *, filename: str, table: str, **_: object
    ) -> ImportReport:
        report = await super().import_file(path, filename=filename, table=table)
        return replace(report, rows_in=4, rejected=3)

    async def write_rejects(self, upload: Path, path: Path) -> bool:
        found = [[line, f"like {upload.name}", "-x"] for line in (7, 8, 9)]
        path.write_text("".join(json.dumps(each) + "\n" for each in found))  # noqa: ASYNC240
        return self.complete


def test_more_rejects_than_the_report_shows_are_all_downloaded(start: StartAgent) -> None:
    agent = start(RejectingMany())
    admin = agent.admin()
    file_id = upload(admin, "sales.csv").json()["files"][0]["id"]
    answer = admin.get(f"/api/v1/files/{file_id}/rejects")
    assert answer.text.splitlines() == [
        "line,reason,text",
        *(f"{line},like sales.csv,'-x" for line in (7, 8, 9)),
    ]
    assert not list(agent.settings.data_dir.glob(".export-*"))


def test_a_list_that_was_cut_says_so(start: StartAgent) -> None:
    engine = RejectingMany()
    engine.complete = False
    admin = start(engine).admin()
    file_id = upload(admin, "sales.csv").json()["files"][0]["id"]
    answer = admin.get(f"/api/v1/files/{file_id}/rejects")
    assert answer.text.splitlines()[-1].startswith(",There are more; this list was cut")

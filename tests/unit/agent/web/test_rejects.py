"""Rejected rows can be taken away as a file, in which no cell is a formula."""

from __future__ import annotations

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

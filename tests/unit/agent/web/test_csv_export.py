"""CSV that spreadsheets read as data: round trip, and no formula ever."""

from __future__ import annotations

import csv
import io

import pytest
from data_agent.exporting.csv_export import FORMULA_STARTS, header_line, lines, safe_cell
from data_agent.values import Column
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agent import Agent


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (True, "true"),
        (-12, "-12"),
        (-1.5, "-1.5"),
        ("-12.50", "-12.50"),
        ("+49", "+49"),
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        (" =1+1", "' =1+1"),
        ("\u00a0 @SUM(A1)", "'\u00a0 @SUM(A1)"),
        (" -5", " -5"),
        ("\t5", "'\t5"),
        ("  ", "  "),
        ("-", "'-"),
        ("+", "'+"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_cells(cell: str | int | float | bool | None, text: str) -> None:
    assert safe_cell(cell) == text


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2)))
def test_every_row_is_read_back_as_it_was_or_with_a_quote_before_it(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(lines(rows), newline="")))
    assert len(read) == len(rows)
    for before, after in zip(rows, read, strict=True):
        assert [cell.removeprefix("'") for cell in after] == [
            cell.removeprefix("'") for cell in before
        ]
        bare = [cell.lstrip() for cell in after]
        assert not any(cell.startswith(FORMULA_STARTS) and not number(cell) for cell in bare)


def number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdigit()


def test_headers_are_cells_too() -> None:
    assert header_line([Column("=x", "VARCHAR"), Column("a,b", "BIGINT")]) == '\'=x,"a,b"\r\n'


def test_a_result_and_a_table_are_downloads(agent: Agent) -> None:
    admin = agent.admin()
    admin.post(
        "/api/v1/files",
        files={"file": ("t.csv", b"a,b\n=1,2\n" * 15_000, "text/csv")},
        headers={"Origin": str(admin.base_url)},
    )
    answer = admin.get("/api/v1/export", params={"sql": "select 1"})
    assert answer.text == "n,t\r\n-1,'=1+1\r\n"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    table = admin.get("/api/v1/export", params={"table": "t"}).text
    assert len(table.splitlines()) == 30_000
    refused = admin.get("/export", params={"sql": "drop table t"})
    assert refused.status_code == 400
    assert "Only SELECT" in refused.text

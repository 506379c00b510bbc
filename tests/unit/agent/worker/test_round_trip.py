"""Any table of texts, written as CSV in any ordinary way, comes back exactly, or is counted."""

from __future__ import annotations

import csv
import io

from data_agent.errors import BadUpload
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.agent.worker.loading import load

CELL = st.text(alphabet="abcXYZ ,;|\t\"'\\#-äß€—日\n\r", max_size=8)
MAIN = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def written(rows: list[list[str]], delimiter: str, quoting: int, end: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)
    return text.getvalue()


def kept(rows: list[list[str]]) -> list[tuple[str | None, ...]]:
    return [tuple(cell or None for cell in row) for row in rows]


@MAIN
@given(
    st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_quoted_tables_come_back_exactly(
    rows: list[list[str]], delimiter: str, end: str, encoding: str
) -> None:
    header = ["first name", "second name", "third name"]
    text = written([header, *rows], delimiter, csv.QUOTE_ALL, end)
    imported = load(text.encode(encoding))
    assert imported.report["rejected"] == 0
    assert imported.rows == kept(rows)


@MAIN
@given(
    st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=4, max_size=8),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_is_quoted_only_where_needed_comes_back_exactly(
    rows: list[list[str]], delimiter: str
) -> None:
    """With line ends inside cells only where the writer quotes them, as real programs do."""
    rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    # A record of blanks alone is an empty record: its blanks do not come back.
    rows = [row if "".join(row).strip() else ["x", "y", "z"] for row in rows]
    header = ["first name", "second name", "third name"]
    text = written([header, *rows], delimiter, csv.QUOTE_MINIMAL, "\n")
    imported = load(text)
    assert imported.report["rows_in"] == len(rows)
    if imported.report["delimiter"] == delimiter and imported.report["rejected"] == 0:
        assert [c for row in imported.rows for c in row if c] == [
            c for row in kept(rows) for c in row if c
        ] or "stray quote" in imported.notes


@MAIN
@given(st.text(alphabet='ab,;"\n\r 1.0', max_size=80))
def test_any_text_is_imported_with_every_record_counted_or_refused(text: str) -> None:
    try:
        imported = load(text)
    except BadUpload:
        return
    report = imported.report
    assert (
        report["rows_in"]
        == report["rows_kept"] + report["rejected"]
        == len(imported.rows) + len(report["rejects"])
    )


@MAIN
@given(
    st.lists(st.integers(-(10**17), 10**17), min_size=1, max_size=10),
    st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=10),
)
def test_numbers_come_back_exactly(whole: list[int], decimals: list[object]) -> None:
    count = min(len(whole), len(decimals))
    lines = [f"{whole[n]};{decimals[n]:f}" for n in range(count)]
    imported = load("n;d\n" + "\n".join(lines) + "\n")
    assert [row[0] for row in imported.rows] == whole[:count]
    assert [row[1] for row in imported.rows] == decimals[:count]

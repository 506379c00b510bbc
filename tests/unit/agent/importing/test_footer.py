"""What stands below a table is told from its rows, and never the other way round."""

from __future__ import annotations

import pytest
from data_agent.importing.footer import EMPTY, REMARK, TOTAL, footer
from hypothesis import given
from hypothesis import strategies as st

ROWS = [[f"2024-01-{day:02}", f"shop {day}", str(day * 10)] for day in range(1, 10)]


@pytest.mark.parametrize(
    ("below", "reasons"),
    [
        ([["Total", "", "450"]], (TOTAL,)),
        ([["", "Summe:", "450,00"]], (TOTAL,)),
        ([["", "", ""], ["GRAND TOTAL", "", "1.234,50 €"]], (EMPTY, TOTAL)),
        ([["Total", "", "450"], ["* without tax", "", ""]], (TOTAL, REMARK)),
        ([["Created on 1 May by Ann", "", ""]], (REMARK,)),
        ([["", "", ""]], ()),
        ([["Total", "Paris", "450"]], ()),
        ([["Total Energies", "", "450"]], ()),
        ([["2024-01-31", "", ""]], ()),
    ],
)
def test_totals_and_remarks_at_the_end(below: list[list[str]], reasons: tuple[str, ...]) -> None:
    assert footer([*ROWS, *below], []) == reasons


def test_what_is_ordinary_in_the_table_is_a_row() -> None:
    with_totals = [["men", "", "5"], ["women", "", "6"], ["Total", "7", "11"], *ROWS]
    assert footer([*ROWS, ["Total", "", "450"]], with_totals) == ()
    sparse = [["only a name", "", ""], *ROWS]
    assert footer([*ROWS, ["another name", "", ""]], sparse) == ()
    assert footer([["some words", "", ""]], []) == ()


CELL = st.text(alphabet="abc 123.,-", max_size=6)


@given(st.lists(st.lists(CELL, min_size=4, max_size=4), max_size=20))
def test_random_rows_without_such_words_lose_at_most_lone_cells(rows: list[list[str]]) -> None:
    reasons = footer(rows, [])
    assert len(reasons) < len(rows) or not rows
    for cells in rows[len(rows) - len(reasons) :]:
        assert sum(bool(cell.strip()) for cell in cells) <= 1

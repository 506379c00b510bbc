"""One page of rows, in an order that a reader would expect."""

from __future__ import annotations

from data_agent.values import Cell, Column, QueryResult
from data_agent.web.grid_view import ROWS, Choice, GridPage, grid_page


def shown(rows: list[tuple[Cell, ...]], choice: Choice) -> GridPage:
    result = QueryResult(
        (Column("name", "VARCHAR"), Column("n", "DECIMAL(38,2)")), tuple(rows), False
    )
    return grid_page(result, choice, lambda c: f"{c.page}/{c.sort}/{c.down}")


ROWS_OF_THREE: list[tuple[Cell, ...]] = [("b", 9.5), ("A", "12345678901234567890.25"), (None, None)]


def test_numbers_by_size_also_long_ones_and_empty_cells_last() -> None:
    up, down = shown(ROWS_OF_THREE, Choice(sort=2)), shown(ROWS_OF_THREE, Choice(sort=2, down=True))
    assert [row[0] for row in up.rows] == ["b", "A", None]
    assert [row[0] for row in down.rows] == ["A", "b", None]


def test_names_from_a_to_z_whatever_their_case() -> None:
    assert [row[0] for row in shown(ROWS_OF_THREE, Choice(sort=1)).rows] == ["A", "b", None]


def test_a_column_that_is_not_there_sorts_nothing() -> None:
    assert shown(ROWS_OF_THREE, Choice(sort=9)).rows == tuple(ROWS_OF_THREE)


def test_heads_say_the_order_and_turn_it() -> None:
    name, n = shown(ROWS_OF_THREE, Choice(sort=2, down=True)).heads
    assert (n.order, n.url) == ("descending", "1/2/False")
    assert (name.order, name.url) == ("", "1/1/False")


def test_pages_follow_each_other_and_the_last_is_the_last() -> None:
    rows: list[tuple[Cell, ...]] = [(f"r{n:03}", n) for n in range(ROWS + 3)]
    first, last = shown(rows, Choice()), shown(rows, Choice(page=99, sort=2, down=True))
    assert (first.first, first.last, first.before, first.after) == (1, ROWS, "", "2/0/False")
    assert (last.first, last.last, last.before, last.after) == (ROWS + 1, ROWS + 3, "1/2/True", "")
    assert [row[1] for row in last.rows] == [2, 1, 0]


def test_no_rows_are_one_empty_page() -> None:
    assert (shown([], Choice()).total, shown([], Choice()).rows) == (0, ())

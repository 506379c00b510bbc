"""File names become table names, headers become column names."""

from __future__ import annotations

import pytest
from data_agent.errors import BadUpload
from data_agent.importing.names import RESERVED, check_kind, column_names, table_name
from hypothesis import given
from hypothesis import strategies as st

NAMES = [
    ("my sales.csv", [], "my_sales"),
    ("My-Sales (2024).CSV", [], "my_sales_2024"),
    ("sales.csv", ["sales"], "sales_2"),
    ("sales.csv", ["SALES", "sales_2"], "sales_3"),
    ("2024.csv", [], "t_2024"),
    ("2024 sales.tsv", [], "t_2024_sales"),
    ("select.csv", [], "t_select"),
    ("Order.csv", [], "t_order"),
    ("Umsätze Köln.csv", [], "umsätze_köln"),
    ("売上.csv", [], "売上"),
    ("", [], "table_1"),
    (".csv", [], "table_1"),
    ("---.csv", [], "table_1"),
    ("_hidden.csv", [], "hidden"),
    ("a/b\\c.csv", [], "c"),
    ("../../etc/passwd", [], "passwd"),
    ('x"; DROP TABLE y; --.csv', [], "x_drop_table_y"),
    ("sales.csv.gz", [], "sales"),
    ("x" * 200 + ".csv", [], "x" * 60),
]


@pytest.mark.parametrize(("filename", "taken", "name"), NAMES, ids=lambda v: str(v)[:30])
def test_a_table_is_named_after_its_file(filename: str, taken: list[str], name: str) -> None:
    assert table_name(filename, taken) == name


@given(st.text(max_size=80), st.lists(st.text(max_size=8), max_size=4))
def test_every_file_name_gives_a_usable_free_name(filename: str, taken: list[str]) -> None:
    name = table_name(filename, taken)
    assert name.isidentifier() or name.replace("_", "").isalnum()
    assert name.casefold() not in {other.casefold() for other in taken}
    assert name not in RESERVED
    assert name[0].isalpha()


@given(st.lists(st.text(max_size=20), min_size=1, max_size=12))
def test_column_names_are_never_empty_and_unique_without_case(cells: list[str]) -> None:
    names = column_names(cells)
    assert len(names) == len(cells)
    assert len({name.casefold() for name in names}) == len(names)
    assert all(name.strip() for name in names)


@pytest.mark.parametrize("filename", ["a.xlsx", "a.XLS", "b.ods", "c.rar", "d.csv.xz"])
def test_what_is_no_csv_by_name_is_refused_with_the_mend(filename: str) -> None:
    with pytest.raises(BadUpload, match=r"save the sheet as CSV|Unpack"):
        check_kind(filename)


def test_text_files_of_any_ending_are_tried() -> None:
    for filename in ("a.csv", "a.txt", "a.tsv", "export", "data.dat"):
        check_kind(filename)

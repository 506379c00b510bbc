"""Lines and records out of chunks that may break anywhere."""

from __future__ import annotations

import csv
import io
import itertools

import pytest
from data_agent.importing.layout import find_layout
from data_agent.importing.lines import Lines, LineTooLong
from data_agent.importing.records import Broken, Dialect, Records
from hypothesis import given
from hypothesis import strategies as st

TEXT = st.text(alphabet='ab,;"\n\r ä\u2028\x0c', max_size=60)


@given(TEXT, st.lists(st.integers(0, 60), max_size=6))
def test_lines_do_not_depend_on_where_the_chunks_break(text: str, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    chunks = [text[a:b] for a, b in itertools.pairwise(edges)]
    lines = list(Lines(chunks))
    assert "".join(lines) == text
    assert lines == io.StringIO(text, newline="").readlines()


def test_nul_characters_are_counted() -> None:
    lines = Lines(["a\0b\n", "\0\0c"])
    assert list(lines) == ["ab\n", "c"]
    assert lines.nuls == 3


def test_a_file_without_line_ends_is_given_up() -> None:
    with pytest.raises(LineTooLong):
        list(Lines(["x" * 3_000_000] * 4))


@given(st.lists(st.lists(st.text(alphabet='a",\n\r ', max_size=6), min_size=2, max_size=4)))
def test_well_formed_records_come_back_exactly(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    read = list(Records(Lines([text.getvalue()]), Dialect(",")))
    assert [cells for item in read if not isinstance(item, Broken) for cells in [item[1]]] == rows


@given(TEXT)
def test_every_line_is_in_a_record_or_broken_or_blank(text: str) -> None:
    lines = list(Lines([text]))
    records = Records(lines, Dialect(","))
    firsts = [item.line if isinstance(item, Broken) else item[0] for item in records]
    assert firsts == sorted(set(firsts))
    assert all(1 <= line <= len(lines) for line in firsts)
    assert len(firsts) + records.blank_lines <= len(lines)


@given(TEXT, st.booleans())
def test_any_text_has_a_layout_or_is_empty(text: str, complete: bool) -> None:
    layout = find_layout(list(Lines([text])), complete=complete)
    if layout is None:
        assert not text.strip(' ,;"\n\r\u2028\x0c') or not complete
    else:
        assert layout.width >= 1
        assert layout.first_line > layout.header_line


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_decimal_commas_are_no_delimiter_where_semicolons_are(ending: str) -> None:
    """One comma in every row but the header and the ragged ones: as regular as the semicolons."""
    lines = [
        "Date;Payee;Amount",
        *(f"{day:02}.03.2025;Shop {day};-{day},5{day % 10}" for day in range(1, 29)),
        "05.03.2025;Shop;extra;payment;12,00",
        "Sum;;;",
    ]
    layout = find_layout([line + ending for line in lines], complete=True)
    assert layout is not None
    assert (layout.dialect.delimiter, layout.header) == (";", ("Date", "Payee", "Amount"))


def test_numbers_between_commas_are_columns_where_nothing_else_separates() -> None:
    layout = find_layout([f"{n},{n * 2},{n * 3}\n" for n in range(20)], complete=True)
    assert layout is not None
    assert (layout.dialect.delimiter, layout.width) == (",", 3)

"""What is counted in bytes agrees with what the parser finds, wherever the chunks are cut."""

from __future__ import annotations

import csv
import io

import pytest
from data_agent.importing.encoding import detect
from data_agent.importing.marks import Marks, blank_lines
from data_agent.importing.source import examine
from data_agent.importing.transcode import transcode
from hypothesis import given, settings
from hypothesis import strategies as st

CELL = st.text(alphabet='ab,"\n\rä', max_size=5)
MAIN = settings(max_examples=80, deadline=None, derandomize=True)


def marks_of(data: bytes, size: int) -> Marks:
    marks = Marks()
    for start in range(0, len(data), size):
        marks.feed(data[start : start + size])
    return marks


@MAIN
@given(
    st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 7),
    st.booleans(),
)
def test_records_are_counted_as_written(
    rows: list[list[str]], end: str, size: int, open_end: bool
) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    data = text.getvalue().removesuffix(end if open_end else "").encode()
    assert marks_of(data, size).records == len(rows)


@pytest.mark.parametrize(
    ("data", "line_end"),
    [
        (b"a\nb\n", "\n"),
        (b"a\r\nb\r\n", "\r\n"),
        (b"a\r\nb\n", ""),
        (b"a\rb\r", ""),
        (b"a\rx\r\nb\r\n", ""),
        (b'"a\nb"\r\n', ""),
        (b"a\r\nb\r", ""),
        (b"", "\n"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_line_ends_are_told_apart(data: bytes, line_end: str, size: int) -> None:
    assert marks_of(data, size).line_end == line_end


def test_nuls_and_blank_lines_are_counted(tmp_path) -> None:
    assert marks_of(b"a\0b\n\0", 2).nuls == 2
    path = tmp_path / "t.csv"
    path.write_bytes(b"\na,b\r\n\r\n1,2\n\n\n")
    assert (blank_lines(path, 0), blank_lines(path, 1)) == (4, 3)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-8"])
def test_a_copy_has_one_kind_of_line_end_outside_quotes(tmp_path, encoding) -> None:
    path, target = tmp_path / "t.csv", tmp_path / "copy.csv"
    path.write_bytes('n,ä\r\n1,"x\r\ny\nz"\r\n2,ü\r\n'.encode(encoding))
    marks = transcode(examine(path, max_columns=10), target)
    assert marks is not None
    assert target.read_bytes().decode() == '1,"x\r\ny\nz"\n2,ü\n'
    assert marks.records == 2


@pytest.mark.parametrize("odd", ["1,a\rb\n", "1,a\r", "1,\0\n"])
def test_what_needs_a_closer_look_is_not_copied(tmp_path, odd) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(("n,x\n" + odd).encode("utf-16"))
    assert transcode(examine(path, max_columns=10), tmp_path / "copy.csv") is None


def test_a_file_that_is_utf_8_throughout_brings_its_marks(tmp_path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\n1,2\n")
    found = detect(path)
    assert found.marks is not None
    assert (found.codec, found.label, found.marks.records) == ("utf-8-sig", "utf-8", 2)
    path.write_bytes(b"\xef\xbb\xbfa,b\n1,\xff\n")
    assert (detect(path).marks, detect(path).mended) == (None, True)

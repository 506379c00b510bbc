"""Messy files become the right tables, and nothing is lost without being counted and named."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from data_agent.errors import BadUpload

from tests.unit.agent.worker.loading import load

D = Decimal


@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
        ("utf-32", "utf-32"),
        ("latin-1", "latin-1"),
        ("cp1252", "latin-1"),
    ],
)
def test_encodings_are_found(encoding: str, label: str) -> None:
    imported = load("Straße,Größe\nMünchen,5\nKöln,6\n".encode(encoding))
    assert imported.rows == [("München", 5), ("Köln", 6)]
    assert list(imported.types) == ["Straße", "Größe"]
    assert imported.report["encoding"] == label


def test_windows_characters_are_told_from_latin_1() -> None:
    imported = load("name,price\nA – “B”,5 €\n".encode("cp1252"))
    assert imported.rows == [("A – “B”", 5)]
    assert imported.report["encoding"] == "cp1252"


def test_a_stray_byte_does_not_make_a_utf_8_file_something_else() -> None:
    text = "name\n" + "Müller äöü\n" * 20
    imported = load(text.encode() + b"caf\xe9\n")
    assert imported.rows[-1] == ("café",)
    assert imported.rows[0] == ("Müller äöü",)
    assert "no UTF-8" in imported.notes


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, end: str) -> None:
    lines = ["a,b,c", "1,x y,2024-01-31", "2,z,2024-02-01"]
    imported = load(end.join(line.replace(",", delimiter) for line in lines))
    assert imported.rows == [(1, "x y", dt.date(2024, 1, 31)), (2, "z", dt.date(2024, 2, 1))]
    assert imported.report["delimiter"] == delimiter


def test_quoted_line_ends_delimiters_and_quotes_are_kept_exactly() -> None:
    imported = load('a,b\r\n"x\r\ny","say ""hi"", ok"\r\n" padded ",z\r\n')
    assert imported.rows == [("x\r\ny", 'say "hi", ok'), (" padded ", "z")]


def test_backslash_escapes_and_spaces_after_delimiters() -> None:
    assert load('a,b\n"say \\"hi\\"",1\n"x",2\n').rows == [('say "hi"', 1), ("x", 2)]
    assert load('a, b\n"x", "y, z"\n"p", "q"\n').rows == [("x", "y, z"), ("p", "q")]


def test_excel_names_the_separator_in_the_first_line() -> None:
    imported = load("sep=;\na;b\n1,5;x\n2,5;y\n")
    assert imported.rows == [(D("1.5"), "x"), (D("2.5"), "y")]


def test_lines_above_the_header_are_left_out_and_named() -> None:
    imported = load("Sales report 2024\nMade by Ann\n\ncity,amount\nBonn,1\nKöln,2\n")
    assert imported.rows == [("Bonn", 1), ("Köln", 2)]
    assert "2 lines above the header were left out: Sales report 2024" in imported.notes


@pytest.mark.parametrize(
    ("above", "names", "row"),
    [
        ("Account,12345\nPeriod,Jan 2024\n\n", "Date,Text,Amount", "2024-01-01,Rent,-0.50"),
        (
            "Kontoauszug;\nKonto;DE1234\nZeitraum;01.01.2024 - 31.01.2024\n\n",
            "Buchungstag;Text;Betrag",
            "01.01.2024;Miete;-0,50",
        ),
    ],
)
@pytest.mark.parametrize("rows", [3, 10, 40])
def test_a_bank_writes_pairs_above_its_table(above: str, names: str, row: str, rows: int) -> None:
    imported = load(f"{above}{names}\n" + f"{row}\n" * rows)
    assert list(imported.types) == names.replace(";", ",").split(",")
    assert imported.rows == [(dt.date(2024, 1, 1), imported.rows[0][1], D("-0.50"))] * rows
    assert imported.report["rejected"] == 0
    assert "above the header were left out" in imported.notes


def test_padded_preambles_of_spreadsheets() -> None:
    imported = load(
        "Report,,,\n,,,\nid,city,amount,day\n1,Bonn,5,2024-01-01\n2,Köln,6,2024-01-02\n"
    )
    assert list(imported.types) == ["id", "city", "amount", "day"]
    assert len(imported.rows) == 2


def test_rows_wider_than_the_header_are_told() -> None:
    imported = load("a,b,c\n1,2,3,x\n4,5,6,y\n7,8,9,z\n")
    assert list(imported.types) == ["a", "b", "c", "column_4"]
    assert "The header has 3 names, the rows have 4 cells" in imported.notes
    assert "is called column_4. If a number has an unquoted thousands comma" in imported.notes
    shifted = load("p,cur,neg,par\n10%,$1,234.50,-5,(3.00)\n")
    assert "The header has 4 names, the rows have 5 cells" in shifted.notes
    assert "values are shifted" in shifted.notes
    other = load("a;b;c\n1;2;3;x\n4;5;6;y\n").notes
    assert "3 names, the rows have 4 cells" in other
    assert "shifted" not in other
    for text in ("a,b\n1,2,\n3,4,\n", "a,,c\n1,2,3\n", "a,b,c\n1,2,\n3,4,\n", "1,2\n3,4\n"):
        assert "The header has" not in load(text).notes


def test_ragged_rows_are_padded_or_rejected_with_line_and_reason() -> None:
    imported = load("a,b,c\n1,2,3\n4,5\n6\n7,8,9,10\n11,12,13,,\n")
    assert imported.rows == [(1, 2, 3), (4, 5, None), (11, 12, 13)]
    assert [(r["line"], r["reason"]) for r in imported.report["rejects"]] == [
        (4, "1 cell where 3 are expected"),
        (5, "4 cells where 3 are expected"),
    ]
    assert imported.report["rejects"][1]["text"] == "7,8,9,10"
    assert "1 rows have fewer cells" in imported.notes


def test_a_quote_that_never_closes_costs_its_line_only() -> None:
    body = "".join(f"{n},text {n}\n" for n in range(50))
    imported = load("a,b,c\n" + '1,"open\n' + "".join(f"{n},x,y\n" for n in range(50)))
    assert len(imported.rows) == 50
    assert [(r["line"], r["reason"]) for r in imported.report["rejects"]] == [
        (2, "a quote is opened and never closed")
    ]
    kept = load("a,b\n" + body + '50,"5" screw"\n')
    assert kept.rows[-1] == (50, '"5" screw"')
    assert "stray quote" in kept.notes


def test_header_names_are_cleaned_made_unique_and_found_missing() -> None:
    imported = load("Name, name ,,Order\u00a0Date,a\tb\n1,2,3,4,5\n")
    assert list(imported.types) == ["Name", "name_2", "column_3", "Order Date", "a b"]
    assert imported.report["columns"][3]["source_name"] == "Order\u00a0Date"


def test_a_file_without_header_gets_numbered_columns() -> None:
    imported = load("1,Bonn,2.5\n2,Köln,3.5\n")
    assert list(imported.types) == ["column_1", "column_2", "column_3"]
    assert len(imported.rows) == 2
    assert "no header" in imported.notes


def test_years_as_headers_are_names() -> None:
    imported = load("city,2022,2023\nBonn,5,6\nKöln,7,8\n")
    assert list(imported.types) == ["city", "2022", "2023"]


def test_trailing_delimiters_make_no_column() -> None:
    imported = load("a;b;\n1;2;\n3;4;\n")
    assert list(imported.types) == ["a", "b"]


def test_one_column_with_and_without_commas() -> None:
    assert load("n\n1\n2\n").rows == [(1,), (2,)]
    assert load("note\nhello\na, b, c and d\nbye, now\nx\n").rows == [
        ("hello",),
        ("a, b, c and d",),
        ("bye, now",),
        ("x",),
    ]


def test_nul_characters_are_left_out_and_counted() -> None:
    imported = load(b"a,b\n1,x\0y\n2,z\0\n")
    assert imported.rows == [(1, "xy"), (2, "z")]
    assert "2 NUL characters" in imported.notes


def test_the_whole_file_decides_not_its_beginning() -> None:
    imported = load("n,m\n" + "".join(f"{n},{n}.5\n" for n in range(5000)) + "oops,1\n")
    assert imported.types == {"n": "VARCHAR", "m": "DECIMAL(18,1)"}
    assert (
        "n stays text: 1 of 5,001 values are no whole numbers, for example 'oops'" in imported.notes
    )
    late = load("n,m\n" + "".join(f"{n},x\n" for n in range(5000)) + "1.25,y\nN/A,z\n")
    assert late.types["n"] == "DECIMAL(18,2)"
    assert late.rows[-1] == (None, "z")


def test_a_header_alone_is_an_empty_table() -> None:
    imported = load("a,b\n")
    assert (imported.rows, list(imported.types)) == ([], ["a", "b"])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"\n\n \n", "empty"),
        (b"PK\x03\x04\x14\x00\x06\x00,,,\n", "no text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x01\x02\x03\x04\x05\x06", "no text file"),
        (b",".join(b"c%d" % n for n in range(1001)) + b"\n", "1,001 columns"),
        (b"x" * 9_000_000, "no line ends"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(data: bytes, message: str) -> None:
    with pytest.raises(BadUpload, match=message):
        load(data)


@pytest.mark.parametrize("width", [250, pytest.param(1000, marks=pytest.mark.slow)])
def test_many_columns_are_fine(width: int) -> None:
    header = ",".join(f"c{n}" for n in range(width))
    imported = load(header + "\n" + ",".join("1.5" for _ in range(width)) + "\n")
    assert set(imported.types.values()) == {"DECIMAL(18,1)"}


def test_a_row_that_is_too_long_is_rejected_not_cut() -> None:
    imported = load(f"a,b\n1,x\n2,{'y' * 600_000}\n3,z\n")
    assert [row[0] for row in imported.rows] == [1, 3] or len(imported.rows) == 3
    assert imported.report["rows_in"] == 3


def test_hostile_names_are_only_names() -> None:
    imported = load('"a""; DROP TABLE t; --","x\'y"\n1,2\n')
    assert list(imported.types) == ['a"; DROP TABLE t; --', "x'y"]
    assert imported.rows == [(1, 2)]


@pytest.mark.parametrize("rows", [6, 30, 3000])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_totals_below_the_table_are_rejected_with_their_lines(rows: int, end: str) -> None:
    body = "".join(f"2024-01-{n % 28 + 1:02};shop {n};{n},50\n" for n in range(rows))
    text = f"day;shop;amount\n{body};;\nTotal;;99,00\nMade by the till, no warranty;;\n"
    imported = load(text.replace("\n", end))
    assert len(imported.rows) == rows
    assert imported.types == {"day": "DATE", "shop": "VARCHAR", "amount": "DECIMAL(18,2)"}
    assert [(r["line"], r["reason"].split(",")[0]) for r in imported.report["rejects"]] == [
        (rows + 2, "an empty row between the table and what stands below it"),
        (rows + 3, "a total below the table"),
        (rows + 4, "a remark below the table"),
    ]
    assert imported.report["rejects"][1]["text"] == "Total;;99,00"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_quoted_rows_of_any_line_end_and_encoding_all_arrive(encoding: str, end: str) -> None:
    rows = [f'{n},"Köln, {n}","say ""{n}"""' for n in range(4000)]
    imported = load(end.join(["n,place,note", *rows, ""]).encode(encoding))
    assert imported.rows == [(n, f"Köln, {n}", f'say "{n}"') for n in range(4000)]


def test_lines_above_the_header_and_crlf_take_the_quick_way_too() -> None:
    body = "".join(f"{n};Bonn {n}\r\n" for n in range(100))
    imported = load("Report\r\n\r\nn;city\r\n" + body)
    assert imported.rows == [(n, f"Bonn {n}") for n in range(100)]

"""The header is found below any lines that a bank or a program writes above its table."""

from __future__ import annotations

from random import Random

import pytest
from data_agent.importing.layout import Layout, find_layout

NAMES = ("Date", "Text", "Amount", "Balance", "City", "Reference", "Valuta", "Payee", "Fee")
LABELS = (
    "Account",
    "12345",
    "Period",
    "Jan 2024",
    "Owner",
    "Ann Lee",
    "01.02.2024",
    "Main",
    "DE12",
)


def found(text: str) -> Layout:
    layout = find_layout(text.splitlines(keepends=True), complete=True)
    assert layout is not None
    return layout


def cell(name: str, number: int, delimiter: str) -> str:
    german = delimiter == ";"
    if name in {"Date", "Valuta"}:
        return f"{number % 28 + 1:02}.01.2024" if german else f"2024-01-{number % 28 + 1:02}"
    if name in {"Amount", "Balance", "Fee"}:
        return f"-{number},{number % 90 + 10}" if german else f"-{number}.{number % 90 + 10}"
    return f"{name} of {number}"


def table(width: int, rows: int, delimiter: str) -> list[str]:
    names = NAMES[:width]
    data = [[cell(name, number, delimiter) for name in names] for number in range(rows)]
    return [delimiter.join(row) for row in (names, *data)]


def above(random: Random, lines: int, width: int, delimiter: str) -> list[str]:
    return [
        delimiter.join(random.choices(LABELS, k=random.randint(1, width - 1))) for _ in range(lines)
    ]


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("empty", [[], [""]])
@pytest.mark.parametrize("width", range(2, 10))
def test_narrower_lines_above_are_never_the_header(
    width: int, empty: list[str], delimiter: str
) -> None:
    random = Random(width)
    for lines in range(1, 6):
        for rows in (3, 10, 40):
            top = above(random, lines, width, delimiter)
            text = "\n".join([*top, *empty, *table(width, rows, delimiter), ""])
            layout = found(text)
            assert layout.dialect.delimiter == delimiter, text
            assert layout.header == NAMES[:width], text
            assert layout.first_line == layout.header_line + 1 == len(top) + len(empty) + 2
            assert list(layout.preamble) == top


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("empty", [[], [""]])
@pytest.mark.parametrize("width", range(2, 10))
def test_lines_one_cell_short_above_a_small_table(
    width: int, empty: list[str], delimiter: str
) -> None:
    for lines in range(1, 6):
        top = [delimiter.join(LABELS[line : line + width - 1]) for line in range(lines)]
        layout = found("\n".join([*top[:5], *empty, *table(width, 3, delimiter), ""]))
        assert layout.header == NAMES[:width]


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("width", range(3, 10))
@pytest.mark.parametrize("ending", ["", "x", "5"])
def test_a_header_that_is_one_cell_short_is_the_header(
    width: int, delimiter: str, ending: str
) -> None:
    names, *data = table(width - 1, 10, delimiter)
    text = "\n".join([names, *(f"{row}{delimiter}{ending}" for row in data), ""])
    layout = found(text)
    assert layout.header == (*NAMES[: width - 1], "")
    assert (layout.header_line, layout.preamble) == (1, ())
    top = delimiter.join(LABELS[: width - 1 if ending else width - 2])
    assert found(f"{top}\n\n{text}").header_line == 3


@pytest.mark.parametrize(
    "text",
    [
        "name,note\nAnn,x y,z\nBob,p,q\nCid,r,s\n",  # words only, one short
        "name,note,amount,\nAnn,n/a,5,\nBob,p,6,later\nCid,q,7,\n",  # a value in the last cell
        "a,b\nx,N/A,z\ny,5,z2\nw,6,z3\n",  # no value where the others have one
        "city,pop\nBonn,2001,1950\nUlm,2002,1951\nRom,2003,1952\n",
        "kind,n\nred,red,1\nred,blue,2\nblue,red,3\n",
        "a,b\nword,2024-01-15\nother,2024-01-22,Bonn\nlast,-,Bonn\n",
        "a,b,\nw0,2024-01-02,unknown\nw1,2024-01-08,2015\nw2,unknown,2019\n",
        "a,b,c,\nx,n/a,w0,w1\n7,,w2,w3\n,,w4,w5\n",
        "a,b\nx,y\n,-,Ulm\n-,unknown,Rom\nx,z,Bonn\n",
        '"mpg","cyl"\n"Mazda",21,6\n"Fiat",32,4\n',
        "a,b,c\n1,2,3,x\n4,5,6,y\n7,8,9,z\n",
    ],
)
def test_rows_of_data_are_not_taken_for_a_header(text: str) -> None:
    assert found(text).header_line == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Account,Main\n\nName,City,Note\nAnn,Bonn,x\nBob,Ulm,y\n", 3),
        ("Account,Main\nOwner,Ann\nName,City,Note\nAnn,Bonn,x\nBob,Ulm,y\n", 3),
        ("Account,12345\nName,City,Note\nAnn,Bonn,x\nBob,Ulm,y\n", 2),
        ("Account,Main\n\ncity,2022,2023\nBonn,5,6\nUlm,7,8\n", 3),
        ("Account,12345,\n,,\nDate,Text,Amount\n2024-01-01,Rent,-5\n2024-01-02,Food,-7\n", 3),
        (
            "Kontoauszug;\nKonto;DE1234\nZeitraum;01.01.2024 - 31.01.2024\n\n"
            "Buchungstag;Text;Betrag\n" + "02.01.2024;Miete;-1.234,56\n" * 3,
            5,
        ),
        (
            "Kontoauszug;;;\nKonto;DE1234;;\nVon;01.01.2024;;\nBuchungstag;Text;Betrag;\n"
            + "02.01.2024;Miete;-1.234,56;\n" * 3,
            4,
        ),
    ],
)
def test_what_stands_around_the_names_tells_them_too(text: str, line: int) -> None:
    assert found(text).header_line == line


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("missing", [2, 3, 4])
@pytest.mark.parametrize("top", ["", "Report", "Report{d}January\n\nEnd"])
def test_a_header_several_cells_short_names_the_first_columns(
    delimiter: str, missing: int, top: str
) -> None:
    width = 2 * missing + 1
    names, *data = table(width - missing, 10, delimiter)
    rest = delimiter.join(["x", "5", "y", "7"][:missing])
    above = [top.format(d=delimiter)] if top else []
    layout = found("\n".join([*above, names, *(f"{row}{delimiter}{rest}" for row in data), ""]))
    assert layout.header == (*NAMES[: width - missing], *[""] * missing)
    assert (layout.width, layout.first_line) == (width, layout.header_line + 1)
    assert not any(names in line for line in layout.preamble)


@pytest.mark.parametrize(
    "above",
    [
        "Report,Sales",  # names for fewer than half of the columns
        "city,pop,area\n",  # an empty line between
        "Bank,Mine,x\nOwner,Ann,y",  # two lines alike
        "city,city,area",
        "city,2024,area",
        "city,5,area",
        "Bonn,pop,area",  # a value of the column below it
    ],
)
def test_a_line_that_may_be_no_header_names_nothing(above: str) -> None:
    data = "".join(f"{city},{n},{n + 7},{n * 2},x\n" for n, city in enumerate(["Bonn", "Ulm"] * 5))
    layout = found(f"{above}\n{data}")
    assert (layout.header, layout.header_line) == ((), 0)
    assert layout.first_line == above.count("\n") + 2
    assert layout.preamble


def test_a_small_table_of_two_columns_keeps_its_rows() -> None:
    longer = found("name,n\n" + "a,1\n" * 9 + "x,2,z\ny,3,w\n")
    assert (longer.width, longer.header) == (2, ("name", "n"))

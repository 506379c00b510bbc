"""What each column becomes: the type that all of its values have, and nothing that was guessed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tests.unit.agent.worker.loading import load

D = Decimal

TYPES = [
    # values, type, what becomes of them
    (["1", "-2", "300"], "BIGINT", [1, -2, 300]),
    (["1", "", "3"], "BIGINT", [1, None, 3]),
    (["0", "1", "1"], "BIGINT", [0, 1, 1]),
    (["Yes", "No", "Yes"], "VARCHAR", ["Yes", "No", "Yes"]),
    (["true", "false", "true"], "VARCHAR", ["true", "false", "true"]),
    (["01234", "50667", "00001"], "VARCHAR", ["01234", "50667", "00001"]),
    (["+4915112345678", "+49221123456", "+1"], "VARCHAR", None),
    (["12345678901234567890", "1", "2"], "VARCHAR", None),
    (["18500.00", "0.5", "-3"], "DECIMAL(18,2)", [D("18500"), D("0.5"), D("-3")]),
    (["+12.50", "-3.20", "0.00"], "DECIMAL(18,2)", [D("12.5"), D("-3.2"), D("0")]),
    (["1,234.56", "7,000.00", "3"], "DECIMAL(18,2)", [D("1234.56"), D("7000"), D("3")]),
    (["1.234,56", "7.000,00", "3"], "DECIMAL(18,2)", [D("1234.56"), D("7000"), D("3")]),
    (["1,5", "2,25", "3"], "DECIMAL(18,2)", [D("1.5"), D("2.25"), D("3")]),
    (["1 234,5", "12 000 000,1", "3"], "DECIMAL(18,1)", [D("1234.5"), D("12000000.1"), D("3")]),
    (["1\u00a0234,5", "2\u202f000,1", "3"], "DECIMAL(18,1)", [D("1234.5"), D("2000.1"), D("3")]),
    (["1'234.50", "7'000.00", "3"], "DECIMAL(18,2)", [D("1234.5"), D("7000"), D("3")]),
    (["$1,234.50", "$5.00", "-$3.25"], "DECIMAL(18,2)", [D("1234.5"), D("5"), D("-3.25")]),
    (["1.234,50 €", "5,00 €", "-3,25 €"], "DECIMAL(18,2)", [D("1234.5"), D("5"), D("-3.25")]),
    (["EUR 5", "EUR 7", "EUR 10"], "BIGINT", [5, 7, 10]),
    (["(5.00)", "3.00", "(1,000.50)"], "DECIMAL(18,2)", [D("-5"), D("3"), D("-1000.5")]),
    (["5.00-", "3.00", "1.50-"], "DECIMAL(18,2)", [D("-5"), D("3"), D("-1.5")]),
    (["−5", "3", "−1"], "BIGINT", [-5, 3, -1]),
    (["12.5%", "3%", "-1 %"], "DECIMAL(18,1)", [D("12.5"), D("3"), D("-1")]),
    (["$5", "€6", "$7"], "VARCHAR", ["$5", "€6", "$7"]),
    (["5%", "6", "7%"], "VARCHAR", ["5%", "6", "7%"]),
    (["1.5e3", "2E-2", "7"], "DOUBLE", [1500.0, 0.02, 7.0]),
    (["0.123456789", "1.5", "2"], "DOUBLE", [0.123456789, 1.5, 2.0]),
    (["5", "N/A", "7"], "BIGINT", [5, None, 7]),
    ([" 5", "6 ", "7"], "BIGINT", [5, 6, 7]),
    (["5", "x", "7"], "VARCHAR", ["5", "x", "7"]),
    (["N/A", "-", "NULL"], "VARCHAR", ["N/A", "-", "NULL"]),
    (["2024-01-31", "2024-2-1", ""], "DATE", [dt.date(2024, 1, 31), dt.date(2024, 2, 1), None]),
    (["2024-02-30", "2024-01-01", "2024-01-02"], "VARCHAR", None),
    (["31.01.2024", "1.2.2024", "05.06.2024"], "DATE", None),
    (["31/01/2024", "01/02/2024", "03/04/2024"], "DATE", None),
    (["01/31/2024", "01/02/2024", "03/04/2024"], "DATE", None),
    (["01/02/2024", "03/04/2024", "05/06/2024"], "VARCHAR", None),
    (["31 Jan 2024", "1 Feb 2024", "5 Mar 2024"], "DATE", None),
    (["31-Jan-24", "01-Feb-24", "05-Mar-24"], "DATE", None),
    (["Jan 31, 2024", "Feb 1, 2024", "Mar 5, 2024"], "DATE", None),
    (["31 January 2024", "1 February 2024", "5 March 2024"], "DATE", None),
    (["2024/01/31", "2024/2/1", "2024/03/05"], "DATE", None),
    (["20240131", "20240201", "20240305"], "BIGINT", None),
]


@pytest.mark.parametrize(("values", "kind", "expected"), TYPES, ids=lambda v: str(v)[:40])
def test_each_column_gets_the_type_that_all_its_values_have(
    values: list[str], kind: str, expected: list[object] | None
) -> None:
    imported = load("id|v\n" + "".join(f"r{n}|{value}\n" for n, value in enumerate(values)))
    assert imported.types["v"] == kind
    if expected is not None:
        assert [row[1] for row in imported.rows] == expected
    elif kind == "VARCHAR":
        assert [row[1] for row in imported.rows] == values


def test_days_and_months_are_not_swapped() -> None:
    day_first = load("d,x\n31/01/2024,a\n01/02/2024,b\n")
    assert [row[0] for row in day_first.rows] == [dt.date(2024, 1, 31), dt.date(2024, 2, 1)]
    month_first = load("d,x\n01/31/2024,a\n01/02/2024,b\n")
    assert [row[0] for row in month_first.rows] == [dt.date(2024, 1, 31), dt.date(2024, 1, 2)]


def test_ambiguous_dates_stay_text_unless_another_column_decides() -> None:
    alone = load("d,x\n01/02/2024,a\n03/04/2024,b\n")
    assert alone.types["d"] == "VARCHAR"
    assert "day first or month first" in alone.notes
    decided = load("d,e\n01/02/2024,31/12/2023\n03/04/2024,30/11/2023\n")
    assert decided.rows[0] == (dt.date(2024, 2, 1), dt.date(2023, 12, 31))
    assert "as the other dates of this file" in decided.notes


def test_ambiguous_thousands_are_decided_by_the_file_or_stay_text() -> None:
    german = load("a;b\n1.234;0,5\n2.500;7,25\n")
    assert german.rows == [(1234, D("0.50")), (2500, D("7.25"))]
    alone = load("a;b\n1.234;x\n2.500;y\n")
    assert alone.types["a"] == "VARCHAR"
    assert "could be" in alone.notes
    english = load('a,b\n"1,234",x\n"2,500",y\n')
    assert english.rows == [(1234, "x"), (2500, "y")]
    measured = load("a,b\n1.234,x\n2.500,y\n")
    assert measured.rows == [(D("1.234"), "x"), (D("2.500"), "y")]


TIMES = [
    ("2024-01-31 14:30:05", "TIMESTAMP"),
    ("2024-01-31T14:30:05", "TIMESTAMP"),
    ("2024-01-31 14:30:05.000", "TIMESTAMP"),
    ("31.01.2024 14:30:05", "TIMESTAMP"),
    ("31/01/2024 14:30:05", "TIMESTAMP"),
    ("01/31/2024 02:30:05 PM", "TIMESTAMP"),
    ("2024-01-31T16:30:05+02:00", "TIMESTAMP"),
    ("2024-01-31T14:30:05Z", "TIMESTAMP"),
    ("2024-01-31T14:30:05.000Z", "TIMESTAMP"),
]


@pytest.mark.parametrize(("value", "kind"), TIMES)
def test_times_are_read_and_offsets_become_utc(value: str, kind: str) -> None:
    imported = load(f"t,x\n{value},a\n{value},b\n")
    assert imported.types["t"] == kind
    assert imported.rows[0][0] == dt.datetime(2024, 1, 31, 14, 30, 5)  # noqa: DTZ001

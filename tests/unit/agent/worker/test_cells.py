"""DuckDB values as JSON cells: exact or text, never rounded."""

from __future__ import annotations

import json

import _duckdb
import pytest
from data_agent.worker.cells import to_cell
from data_agent.worker.results import fetch, without_zones

CELLS = [
    ("NULL", None),
    ("true", True),
    ("9007199254740992", 9007199254740992),
    ("9007199254740993", "9007199254740993"),
    ("-9007199254740993", "-9007199254740993"),
    ("123456789012345678901234567890::HUGEINT", "123456789012345678901234567890"),
    ("1.10::DECIMAL(18,2)", 1.1),
    ("5::DECIMAL(18,0)", 5),
    ("123456789012345.123::DECIMAL(18,3)", "123456789012345.123"),
    ("0.1::DOUBLE", 0.1),
    ("'nan'::DOUBLE", "NaN"),
    ("'-inf'::DOUBLE", "-Infinity"),
    ("DATE '2024-01-31'", "2024-01-31"),
    ("TIMESTAMP '2024-01-31 10:00:05'", "2024-01-31 10:00:05"),
    ("TIME '10:00:05'", "10:00:05"),
    ("'\\xAA\\x01'::BLOB", "aa01"),
    ("[1, NULL, 2]", "[1, null, 2]"),
    ("{'a': 1.5::DECIMAL(5,2), 'b': DATE '2024-01-31'}", '{"a": 1.5, "b": "2024-01-31"}'),
    ("'ü\"x'", 'ü"x'),
]


@pytest.mark.parametrize(("expression", "cell"), CELLS)
def test_each_value_as_a_cell(expression: str, cell: object) -> None:
    row = _duckdb.connect().execute(f"SELECT {expression}").fetchone()
    assert row is not None
    assert to_cell(row[0]) == cell
    assert type(to_cell(row[0])) is type(cell)
    json.dumps(to_cell(row[0]), allow_nan=False)


def test_times_with_a_zone_come_as_text() -> None:
    connection = _duckdb.connect()
    connection.execute("SET TimeZone='UTC'")
    statement = "SELECT 1 AS a, TIMESTAMPTZ '2024-01-31 10:00:00+02' AS a"
    connection.execute(statement)
    again = without_zones(connection, statement)
    assert again is not None
    connection.execute(again)
    result = fetch(connection, limit=5, max_bytes=1000)
    assert result["rows"] == [[1, "2024-01-31 08:00:00+00"]]
    assert [column["name"] for column in result["columns"]] == ["a", "a"]

"""What the grammar knows of columns and values: every table has its share."""

from __future__ import annotations

from typing import Any

import _duckdb
import pytest
from data_agent.worker import values_index
from data_agent.worker.values_index import shares, value_index


def indexed(*statements: str) -> dict[tuple[str, str], dict[str, Any]]:
    connection = _duckdb.connect()
    for statement in statements:
        connection.execute(statement)
    return {(each["table"], each["column"]): each for each in value_index(connection)}


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ([], []),
        ([5, 7], [5, 7]),
        ([1000], [100]),
        ([1000, 3, 2], [95, 3, 2]),
        ([1000, 10, 1000], [45, 10, 45]),
        ([60, 60, 60], [33, 33, 34]),
    ],
)
def test_what_one_does_not_want_the_others_get(wanted: list[int], given: list[int]) -> None:
    assert shares(wanted, 100) == given


def test_a_wide_table_takes_no_column_from_another_one() -> None:
    many = ", ".join(f"1 AS n{n}" for n in range(900))
    found = indexed(
        f"CREATE TABLE a AS SELECT {many}, 'Bonn' AS city",
        "CREATE TABLE b AS SELECT 'Ulm' AS town, 5 AS n",
    )
    assert found["b", "town"]["values"] == ["Ulm"]
    assert (found["b", "n"]["low"], found["b", "n"]["high"]) == (5, 5)
    assert found["a", "city"]["values"] == ["Bonn"], "text comes before numbers"
    assert len(found) == values_index.MOST_COLUMNS


def test_facts_and_values_of_a_column() -> None:
    found = indexed(
        "CREATE TABLE t AS SELECT * FROM (VALUES (1, 'b', DATE '2024-05-01'), (3, 'a', NULL), "
        "(NULL, 'b', DATE '2024-01-01')) AS v(n, s, d)"
    )
    assert found["t", "n"] == {
        "table": "t", "column": "n", "values": [], "distinct": 2, "empty": 1, "low": 1, "high": 3,
    }  # fmt: skip
    assert found["t", "s"]["values"] == ["a", "b"]
    assert (found["t", "d"]["low"], found["t", "d"]["high"]) == ("2024-01-01", "2024-05-01")


def test_values_stop_where_they_have_no_room_the_smallest_vocabularies_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(values_index, "MOST_BYTES", 2 * 65 * 12)
    found = indexed(
        "CREATE TABLE a AS SELECT 'x' || (range % 100) AS many, 'y' || (range % 9) AS few "
        "FROM range(200)",
        "CREATE TABLE b AS SELECT 'z' || (range % 10) AS few FROM range(200)",
    )
    assert (found["a", "many"]["values"], len(found["a", "few"]["values"])) == ([], 9)
    assert len(found["b", "few"]["values"]) == 10


def test_values_that_differ_only_in_capitals_or_spaces_are_known_by_the_most_frequent() -> None:
    found = indexed(
        "CREATE TABLE t AS SELECT * FROM (VALUES ('paid', 'Bath'), ('Paid', 'Bath '), "
        "('Paid', 'Ulm'), ('PAID ', 'Ulm'), ('open', NULL), ('', 'Köln'), (' ', 'KÖLN')) AS v(s, c)"
    )
    assert found["t", "s"]["spellings"] == [("paid", "Paid")]
    assert found["t", "c"]["spellings"] == [("bath", "Bath"), ("köln", "Köln")]


def test_columns_with_one_spelling_of_each_value_have_none() -> None:
    found = indexed("CREATE TABLE t AS SELECT 'Paid' AS s, ' x ' AS c, 5 AS n")
    assert all("spellings" not in entry for entry in found.values())

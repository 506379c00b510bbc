"""A file that two threads read in halves becomes the table that one would make, row for row."""

from __future__ import annotations

import csv
import errno
import io
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from data_agent.importing.halves import middle_of
from data_agent.importing.marks import marks_of, torn
from data_agent.importing.records import Dialect
from data_agent.worker import loader, table
from data_agent.worker.database import Connection, DatabaseError, connect
from data_agent.worker.lanes import filled
from data_agent.worker.split import split

from tests.unit.agent.worker.loading import load, writer_orders

ROWS = 300


@pytest.fixture
def lanes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Small files are halved too; the numbers of lanes that tables were made in."""
    used: list[int] = []

    def noted(connection: Connection, name: str, selects: list[str]) -> Any:
        used.append(len(selects))
        return filled(connection, name, selects)

    monkeypatch.setattr(loader, "HALVES_FROM_BYTES", 0)
    monkeypatch.setattr(table, "filled", noted)
    yield used


def written(rows: list[tuple[object, ...]], end: str = "\n") -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows([("n", "day", "text"), *rows])
    return text.getvalue()


def ordinary(seed: int, cell: str) -> list[tuple[object, ...]]:
    random = Random(seed)
    return [(n, f"2024-01-{n % 28 + 1:02}", cell * random.randint(0, 3)) for n in range(ROWS)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
@pytest.mark.parametrize("cell", ["x", "ä, b ", 'say "a"\n', '","\n'])
def test_rows_come_in_the_order_of_the_file(
    lanes: list[int], end: str, encoding: str, cell: str
) -> None:
    data = written(ordinary(1, cell), end).encode(encoding)
    halved, whole = load(data, threads=2), load(data)
    assert lanes == [2]
    assert [row[0] for row in halved.rows] == list(range(ROWS))
    assert halved.rows == whole.rows
    assert halved.report == whole.report


def test_many_groups_of_rows_keep_their_order() -> None:
    imported = load("n,text\n" + "".join(f"{n},text {n}\n" for n in range(500_000)), threads=2)
    assert all(n == row[0] for n, row in enumerate(imported.rows))
    assert len(imported.rows) == 500_000


def test_a_middle_within_quotes_is_noticed(lanes: list[int]) -> None:
    rows = ordinary(2, "x")
    rows[ROWS // 2] = (ROWS // 2, "2024-01-01", "7,2024-01-01,looks like a row\n" * ROWS)
    data = written(rows)
    imported = load(data, threads=2)
    assert lanes == [2], "it looked like rows"
    assert imported.rows == load(data).rows
    assert len(imported.rows) == ROWS


@pytest.mark.parametrize("place", [0, ROWS // 4, ROWS - 1])
@pytest.mark.parametrize("odd", ["oops", "1.5", ""])
def test_a_value_of_another_kind_in_either_half(lanes: list[int], place: int, odd: str) -> None:
    rows = ordinary(3, "x")
    rows[place] = (odd, *rows[place][1:])
    halved, whole = load(written(rows), threads=2), load(written(rows))
    assert halved.rows == whole.rows
    assert halved.report == whole.report


@pytest.mark.parametrize("line", ["1,2024-01-01,x,more\n", '1,2024-01-01,"open\n', "1\n"])
@pytest.mark.parametrize("place", [0, ROWS // 4, ROWS])
def test_lines_that_do_not_fit_are_rejected_as_ever(
    lanes: list[int], line: str, place: int
) -> None:
    lines = written(ordinary(4, "x")).splitlines(keepends=True)
    data = "".join([*lines[: place + 1], line, *lines[place + 1 :]])
    halved, whole = load(data, threads=2), load(data)
    assert halved.rows == whole.rows
    assert halved.report == whole.report


def test_without_room_for_the_halves_one_thread_reads_the_file(
    lanes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []

    def full(path: Path, skip: int, middle: int, first: Path, second: Path) -> None:
        made.extend([first, second])
        first.write_text("half")
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(loader, "split", full)
    data = written(ordinary(5, "x"))
    assert load(data, threads=2).rows == load(data).rows
    assert made
    assert not lanes


@pytest.mark.parametrize("wrong", [0, 1])
def test_one_lane_that_fails_leaves_nothing(tmp_path: Path, wrong: int) -> None:
    connection = connect(writer_orders(tmp_path))
    selects = ["SELECT 1 AS a", "SELECT 2 AS a"]
    selects[wrong] = "SELECT CASE WHEN random() < 2 THEN error('wrong') ELSE 3 END AS a"
    with pytest.raises(DatabaseError, match="wrong"), filled(connection, "_t", selects):
        pass
    assert connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)
    connection.close()


@pytest.mark.parametrize("seed", range(10))
def test_the_middle_is_where_a_record_begins(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    rows = ordinary(seed, random.choice(["x", "a\nb", '"', ",\n", "\n1,2,3\n"]))
    path, halves = tmp_path / "a.csv", (tmp_path / "1.csv", tmp_path / "2.csv")
    path.write_text(written(rows), newline="")
    middle = middle_of(path, Dialect(","), 3)
    assert middle
    split(path, 1, middle, *halves)
    first, second = (half.read_text() for half in halves)
    assert first + second == path.read_text().split("\n", 1)[1]
    inside = first.count('"') % 2 == 1
    assert torn(path, middle) == marks_of(path, middle).torn == inside
    assert marks_of(path, middle).records == marks_of(path).records
    assert not inside

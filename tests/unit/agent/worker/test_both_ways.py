"""A file that is loaded as guessed becomes the table that counting over all of it would make."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from data_agent.importing.source import examine, rewrite
from data_agent.ports import AS_FOUND
from data_agent.worker.columns import type_columns
from data_agent.worker.database import connect
from data_agent.worker.guessing import load_guessed
from data_agent.worker.staged import Staged
from data_agent.worker.table import NotAsCounted, replace_table

from tests.unit.agent.worker.loading import load, writer_orders

Cell = Callable[[Random, int], str]
KINDS: dict[str, Cell] = {
    "whole": lambda r, n: str(r.randint(-(10**6), 10**6)),
    "id": lambda r, n: str(n),
    "code": lambda r, n: f"{n:06}",
    "price": lambda r, n: f"{r.randint(-99999, 99999) / 100:.2f}",
    "loose": lambda r, n: f"{r.randint(1, 9999) / 1000}",
    "german": lambda r, n: f"{r.randint(0, 10**7) / 100:,.2f}".translate(str.maketrans(",.", ".,")),
    "american": lambda r, n: f"{r.randint(0, 10**7) / 100:,.2f}",
    "measure": lambda r, n: f"{r.random():.9f}",
    "money": lambda r, n: f"{r.randint(1, 999)}.50 €",
    "day": lambda r, n: f"20{r.randint(10, 29)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}",
    "slashed": lambda r, n: f"{r.randint(1, 28)}/{r.randint(1, 12)}/2024",
    "dotted": lambda r, n: f"{r.randint(1, 28):02}.{r.randint(1, 12):02}.2024",
    "time": lambda r, n: f"2024-01-{r.randint(1, 28):02} {r.randint(0, 23):02}:05:00",
    "zoned": lambda r, n: f"2024-01-{r.randint(1, 28):02}T{r.randint(0, 23):02}:05:00Z",
    "text": lambda r, n: r.choice(("Köln", "say “hi”", "a b", "x;y", "12 Main St")),
    "several lines": lambda r, n: f"line\nof {n}",
    "gappy": lambda r, n: r.choice(("", str(n))),
    "unknown": lambda r, n: r.choice(("N/A", "12.5", "13.75")),
    "padded": lambda r, n: f" {n} ",
    "nothing": lambda r, n: "",
}
ODD = (
    "oops",
    "1e5",
    "007",
    "1.2345",
    "+5",
    " 5",
    "N/A",
    "31.02.2024",
    "2024-02-31",
    "-0",
    "9" * 19,
)


def written(random: Random, rows: int) -> str:
    kinds = random.choices(list(KINDS), k=6)
    cells = [[KINDS[kind](random, n) for kind in kinds] for n in range(rows)]
    if random.random() < 0.5:  # below what is looked at first, or within it
        place = random.choice((0, rows // 2, rows - 1))
        cells[place][random.randrange(6)] = random.choice(ODD)
    header = ",".join(f"{kind} {n}" for n, kind in enumerate(kinds))
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells]
    plain = [",".join(row) for row in cells]
    safe = not any(set(',"\n') & set("".join(row)) for row in cells)
    end = random.choice(("\n", "\r\n"))
    return end.join([header, *(plain if safe else quoted), ""])


def counted(data: bytes) -> tuple[list[Any], list[tuple[str, str, str]], set[str]]:
    """Rows, columns and notes of the way that counts over the whole file."""
    with tempfile.TemporaryDirectory() as folder:
        path, clean = Path(folder) / "upload.csv", Path(folder) / "clean.csv"
        path.write_bytes(data)
        upload = examine(path, max_columns=100)
        cleaned = rewrite(upload, clean)
        staged = Staged(clean, upload, records=lambda: cleaned.kept, delimiter=",", cleaned=cleaned)
        connection = connect(writer_orders(Path(folder)), readable=(clean,))
        found, columns = type_columns(connection, staged.sql, upload, AS_FOUND)
        replace_table(connection, "t", staged.lanes, columns, found)
        rows = connection.execute("SELECT * FROM t").fetchall()
        connection.close()
        kinds = [(c.name, c.typing.type, c.typing.why) for c in columns]
        return rows, kinds, {note for c in columns for note in c.typing.notes}


@pytest.mark.parametrize("seed", range(60))
def test_both_ways_make_the_same_table(seed: int) -> None:
    random = Random(seed)
    data = written(random, random.choice((1, 4, 60, 1500))).encode()
    rows, kinds, notes = counted(data)
    imported = load(data)
    report = imported.report
    assert [(c["name"], c["type"], c["why"]) for c in report["columns"]] == kinds
    assert imported.rows == rows
    assert notes <= set(report["notes"])


def test_an_ordinary_file_is_loaded_as_guessed(tmp_path: Path) -> None:
    """The quick way is really taken: nothing else would show it but the clock."""
    path = tmp_path / "upload.csv"
    lines = "".join(f"{n},2024-01-05,{n}.25,Köln,\r\n" for n in range(2000))
    path.write_text("n,day,price,city,gap\r\n" + lines, newline="")
    upload = examine(path, max_columns=100)
    assert upload.plain is not None
    staged = Staged(path, upload, records=lambda: 2000, skip=1, line_end=upload.plain.line_end)
    connection = connect(writer_orders(tmp_path), readable=(path,))
    loaded = load_guessed(connection, "t", staged)
    connection.close()
    assert loaded is not None
    kinds = [column.typing.type for column in loaded[1]]
    assert kinds == ["BIGINT", "DATE", "DECIMAL(18,2)", "VARCHAR", "VARCHAR"]
    assert loaded[0] == 2000


def test_rows_that_do_not_arrive_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "upload.csv"
    path.write_text("a,b\n" + "1,x\n" * 50 + "\n" * 3)
    upload = examine(path, max_columns=100)
    staged = Staged(path, upload, records=lambda: 53, skip=1)
    assert staged.is_whole(50), "blank lines are no rows"
    assert not staged.is_whole(49)
    assert not staged.is_whole(51)
    connection = connect(writer_orders(tmp_path), readable=(path,))
    connection.execute("CREATE TABLE t AS SELECT 42 AS old")
    with pytest.raises(NotAsCounted):
        load_guessed(connection, "t", replace(staged, records=lambda: 49))
    assert connection.execute("SELECT * FROM t").fetchall() == [(42,)]
    connection.close()

"""Exported files from a real worker: the whole result, nothing else, and never above the limit."""

from __future__ import annotations

import asyncio
import csv
import json
from pathlib import Path

import duckdb
import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.errors import (
    Invalid,
    OverDeadline,
    QueryFailed,
    Refused,
    StorageFull,
    TooLarge,
)
from data_agent.values import Answer

from tests.unit.agent.engine.running import SLOW, alive, load, run, until, worker_pids

FORMATS = ("csv", "json", "parquet")
LONG = 120_000


def test_rows_become_a_parquet_file_with_their_types(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        target = directory / "out.parquet"
        await engine.write_export(
            "SELECT city, amount FROM sales ORDER BY amount", target, kind="parquet"
        )
        found = duckdb.sql(f"SELECT * FROM '{target}'")
        assert [str(kind) for kind in found.types] == ["VARCHAR", "DECIMAL(18,2)"]
        assert [row[0] for row in found.fetchall()] == ["Cologne", "Cologne", "Berlin"]
        assert (await engine.sql("SELECT count(*) FROM sales")).rows == ((3,),)

    run(tmp_path, scenario)


@pytest.mark.parametrize("kind", FORMATS)
def test_only_guarded_statements_are_exported(tmp_path: Path, kind: str) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        target = directory / "out.parquet"
        for statement in (
            "DELETE FROM sales",
            "SELECT * FROM read_csv('/etc/passwd')",
            f"SELECT 1) TO '{directory}/evil.csv' (FORMAT csv); --",
        ):
            with pytest.raises((Refused, QueryFailed)):
                await engine.write_export(statement, target, kind=kind)
        assert not (directory / "evil.csv").exists()

    run(tmp_path, scenario)


@pytest.mark.parametrize("kind", FORMATS)
def test_an_export_stops_at_its_limit(tmp_path: Path, kind: str) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        rows = "SELECT hash(range) AS h, md5(range::VARCHAR) AS m FROM range(200000)"
        with pytest.raises(TooLarge):
            await engine.write_export(rows, directory / "out", kind=kind)

    run(tmp_path, scenario, max_export_bytes=1024 * 1024)


def test_no_room_is_no_export(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        with pytest.raises(StorageFull):
            await engine.write_export("SELECT 1", directory / "out", kind="csv")

    run(tmp_path, scenario, quota_bytes=1024)


def test_a_plan_runs_again_and_one_that_does_not_fit_says_so(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        answer = await engine.ask("total amount by city")
        assert isinstance(answer, Answer)
        assert (await engine.run_plan(answer.plan)).result.rows == answer.result.rows
        await engine.drop_table("sales")
        with pytest.raises(Invalid, match="no longer fits"):
            await engine.run_plan(answer.plan)

    run(tmp_path, scenario)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_every_row_of_a_long_result_arrives_and_no_cell_is_a_formula(
    tmp_path: Path, kind: str
) -> None:
    rows = (
        "SELECT range AS n, '=' || range AS f, range::DECIMAL(18,2) / 4 AS d, "
        f"DATE '2024-01-01' + (range % 99)::INTEGER AS day, NULL AS nothing FROM range({LONG})"
    )

    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        target = directory / "out"
        await engine.write_export(rows, target, kind=kind)
        if kind == "json":
            found = [tuple(row) for row in json.loads(target.read_text())["rows"]]
            assert found[5] == (5, "=5", 1.25, "2024-01-06", None)
        else:
            with target.open(newline="") as file:
                header, *found = map(tuple, csv.reader(file))
            assert header == ("n", "f", "d", "day", "nothing")
            assert found[5] == ("5", "'=5", "1.25", "2024-01-06", "")
        assert [int(row[0]) for row in found] == list(range(LONG))

    run(tmp_path, scenario)


def test_an_export_over_its_deadline_is_refused_and_questions_go_on_beside_it(
    tmp_path: Path,
) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        making = asyncio.create_task(engine.write_export(SLOW, directory / "out", kind="csv"))
        other = asyncio.create_task(engine.write_export("SELECT 1", directory / "b", kind="csv"))
        assert (await engine.sql("SELECT count(*) FROM sales")).rows == ((3,),)
        with pytest.raises(OverDeadline):
            await making
        await other
        assert (directory / "b").read_bytes() == b"1\r\n1\r\n"

    run(tmp_path, scenario, export_deadline_s=8.0)


def test_an_export_ends_with_whoever_wanted_it_and_a_start_removes_what_a_kill_left(
    tmp_path: Path,
) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        left = directory / ".export-1.tmp"
        making = asyncio.create_task(engine.write_export(SLOW, left, kind="csv"))
        pids = await worker_pids(engine)
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
        await until(lambda: not any(map(alive, pids)))
        left.touch()
        WorkerEngine(EngineSettings(data_dir=directory))
        assert not left.exists()

    run(tmp_path, scenario)


def test_long_cells_are_written_a_few_rows_at_a_time(tmp_path: Path) -> None:
    rows = "SELECT repeat('x', 200000 * (range % 3)) AS t FROM range(90)"

    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await engine.write_export(rows, directory / "out", kind="csv")
        written = (directory / "out").read_bytes()
        assert (written.count(b"\r\n"), written.count(b"x")) == (91, 18_000_000)

    run(tmp_path, scenario)

"""Parquet files from a real worker: the whole result, nothing else, and never above the limit."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.errors import Invalid, QueryFailed, Refused, StorageFull, TooLarge
from data_agent.values import Answer

from tests.unit.agent.engine.running import load, run


def test_rows_become_a_parquet_file_with_their_types(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        target = directory / "out.parquet"
        await engine.write_parquet("SELECT city, amount FROM sales ORDER BY amount", target)
        found = duckdb.sql(f"SELECT * FROM '{target}'")
        assert [str(kind) for kind in found.types] == ["VARCHAR", "DECIMAL(18,2)"]
        assert [row[0] for row in found.fetchall()] == ["Cologne", "Cologne", "Berlin"]
        assert (await engine.sql("SELECT count(*) FROM sales")).rows == ((3,),)

    run(tmp_path, scenario)


def test_only_guarded_statements_are_exported(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        target = directory / "out.parquet"
        for statement in (
            "DELETE FROM sales",
            "SELECT * FROM read_csv('/etc/passwd')",
            f"SELECT 1) TO '{directory}/evil.csv' (FORMAT csv); --",
        ):
            with pytest.raises((Refused, QueryFailed)):
                await engine.write_parquet(statement, target)
        assert not (directory / "evil.csv").exists()

    run(tmp_path, scenario)


def test_an_export_stops_at_its_limit(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        rows = "SELECT hash(range) AS h, md5(range::VARCHAR) AS m FROM range(200000)"
        with pytest.raises(TooLarge):
            await engine.write_parquet(rows, directory / "out.parquet")

    run(tmp_path, scenario, max_export_bytes=1024 * 1024)


def test_no_room_is_no_export(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        with pytest.raises(StorageFull):
            await engine.write_parquet("SELECT 1", directory / "out.parquet")

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

"""Room on the disk, and whether the data directory is usable."""

from __future__ import annotations

from pathlib import Path

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.errors import BadUpload, StorageFull, TooLarge, WorkerDied

from tests.unit.agent.engine.running import files, load, run


def test_no_room_means_nothing_is_written(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        before = files(directory)
        with pytest.raises(StorageFull, match="Delete tables or files"):
            await load(engine, directory, "a\n" + "1\n" * 400_000)
        assert files(directory) - {"upload.csv"} == before

    run(tmp_path, scenario, quota_bytes=1_000_000)


def test_a_file_above_the_limit_is_too_large(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        with pytest.raises(TooLarge, match="at most"):
            await load(engine, directory, "a\n" + "1\n" * 1000)

    run(tmp_path, scenario, max_file_bytes=1000)


def test_a_bad_upload_keeps_the_old_table(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        with pytest.raises(BadUpload, match="empty"):
            await load(engine, directory, "\n\n")
        with pytest.raises(BadUpload, match="spreadsheet"):
            await engine.import_file(directory / "x", filename="x.xlsx", table="sales")
        assert (await engine.tables())[0].rows == 3

    run(tmp_path, scenario)


def test_not_ready_when_the_file_is_not_duckdbs_or_a_log_stands_alone(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        (directory / "entries.duckdb.wal").write_bytes(b"x")
        assert not await engine.ready()
        (directory / "entries.duckdb").write_bytes(b"garbage that is no database")
        assert not await engine.ready()

    run(tmp_path, scenario)


def test_not_ready_while_a_foreign_process_holds_the_file(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        assert await engine.ready()
        await engine.sql("SELECT 1")  # an own reader is no foreign process
        assert await engine.ready()
        other = WorkerEngine(EngineSettings(data_dir=directory))
        await other.sql("SELECT 1")
        await engine.close()
        assert not await engine.ready()
        await other.close()
        assert await engine.ready()

    run(tmp_path, scenario)


def test_close_leaves_a_checkpointed_file_and_refuses_afterwards(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        await engine.close()
        assert not (directory / "entries.duckdb.wal").exists()
        assert not (directory / ".scratch").exists()
        with pytest.raises(WorkerDied, match="shutting down"):
            await engine.sql("SELECT 1")

    run(tmp_path, scenario)

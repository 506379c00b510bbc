"""Questions are answered while a file is imported; the change arrives whole, or not at all."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from data_agent.engine.beside import worth_a_copy
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import MIB, EngineSettings
from data_agent.values import ImportReport, Reading

from tests.unit.agent.engine.running import alive, files, load, run, until

LINES = "".join(f"{n},name {n}\n" for n in range(3000))


async def second(engine: WorkerEngine, directory: Path, table: str = "other") -> ImportReport:
    path = directory / f"{table}.csv"
    path.write_text("n,name\n" + LINES)
    return await engine.import_file(path, filename=path.name, table=table)


async def preparer(engine: WorkerEngine, directory: Path) -> int:
    """The process that prepares a copy now, as soon as there is one."""
    await until(lambda: (directory / ".prepared").exists())
    await until(lambda: bool(engine._pool.pids()))
    return max(engine._pool.pids())


@contextmanager
def held(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_question_is_answered_while_a_file_is_imported(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        importing = asyncio.create_task(second(engine, directory))
        with held(await preparer(engine, directory)):
            assert (await engine.sql("SELECT count(*) FROM sales")).rows == ((3,),)
            assert [table.name for table in await engine.tables()] == ["sales"]
            assert not importing.done()
        assert (await importing).rows_kept == 3000
        assert (await engine.sql("SELECT count(*) FROM other")).rows == ((3000,),)
        assert (await engine.sql("SELECT count(*) FROM sales")).rows == ((3,),)
        assert not {".prepared", ".scratch", "entries.duckdb.wal"} & files(directory)

    run(tmp_path, scenario, beside_from_bytes=0)


def test_the_processes_together_stay_within_the_limit(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        await asyncio.gather(*(engine.sql("SELECT 1") for _ in range(4)))
        importing = asyncio.create_task(second(engine, directory))
        with held(await preparer(engine, directory)):
            await asyncio.gather(*(engine.sql("SELECT count(*) FROM sales") for _ in range(6)))
            assert len(engine._pool.pids()) == 2  # the preparer and one reader
            assert not importing.done()
        await importing

    for readers in (2, 3, 4):
        made = EngineSettings(data_dir=tmp_path, readers=readers)
        shares = made.readers_beside * made.reader_memory_bytes + made.preparer_memory_bytes
        assert shares <= made.memory_limit_bytes
        assert made.preparer_memory_bytes >= made.memory_limit_bytes // 2
    run(tmp_path, scenario, beside_from_bytes=0)


def test_other_changes_wait_for_it_and_nothing_is_lost(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        await load(engine, directory, table="gone")
        importing = asyncio.create_task(second(engine, directory))
        with held(await preparer(engine, directory)):
            dropping = asyncio.create_task(engine.drop_table("gone"))
            further = asyncio.create_task(second(engine, directory, "third"))
            assert (await engine.sql("SELECT count(*) FROM gone")).rows == ((3,),)
        await asyncio.gather(importing, dropping, further)
        assert [table.name for table in await engine.tables()] == ["other", "sales", "third"]

    run(tmp_path, scenario, beside_from_bytes=0)


def test_a_running_question_keeps_the_old_file_and_its_worker_is_not_used_again(
    tmp_path: Path,
) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        importing = asyncio.create_task(load(engine, directory, "city\nBonn\n"))
        pid = await preparer(engine, directory)
        with held(pid):
            await engine.sql("SELECT 1")
            (reader,) = engine._pool.pids() - {pid}
            os.kill(reader, signal.SIGSTOP)
            question = asyncio.create_task(engine.sql("SELECT count(*) FROM sales"))
            await until(lambda: bool(engine._pool._reading))
        await importing
        os.kill(reader, signal.SIGCONT)
        assert (await question).rows == ((3,),)
        assert not alive(reader)
        assert (await engine.sql("SELECT count(*) FROM sales")).rows == ((1,),)

    run(tmp_path, scenario, beside_from_bytes=0)


def test_a_preparer_that_dies_is_followed_by_an_import_in_place(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        importing = asyncio.create_task(second(engine, directory))
        os.kill(await preparer(engine, directory), signal.SIGKILL)
        assert (await importing).rows_kept == 3000
        assert [table.rows for table in await engine.tables()] == [3000, 3]
        assert not {".prepared", ".scratch"} & files(directory)

    run(tmp_path, scenario, beside_from_bytes=0)


def test_an_import_that_is_cancelled_leaves_the_old_tables_and_no_copy(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        importing = asyncio.create_task(second(engine, directory))
        pid = await preparer(engine, directory)
        importing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await importing
        assert not alive(pid)
        assert [table.name for table in await engine.tables()] == ["sales"]
        assert ".prepared" not in files(directory)

    run(tmp_path, scenario, beside_from_bytes=0)


def test_rows_are_added_and_a_bad_file_changes_nothing(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        more = directory / "more.csv"
        more.write_text("city,amount\nBonn,7.125\n")
        added = Reading(append=True)
        await engine.import_file(more, filename="more.csv", table="sales", reading=added)
        assert (await engine.sql("SELECT count(*), max(amount) FROM sales")).rows == ((4, 20.25),)
        more.write_text("town\nBonn\n")
        with pytest.raises(Exception, match="Nothing was changed"):
            await engine.import_file(more, filename="more.csv", table="sales", reading=added)
        assert (await engine.tables())[0].rows == 4
        assert not {".prepared", ".scratch"} & files(directory)

    run(tmp_path, scenario, beside_from_bytes=0)


def test_what_a_killed_agent_left_is_gone_at_the_next_start(tmp_path: Path) -> None:
    for folder, name in ((".prepared", "entries.duckdb"), (".scratch", "upload.csv")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(b"half of it")
    WorkerEngine(EngineSettings(data_dir=tmp_path))
    assert files(tmp_path) == set()


def test_a_copy_is_made_only_where_it_pays_and_fits(tmp_path: Path) -> None:
    upload, database = tmp_path / "upload.csv", tmp_path / "entries.duckdb"
    upload.write_bytes(b"x" * 2 * MIB)

    def settings(**given: int) -> EngineSettings:
        return EngineSettings(data_dir=tmp_path, **given)  # type: ignore[arg-type]

    assert worth_a_copy(settings(), upload)
    assert not worth_a_copy(settings(beside_from_bytes=3 * MIB), upload), "over at once"
    assert not worth_a_copy(settings(readers=1), upload), "no reader could run beside it"
    database.write_bytes(b"")
    os.truncate(database, 60 * MIB)
    assert worth_a_copy(settings(), upload)
    assert not worth_a_copy(settings(quota_bytes=70 * MIB), upload), "no room for the copy"
    os.truncate(database, 65 * MIB)
    assert not worth_a_copy(settings(), upload), "the copy would be the larger work"
    os.truncate(database, MIB)
    (tmp_path / "entries.duckdb.wal").write_bytes(b"x")
    assert not worth_a_copy(settings(), upload), "a log belongs to the file"

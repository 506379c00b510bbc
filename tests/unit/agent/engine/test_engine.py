"""WorkerEngine with real worker processes and a real DuckDB file."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.errors import (
    Busy,
    NotFound,
    OverDeadline,
    QueryFailed,
    Refused,
    TooLarge,
    WorkerDied,
)

from tests.unit.agent.engine.running import (
    SLOW,
    alive,
    answered,
    load,
    run,
    until,
    worker_pids,
)


def test_a_file_becomes_a_table_that_can_be_listed_read_asked_and_dropped(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        report = await load(engine, directory)
        assert (report.rows_in, report.rows_kept, report.rejected) == (3, 3, 0)
        (table,) = await engine.tables()
        assert [(c.name, c.type) for c in table.columns] == [
            ("city", "VARCHAR"),
            ("amount", "DECIMAL(18,2)"),
        ]
        assert table.rows == 3
        page = await engine.preview("sales", limit=1, offset=1)
        assert (page.rows, page.truncated) == ((("Berlin", 20.25),), True)
        total = await engine.sql("SELECT city, sum(amount) FROM sales GROUP BY city ORDER BY city")
        assert total.rows == (("Berlin", 20.25), ("Cologne", 14.75))
        await engine.drop_table("sales")
        await engine.drop_table("sales")
        assert await engine.tables() == ()

    run(tmp_path, scenario)


def test_the_web_process_never_imports_duckdb(tmp_path: Path) -> None:
    code = (
        "import sys, data_agent.engine.engine; "
        "sys.exit(any('duckdb' in name for name in sys.modules))"
    )

    async def scenario() -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, env={"PYTHONPATH": "agent_image"}
        )
        return await asyncio.wait_for(process.wait(), 30)

    assert asyncio.run(scenario()) == 0


def test_a_fresh_customer_is_ready_and_has_no_file_and_can_use_sql(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        assert await engine.ready()
        assert await engine.tables() == ()
        assert (await engine.sql("SELECT 1 + 1")).rows == ((2,),)
        assert not (directory / "entries.duckdb").exists()

    run(tmp_path, scenario)


def test_replacing_a_table_replaces_all_of_it(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        await load(engine, directory, "a\n1\n", table="SALES")
        (table,) = await engine.tables()
        assert [c.name for c in table.columns] == ["a"]

    run(tmp_path, scenario)


def test_twenty_people_ask_at_once(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        answers = await asyncio.gather(
            *(engine.sql(f"SELECT count(*) + {n} FROM sales") for n in range(20))
        )
        assert [answer.rows[0][0] for answer in answers] == [3 + n for n in range(20)]

    run(tmp_path, scenario)


def test_questions_wait_for_an_import_and_see_its_rows(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        importing = asyncio.create_task(load(engine, directory, "city\nBonn\n"))
        await asyncio.sleep(0.05)
        answers = await asyncio.gather(*(engine.sql("SELECT * FROM sales") for _ in range(4)))
        await importing
        assert {answer.rows for answer in answers} == {(("Bonn",),)}

    run(tmp_path, scenario)


def test_a_question_over_its_deadline_is_killed_and_the_next_one_works(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        with pytest.raises(OverDeadline, match=r"Stopped after 1\.5 seconds"):
            await engine.sql(SLOW)
        assert (await answered(engine, "SELECT 1")).rows == ((1,),)

    run(tmp_path, scenario, query_deadline_s=1.5)


def test_cancelling_kills_the_worker(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        question = asyncio.create_task(engine.sql(SLOW))
        pids = await worker_pids(engine)
        question.cancel()
        with pytest.raises(asyncio.CancelledError):
            await question
        assert not any(alive(pid) for pid in pids)

    run(tmp_path, scenario)


def test_a_killed_worker_is_an_error_of_that_question_only(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        question = asyncio.create_task(engine.sql(SLOW))
        (pid,) = await worker_pids(engine)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(WorkerDied, match="more memory"):
            await question
        assert (await engine.sql("SELECT 1")).rows == ((1,),)

    run(tmp_path, scenario)


def test_a_reader_that_died_while_idle_is_replaced(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await engine.sql("SELECT 1")
        (pid,) = await worker_pids(engine)
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not alive(pid))
        assert (await engine.sql("SELECT 2")).rows == ((2,),)

    run(tmp_path, scenario)


def test_an_idle_customer_has_no_worker(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await engine.sql("SELECT 1")
        pids = await worker_pids(engine)
        await until(lambda: not any(alive(pid) for pid in pids))
        assert (await engine.sql("SELECT 2")).rows == ((2,),)

    run(tmp_path, scenario, idle_s=0.2)


def test_memory_that_no_limit_of_duckdb_binds_is_a_clean_error(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        for attack in (
            "SELECT len(list_sort(range(200000000)))",
            "SELECT len(repeat('x', 2000000000))",
            "SELECT list(range) FROM range(100000000)",
        ):
            with pytest.raises((QueryFailed, WorkerDied), match="more memory"):
                await engine.sql(attack)
        assert (await engine.sql("SELECT 1")).rows == ((1,),)

    run(tmp_path, scenario)


def test_a_full_queue_says_busy(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        slow = [asyncio.create_task(engine.sql(SLOW)) for _ in range(3)]
        await worker_pids(engine)
        with pytest.raises(Busy, match="Too many"):
            await engine.sql("SELECT 1")
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    run(tmp_path, scenario, readers=2, queue_length=1)


def test_a_question_that_waits_too_long_says_busy(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        slow = asyncio.create_task(engine.sql(SLOW))
        await worker_pids(engine)
        with pytest.raises(Busy, match="still running"):
            await engine.sql("SELECT 1")
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)

    run(tmp_path, scenario, readers=1, queue_deadline_s=0.2)


def test_unknown_tables_and_broken_sql_are_told_apart(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await load(engine, directory)
        with pytest.raises(NotFound):
            await engine.preview("nothing")
        with pytest.raises(Refused, match="Did you mean sales"):
            await engine.sql("SELECT * FROM salse")
        with pytest.raises(QueryFailed, match="not valid SQL"):
            await engine.sql("SELEC 1")
        with pytest.raises(QueryFailed, match="nothing_here"):
            await engine.sql("SELECT nothing_here FROM sales")

    run(tmp_path, scenario)


def test_a_large_result_is_cut_and_says_so(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        few = await engine.sql("SELECT range FROM range(2000)", limit=5)
        assert (len(few.rows), few.truncated) == (5, True)
        exact = await engine.sql("SELECT range FROM range(5)", limit=5)
        assert (len(exact.rows), exact.truncated) == (5, False)
        wide = await engine.sql("SELECT repeat('x', 1000) FROM range(900)")
        assert wide.truncated
        assert 0 < len(wide.rows) < 900
        with pytest.raises(TooLarge):
            await engine.sql("SELECT repeat('x', 200000)")

    run(tmp_path, scenario, max_result_bytes=100_000)

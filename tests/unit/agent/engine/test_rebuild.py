"""A table of several files made anew: all of them or nothing, across mistakes and kill -9."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.errors import BadUpload, DoesNotFit
from data_agent.ports import Part
from data_agent.values import Reading

from tests.unit.agent.engine.running import files, run
from tests.unit.agent.engine.test_kill_import import killed

TEXT = {"n": "text"}
ROWS = 30_000
DELAYS_S = (0.0, 0.1, 0.2, 0.35, 0.5)  # from the start of the writer to its kill


def parts(directory: Path, texts: Mapping[str, str], reading: Reading | None = None) -> list[Part]:
    for name, text in texts.items():
        (directory / f"{name}.csv").write_text(text)
    return [Part(directory / f"{n}.csv", f"{n}.csv", reading or Reading()) for n in texts]


@pytest.mark.parametrize("beside_from_bytes", [0, 2**40], ids=["in a copy", "in place"])
def test_every_file_is_read_again_in_its_order(tmp_path: Path, beside_from_bytes: int) -> None:
    texts = {"a": "n,name\n1,x\n2,y\n", "b": "NAME,N\nz,2.50\n", "c": "n,name\n,w\n"}

    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        reports = await engine.rebuild("t", parts(directory, texts))
        assert [(r.table, r.rows_kept) for r in reports] == [("t", 2), ("t", 1), ("t", 1)]
        assert (await engine.sql("SELECT n, name FROM t")).rows == (
            (1, "x"), (2, "y"), (2.5, "z"), (None, "w"),
        )  # fmt: skip
        again = await engine.rebuild("t", parts(directory, texts, Reading(TEXT, refuse=True)))
        assert [c.choice for r in again for c in r.columns if c.name == "n"] == ["text"] * 3
        assert (await engine.sql("SELECT n, name FROM t")).rows == (
            ("1", "x"), ("2", "y"), ("2.50", "z"), (None, "w"),
        )  # fmt: skip
        assert [table.name for table in await engine.tables()] == ["t"]

    run(tmp_path, scenario, beside_from_bytes=beside_from_bytes)
    assert files(tmp_path) == {"entries.duckdb", "a.csv", "b.csv", "c.csv"}


def test_names_stay_spelled_as_they_were_when_the_first_file_goes(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await engine.rebuild("t", parts(directory, {"a": "n,name\n1,x\n", "b": "NAME,N\nz,5\n"}))
        (report,) = await engine.rebuild("t", parts(directory, {"b": "NAME,N\nz,5\n"}))
        assert [column.name for column in report.columns] == ["name", "n"]
        result = await engine.sql("SELECT * FROM t")
        assert [column.name for column in result.columns] == ["name", "n"]
        assert result.rows == (("z", 5),)

    run(tmp_path, scenario)


def test_a_file_that_does_not_fit_is_named_and_nothing_changes(tmp_path: Path) -> None:
    good = {"a": "n,name\n1,x\n", "b": "n,name\n2,y\n"}

    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await engine.rebuild("t", parts(directory, good))
        with pytest.raises(BadUpload, match=r"b\.csv: These rows do not fit table t: "):
            await engine.rebuild("t", parts(directory, {**good, "b": "n,extra,name\n1,1,x\n"}))
        number = Reading({"name": "number"}, refuse=True)
        mixed = {"a": "n,name\n1,1\n", "b": "n,name\n2,y\n"}
        with pytest.raises(DoesNotFit, match=r"b\.csv: .*line 2"):
            await engine.rebuild("t", parts(directory, mixed, number))
        assert (await engine.sql("SELECT * FROM t")).rows == ((1, "x"), (2, "y"))
        assert [table.name for table in await engine.tables()] == ["t"]

    run(tmp_path, scenario)


def test_files_of_one_size_and_age_are_not_taken_for_each_other(tmp_path: Path) -> None:
    """DuckDB sees all of them under one name, one after the other."""

    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        made = parts(directory, {n: f"v,w\n{n},1\n" for n in "abcd"})
        await engine.rebuild("t", made)
        assert (await engine.sql("SELECT v FROM t")).rows == (("a",), ("b",), ("c",), ("d",))

    run(tmp_path, scenario)


@pytest.mark.slow
@pytest.mark.parametrize("beside_from_bytes", [0, 2**40], ids=["in a copy", "in place"])
def test_a_killed_rebuild_leaves_the_old_table_or_the_new_one(
    tmp_path: Path, beside_from_bytes: int
) -> None:
    texts = {
        name: "n,v\n" + "".join(f"{at * ROWS + n},1\n" for n in range(ROWS))
        for at, name in enumerate("abc")
    }

    async def scenario() -> None:
        settings = EngineSettings(data_dir=tmp_path, beside_from_bytes=beside_from_bytes)
        engine = WorkerEngine(settings)
        numbers, words = parts(tmp_path, texts), parts(tmp_path, texts, Reading(TEXT))
        outcomes = set()
        for delay_s in DELAYS_S:
            await engine.rebuild("t", numbers)
            working = asyncio.create_task(engine.rebuild("t", words))
            outcomes.add(await killed(engine, working, delay_s))
            (row,) = (await engine.sql("SELECT typeof(any_value(n)), count(*) FROM t")).rows
            assert row in {("BIGINT", 3 * ROWS), ("VARCHAR", 3 * ROWS)}
            assert [table.name for table in await engine.tables()] == ["t"]
        await engine.rebuild("t", words)
        await engine.close()
        assert True in outcomes, "no kill hit a running rebuild"
        assert files(tmp_path) == {"entries.duckdb", "a.csv", "b.csv", "c.csv"}

    asyncio.run(asyncio.wait_for(scenario(), 240))

"""Rows added to a table: checked, exact, and all or nothing across kill -9."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.errors import BadUpload
from data_agent.values import Reading

from tests.unit.agent.engine.running import run
from tests.unit.agent.engine.test_kill_import import killed

MORE = Reading(append=True)
BASE, ADDED, KILLS = 20_000, 30_000, 8


async def take(
    engine: WorkerEngine,
    directory: Path,
    text: str,
    reading: Reading = Reading(),  # noqa: B008
) -> tuple[str, ...]:
    path = directory / "x.csv"
    path.write_text(text)
    report = await engine.import_file(path, filename="x.csv", table="t", reading=reading)
    return report.notes


def test_rows_are_added_by_name_and_numbers_widen_exactly(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await take(engine, directory, "n,name\n1,x\n9007199254740993,y\n")
        notes = await take(engine, directory, "NAME,N\n0017,2.25\n,\n", MORE)
        assert notes[-1].startswith("n: the table's column became DECIMAL(38,2)")
        result = await engine.sql("SELECT n::VARCHAR, name FROM t")
        assert result.rows == (
            ("1.00", "x"),
            ("9007199254740993.00", "y"),
            ("2.25", "0017"),
            (None, None),
        )

    run(tmp_path, scenario)


def test_what_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, directory: Path) -> None:
        await take(engine, directory, "n,name\n1,x\n")
        with pytest.raises(BadUpload, match=r"“n” is a number .* and text in the file"):
            await take(engine, directory, "n,name\nmany,x\n", MORE)
        with pytest.raises(BadUpload, match="no column “extra”"):
            await take(engine, directory, "n,name,extra\n1,x,y\n", MORE)
        assert (await engine.sql("SELECT * FROM t")).rows == ((1, "x"),)

    run(tmp_path, scenario)


@pytest.mark.slow
def test_a_killed_append_adds_all_rows_or_none(tmp_path: Path) -> None:
    chance = random.Random(11)
    base, added = tmp_path / "base.csv", tmp_path / "added.csv"
    base.write_text("n,v\n" + "".join(f"{n},1\n" for n in range(BASE)))
    added.write_text("n,v\n" + "".join(f"{n},2.5\n" for n in range(ADDED)))

    async def scenario() -> None:
        engine = WorkerEngine(EngineSettings(data_dir=tmp_path))
        outcomes = set()
        for _ in range(KILLS):
            await engine.import_file(base, filename="base.csv", table="t")
            adding = asyncio.create_task(
                engine.import_file(added, filename="added.csv", table="t", reading=MORE)
            )
            outcomes.add(await killed(engine, adding, chance.uniform(0.0, 0.45)))
            result = await engine.sql("SELECT count(*), CAST(sum(v) AS DOUBLE) FROM t")
            assert result.rows in {
                ((BASE, float(BASE)),),
                ((BASE + ADDED, BASE + 2.5 * ADDED),),
            }
        await engine.close()
        assert True in outcomes, "no kill hit a running append"

    asyncio.run(asyncio.wait_for(scenario(), 120))

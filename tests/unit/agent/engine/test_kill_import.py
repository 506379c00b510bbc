"""kill -9 of the writer at random moments: the old table or the new one, never half of one."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from pathlib import Path

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.errors import WorkerDied

from tests.unit.agent.engine.running import files

KILLS = 12
OLD, NEW = 20_000, 30_000


def upload(directory: Path, name: str, rows: int) -> Path:
    path = directory / f"{name}.csv"
    path.write_text("version,n\n" + "".join(f"{name},{n}\n" for n in range(rows)))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("beside_from_bytes", [0, 2**40], ids=["in a copy", "in place"])
def test_a_killed_import_leaves_the_old_table_or_the_new_one(
    tmp_path: Path, beside_from_bytes: int
) -> None:
    chance = random.Random(7)
    old, new = upload(tmp_path, "old", OLD), upload(tmp_path, "new", NEW)

    async def scenario() -> None:
        settings = EngineSettings(data_dir=tmp_path, beside_from_bytes=beside_from_bytes)
        engine = WorkerEngine(settings)
        outcomes = set()
        await engine.import_file(old, filename="old.csv", table="t")
        for _ in range(KILLS):
            importing = asyncio.create_task(engine.import_file(new, filename="new.csv", table="t"))
            outcomes.add(await killed(engine, importing, chance.uniform(0.0, 0.45)))
            result = await engine.sql(
                "SELECT any_value(version), count(*), count(DISTINCT version) FROM t"
            )
            assert result.rows in {(("old", OLD, 1),), (("new", NEW, 1),)}
            assert await engine.ready()
            await engine.import_file(old, filename="old.csv", table="t")
        await engine.close()
        assert True in outcomes, "no kill hit a running import"
        assert files(tmp_path) == {"entries.duckdb", "new.csv", "old.csv"}

    asyncio.run(asyncio.wait_for(scenario(), 240))


async def killed(engine: WorkerEngine, importing: asyncio.Task[object], after_s: float) -> bool:
    """Kill each process of the import so long after it was seen; whether the import failed of it.
    One that prepares a copy is followed by one that works in place."""
    before = engine._pool.pids()
    while not importing.done():
        if engine._pool.pids() - before:
            await asyncio.sleep(after_s)
        for pid in engine._pool.pids() - before:
            os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(0.005)
    return isinstance(importing.exception(), WorkerDied)

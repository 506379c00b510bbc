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

KILLS = 12
OLD, NEW = 20_000, 30_000


def upload(directory: Path, name: str, rows: int) -> Path:
    path = directory / f"{name}.csv"
    path.write_text("version,n\n" + "".join(f"{name},{n}\n" for n in range(rows)))
    return path


@pytest.mark.slow
def test_a_killed_import_leaves_the_old_table_or_the_new_one(tmp_path: Path) -> None:
    chance = random.Random(7)
    old, new = upload(tmp_path, "old", OLD), upload(tmp_path, "new", NEW)

    async def scenario() -> None:
        engine = WorkerEngine(EngineSettings(data_dir=tmp_path))
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
        assert not (tmp_path / ".scratch").exists()

    asyncio.run(asyncio.wait_for(scenario(), 120))


async def killed(engine: WorkerEngine, importing: asyncio.Task[object], after_s: float) -> bool:
    """Kill the writer so long after it started; whether it was still at work."""
    readers = engine._pool.pids()
    while not importing.done() and not engine._pool.pids() - readers:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    await asyncio.sleep(after_s)
    for pid in engine._pool.pids() - readers:
        os.kill(pid, signal.SIGKILL)
    try:
        await importing
    except WorkerDied:
        return True
    return False

"""Run a scenario against an engine with real workers, and look at its processes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.errors import OverDeadline
from data_agent.values import ImportReport, QueryResult

SALES = "city,amount\nCologne,10.50\nBerlin,20.25\nCologne,4.25\n"
SLOW = "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b"
Scenario = Callable[[WorkerEngine, Path], Awaitable[None]]


def run(directory: Path, scenario: Scenario, **settings: object) -> None:
    async def whole() -> None:
        engine = WorkerEngine(EngineSettings(data_dir=directory, **settings))  # type: ignore[arg-type]
        try:
            async with asyncio.timeout(120):
                await scenario(engine, directory)
        finally:
            await engine.close()

    asyncio.run(whole())


async def load(
    engine: WorkerEngine, directory: Path, text: str = SALES, table: str = "sales"
) -> ImportReport:
    upload = directory / "upload.csv"
    upload.write_text(text)
    return await engine.import_file(upload, filename="sales.csv", table=table)


def files(directory: Path) -> set[str]:
    return {path.name for path in directory.rglob("*")}


async def worker_pids(engine: WorkerEngine) -> frozenset[int]:
    await until(lambda: bool(engine._pool.pids()))
    await asyncio.sleep(0.3)  # long enough for the worker to be inside its statement
    return engine._pool.pids()


async def answered(engine: WorkerEngine, statement: str) -> QueryResult:
    """The answer, where a short deadline may pass on a busy machine while a worker starts."""
    while True:
        with contextlib.suppress(OverDeadline):
            return await engine.sql(statement)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - other processes set no asyncio.Event
            await asyncio.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found if alive(int(child))]

"""How fast the data agent imports and answers, against bare DuckDB on the same file, side by side.

`python -m bench.agent_import`: both sides alternate, so that what else runs slows both down.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[1]
sys.path.insert(0, str(TOP / "agent_image"))  # the agent is no part of the platform's package

import duckdb  # noqa: E402
from data_agent.engine.engine import WorkerEngine  # noqa: E402
from data_agent.engine.settings import MIB, EngineSettings  # noqa: E402
from data_agent.values import Answer  # noqa: E402

GROUP_BY = "SELECT city, sum(price) AS total, count(*) AS rows FROM t GROUP BY city ORDER BY 2 DESC"
QUESTION = "total price by city in t"
CITIES = ("Köln", "Berlin", "Hamburg", "Bonn", "Paris")
USERS = 20
IMPORT_LIMIT, QUERY_LIMIT, QUERY_SLACK_S = 1.5, 1.3, 0.03


@dataclass(frozen=True)
class Import:
    """Seconds of one pair, and the most memory that a worker had resident (bytes)."""

    bare_s: float
    ours_s: float
    resident: int


def main() -> int:
    """Prints the figures; 1 when a limit of ours is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="agent-bench-") as folder:
        return asyncio.run(_measure(Path(folder), given.rows, given.rounds))


async def _measure(folder: Path, rows: int, rounds: int) -> int:
    passed = False
    for name, end in (("LF", "\n"), ("CR LF", "\r\n")):
        path = folder / "t.csv"
        _write(path, rows, end)
        pairs = [await _import_pair(folder, path) for _ in range(rounds)]
        ratio = statistics.median(pair.ours_s / pair.bare_s for pair in pairs)
        passed = passed or ratio > IMPORT_LIMIT
        print(
            f"import, {rows:,} rows x 12, {path.stat().st_size / MIB:.0f} MiB, {name}: "
            f"bare {statistics.median(p.bare_s for p in pairs):.2f} s, "
            f"ours {statistics.median(p.ours_s for p in pairs):.2f} s, ratio {ratio:.2f} "
            f"(wanted {IMPORT_LIMIT}); worker {max(p.resident for p in pairs) / MIB:.0f} MiB"
        )
    async with _engine(folder) as engine:
        bare, ours = await _group_by(engine, folder)
        wanted = bare * QUERY_LIMIT + QUERY_SLACK_S
        passed = passed or ours > wanted
        print(
            f"group by, warm: bare {bare * 1e3:.0f} ms, ours {ours * 1e3:.0f} ms "
            f"(wanted {wanted * 1e3:.0f})"
        )
        times, failures = await _users(engine)
        passed = passed or bool(failures)
        p95 = sorted(times)[int(len(times) * 0.95) - 1] if times else 0.0
        print(f"{USERS} users asking at once: p95 {p95:.2f} s, {failures} failures")
    return int(passed)


def _write(path: Path, rows: int, end: str) -> None:
    header = "id,day,city,product,qty,price,discount,customer,email,created,flag,note"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(header + end)
        for n in range(rows):
            mixed = n * 2654435761 % 2**32  # scattered, and the same at every run
            day = f"20{20 + mixed % 5}-{mixed % 12 + 1:02}-{mixed % 28 + 1:02}"
            file.write(
                f"{n},{day},{CITIES[mixed % 5]},Product {mixed % 500},{mixed % 100},"
                f"{mixed % 100_000 / 100:.2f},{mixed % 1000 / 1000:.3f},Customer {mixed % 50_000},"
                f"u{n}@example.com,{day} {n % 24:02}:{n % 60:02}:00,{'yes' if n % 3 else 'no'},"
                f'"some, note {n % 77}"{end}'
            )


async def _import_pair(folder: Path, path: Path) -> Import:
    bare = folder / "bare.duckdb"
    bare.unlink(missing_ok=True)
    began = time.perf_counter()
    with duckdb.connect(bare, config={"threads": 2}) as connection:
        connection.execute(f"CREATE TABLE t AS SELECT * FROM read_csv('{path}')")
    bare_s = time.perf_counter() - began
    async with _engine(folder) as engine:
        began = time.perf_counter()
        working = asyncio.create_task(engine.import_file(path, filename="t.csv", table="t"))
        resident = 0
        while not working.done():
            resident = max(resident, *_resident(engine), 0)
            await asyncio.wait({working}, timeout=0.05)
        await working
        return Import(bare_s, time.perf_counter() - began, resident)


@contextlib.asynccontextmanager
async def _engine(folder: Path) -> AsyncIterator[WorkerEngine]:
    data = folder / "data"
    data.mkdir(exist_ok=True)
    engine = WorkerEngine(EngineSettings(data_dir=data))
    try:
        yield engine
    finally:
        await engine.close()


def _resident(engine: WorkerEngine) -> Iterator[int]:
    yield 0
    for pid in engine._pool.pids():
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmHWM"):
                    yield int(line.split()[1]) * 1024


async def _group_by(engine: WorkerEngine, folder: Path, times: int = 15) -> tuple[float, float]:
    ours, bare = [], []
    await engine.sql(GROUP_BY)
    with duckdb.connect(folder / "bare.duckdb", read_only=True, config={"threads": 2}) as own:
        own.execute(GROUP_BY).fetchall()
        for _ in range(times):
            began = time.perf_counter()
            own.execute(GROUP_BY).fetchall()
            bare.append(time.perf_counter() - began)
            began = time.perf_counter()
            await engine.sql(GROUP_BY)
            ours.append(time.perf_counter() - began)
    return statistics.median(bare), statistics.median(ours)


async def _users(engine: WorkerEngine) -> tuple[list[float], int]:
    await engine.ask(QUESTION)

    async def one() -> float | None:
        began = time.perf_counter()
        answer = await engine.ask(QUESTION)
        return time.perf_counter() - began if isinstance(answer, Answer) else None

    outcomes = await asyncio.gather(*(one() for _ in range(USERS)), return_exceptions=True)
    times = [each for each in outcomes if isinstance(each, float)]
    return times, USERS - len(times)


if __name__ == "__main__":
    sys.exit(main())

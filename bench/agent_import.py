"""How fast the data agent imports and answers, against bare DuckDB on the same file, side by side.

`python -m bench.agent_import`: both sides alternate, so that what else runs slows both down.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.numbers import Spread

TOP = Path(__file__).parents[1]
sys.path.insert(0, str(TOP / "agent_image"))  # the agent is no part of the platform's package

import duckdb  # noqa: E402
from data_agent.engine.engine import WorkerEngine  # noqa: E402
from data_agent.engine.settings import MIB, EngineSettings  # noqa: E402
from data_agent.values import Answer  # noqa: E402

ROWS = 1_000_000
# What QUESTION is answered by, and what somebody who knows SQL would write for it.
GROUP_BY = "SELECT city, sum(price) AS total FROM t GROUP BY city ORDER BY total DESC"
QUESTION = "total price by city in t"
CITIES = ("Köln", "Berlin", "Hamburg", "Bonn", "Paris")
TIMES = 15  # each query
IMPORT_LIMIT, QUERY_LIMIT, QUERY_SLACK_S = 1.5, 1.3, 0.03


@dataclass(frozen=True)
class Shape:
    """One way of writing the same table; `options`: what bare DuckDB has to be told of it."""

    name: str
    end: str = "\n"
    in_cells: str = ""  # a line end within a cell of every row
    encoding: str = "utf-8"
    german: bool = False
    options: str = ""


# LF last: its table is the one that is asked.
SHAPES = (
    Shape("latin-1", encoding="latin-1", options=", encoding='latin-1'"),
    Shape("German numbers and dates", german=True, options=", decimal_separator=','"),
    Shape("cells of two lines", end="\r\n", in_cells="\r\n"),
    Shape("CR LF", end="\r\n"),
    Shape("LF"),
)


@dataclass(frozen=True)
class Import:
    """Seconds of one pair, and the most memory that a worker had resident (bytes)."""

    bare_s: float
    ours_s: float
    resident: int


@dataclass(frozen=True)
class Query:
    """Seconds of each warm run; the n-th of one and the n-th of the other are a pair."""

    bare_s: list[float]
    ours_s: list[float]

    @property
    def allowed_s(self) -> float:
        """What ours may take at the median."""
        return Spread.of(self.bare_s).median * QUERY_LIMIT + QUERY_SLACK_S


@dataclass(frozen=True)
class Figures:
    """Imports by the shape of the file, and the same group-by in SQL and in words."""

    rows: int
    size: int
    imports: Mapping[str, list[Import]]
    sql: Query
    words: Query


def main() -> int:
    """Prints the figures; 1 when a limit of ours is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="agent-bench-") as folder:
        found = measure(Path(folder), given.rounds, print, rows=given.rows)
    imports = (one.ours_s / one.bare_s for pairs in found.imports.values() for one in pairs)
    slow = [query for query in (found.sql, found.words) if _median(query) > query.allowed_s]
    return int(bool(slow) or Spread.of(list(imports)).median > IMPORT_LIMIT)


def measure(folder: Path, rounds: int, say: Callable[[str], None], *, rows: int = ROWS) -> Figures:
    """Import the same file `rounds` times on each side, then ask both. Leaves t.csv in `folder`."""
    return asyncio.run(_measure(folder, rows, rounds, say))


async def _measure(folder: Path, rows: int, rounds: int, say: Callable[[str], None]) -> Figures:
    imports: dict[str, list[Import]] = {}
    path = folder / "t.csv"
    for shape in SHAPES:
        write(path, rows, shape)
        imports[shape.name] = []
        for _ in range(rounds):
            pair = await _import_pair(folder, path, shape.options)
            imports[shape.name].append(pair)
            say(
                f"  import of {rows:,} rows x 12, {shape.name}: bare {pair.bare_s:.2f} s, ours "
                f"{pair.ours_s:.2f} s (wanted: at most {IMPORT_LIMIT} times); worker "
                f"{pair.resident / MIB:.0f} MiB"
            )
    async with _engine(folder) as engine:
        sql = await _query(folder, lambda: engine.sql(GROUP_BY))
        words = await _query(folder, lambda: _answered(engine))
    for kind, query in (("in SQL", sql), ("in words", words)):
        say(
            f"  group by {kind}, warm: bare {Spread.of(query.bare_s).median * 1e3:.0f} ms, ours "
            f"{_median(query) * 1e3:.0f} ms (wanted: at most {query.allowed_s * 1e3:.0f} ms)"
        )
    return Figures(rows, path.stat().st_size, imports, sql, words)


def _median(query: Query) -> float:
    return Spread.of(query.ours_s).median


def write(path: Path, rows: int, shape: Shape) -> None:
    """A file of `rows` rows and twelve columns of many kinds, the same at every run."""
    names = "id,day,city,product,qty,price,discount,customer,email,created,flag,note".split(",")
    with path.open("w", encoding=shape.encoding, newline="") as file:
        separator = ";" if shape.german else ","
        file.write(separator.join(names) + shape.end)
        for n in range(rows):
            file.write(separator.join(_cells(n, shape)) + shape.end)


def _cells(n: int, shape: Shape) -> tuple[str, ...]:
    mixed = n * 2654435761 % 2**32  # scattered, and the same at every run
    year, month, date = f"20{20 + mixed % 5}", f"{mixed % 12 + 1:02}", f"{mixed % 28 + 1:02}"
    price, discount = f"{mixed % 100_000 / 100:.2f}", f"{mixed % 1000 / 1000:.3f}"
    if shape.german:
        price, discount = price.replace(".", ","), discount.replace(".", ",")
    return (
        str(n),
        f"{date}.{month}.{year}" if shape.german else f"{year}-{month}-{date}",
        CITIES[mixed % 5],
        f"Product {mixed % 500}",
        str(mixed % 100),
        price,
        discount,
        f"Customer {mixed % 50_000}",
        f"u{n}@example.com",
        f"{year}-{month}-{date} {n % 24:02}:{n % 60:02}:00",
        "yes" if n % 3 else "no",
        f'"some,{shape.in_cells} note {n % 77}"',
    )


async def _import_pair(folder: Path, path: Path, options: str) -> Import:
    bare = folder / "bare.duckdb"
    bare.unlink(missing_ok=True)
    began = time.perf_counter()
    # With as many threads and as much memory as a writer of ours has.
    with duckdb.connect(bare, config={"threads": 2, "memory_limit": "260MiB"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"CREATE TABLE t AS SELECT * FROM read_csv('{path}'{options})")
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


async def _query(folder: Path, ask: Callable[[], Awaitable[object]]) -> Query:
    found = Query([], [])
    await ask()
    with duckdb.connect(folder / "bare.duckdb", read_only=True, config={"threads": 2}) as own:
        own.execute(GROUP_BY).fetchall()
        for _ in range(TIMES):
            began = time.perf_counter()
            own.execute(GROUP_BY).fetchall()
            found.bare_s.append(time.perf_counter() - began)
            began = time.perf_counter()
            await ask()
            found.ours_s.append(time.perf_counter() - began)
    return found


async def _answered(engine: WorkerEngine) -> None:
    answer = await engine.ask(QUESTION)
    if not isinstance(answer, Answer):
        raise RuntimeError(f"{QUESTION!r} was declined: {answer.reason}")


if __name__ == "__main__":
    sys.exit(main())

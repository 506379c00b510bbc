"""Import bytes in this process, as the writer does, and look at the table."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from data_agent.ports import AS_FOUND
from data_agent.values import Reading
from data_agent.worker.database import Connection, connect
from data_agent.worker.loader import Loader
from data_agent.worker.orders import Orders

MIB = 1024 * 1024


def writer_orders(directory: Path, threads: int = 1) -> Orders:
    return Orders(
        mode="writer",
        database=":memory:",
        scratch_dir=str(directory / ".scratch"),
        memory_bytes=320 * MIB,
        threads=threads,
        file_bytes=100 * MIB,
        cpu_s=60,
        max_columns=1000,
        max_result_bytes=MIB,
    )


class Imported:
    """A report, and the rows that the table then has."""

    def __init__(self, report: dict[str, Any], rows: list[tuple[Any, ...]]) -> None:
        self.report, self.rows = report, rows
        self.types = {column["name"]: column["type"] for column in report["columns"]}
        self.notes = " | ".join(report["notes"])
        assert report["rows_in"] == report["rows_kept"] + report["rejected"]
        assert report["rows_kept"] == len(rows)


def load(data: bytes | str, reading: Reading = AS_FOUND, *, threads: int = 1) -> Imported:
    """Import a file of these bytes (text: UTF-8) as table `t`."""
    content = data.encode() if isinstance(data, str) else data
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload.csv"
        path.write_bytes(content)
        orders = writer_orders(Path(folder), threads)
        loader = Loader(orders)
        opened: list[Connection] = []

        def connection() -> Connection:
            opened.append(connect(orders, readable=loader.readable))
            return opened[0]

        try:
            report = loader.load(connection, str(path), "t", reading)
            assert path.read_bytes() == content, "the original is kept as it came"
            return Imported(report, opened[0].execute("SELECT * FROM t ORDER BY rowid").fetchall())
        finally:
            for one in opened:
                one.close()

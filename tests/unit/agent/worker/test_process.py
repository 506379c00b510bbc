"""The worker as a process of its own, spoken to over its pipes."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from data_agent.worker.commands import of_mode
from data_agent.worker.orders import Mode, Orders
from data_agent.worker.wire import pack, read_message

MIB = 1024 * 1024


def orders(directory: Path, mode: Mode, **more: Any) -> Orders:
    made = Orders(
        mode=mode,
        database=str(directory / "entries.duckdb"),
        scratch_dir=str(directory / ".scratch"),
        memory_bytes=300 * MIB,
        threads=1,
        file_bytes=100 * MIB,
        cpu_s=30,
        max_columns=100,
        max_result_bytes=MIB,
    )
    return dataclasses.replace(made, **more)


@contextmanager
def worker(given: Orders) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "data_agent.worker", given.to_json()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": "agent_image", "SECRET": "never seen"},
    )
    try:
        yield process
        cast("IO[bytes]", process.stdin).close()
        assert process.wait(timeout=20) == 0, "at the end of its input it exits by itself"
    finally:
        process.kill()
        process.wait(timeout=20)


def ask(process: subprocess.Popen[bytes], command: str, **arguments: object) -> Any:
    stdin, stdout = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    stdin.write(pack({"do": command, "with": arguments}))
    stdin.flush()
    return read_message(stdout)  # type: ignore[arg-type]


def load(directory: Path, text: str, **limits: Any) -> Any:
    upload = directory / "upload.csv"
    upload.write_text(text)
    with worker(orders(directory, "writer", **limits)) as process:
        return ask(process, "import", path=str(upload), table="t")


def rows(directory: Path) -> Any:
    with worker(orders(directory, "reader")) as process:
        return ask(process, "query", statement="SELECT count(*) FROM t", limit=1)["ok"]["rows"]


def test_what_the_writer_wrote_the_reader_reads(tmp_path: Path) -> None:
    assert load(tmp_path, "a,b\n1,2\n3,4\n")["ok"]["rows_kept"] == 2
    assert rows(tmp_path) == [[2]]


def test_a_file_limit_in_mid_import_leaves_the_old_table(tmp_path: Path) -> None:
    load(tmp_path, "a,b\n1,2\n")
    lines = "".join(f"{n},text {n * 7919 % 1_000_003}\r\n" for n in range(150_000))
    reply = load(tmp_path, "a,b\r\n" + lines, file_bytes=MIB)
    assert reply["error"]["type"] == "StorageFull", reply
    assert rows(tmp_path) == [[1]]
    assert not (tmp_path / ".scratch").exists()


def test_a_damaged_database_is_said_and_kept(tmp_path: Path) -> None:
    database = tmp_path / "entries.duckdb"
    database.write_bytes(b"no database at all" * 1000)
    before = database.read_bytes()
    with worker(orders(tmp_path, "reader")) as process:
        assert ask(process, "tables")["error"]["type"] == "FilesDamaged"
    assert load(tmp_path, "a\n1\n")["error"]["type"] == "FilesDamaged"
    assert database.read_bytes() == before


def test_a_reader_knows_no_command_that_writes() -> None:
    assert set(of_mode("reader")) == {"tables", "preview", "query", "check", "values", "keys"}
    assert set(of_mode("writer")) == {"import", "rebuild", "drop", "checkpoint"}

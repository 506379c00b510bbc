"""Every attack known, as a regression suite: through the guard, and past it against the worker."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import _duckdb
import pytest
from data_agent.errors import DataAgentError, QueryFailed, Refused
from data_agent.worker.database import Connection, connect
from data_agent.worker.guard.statement import guarded
from data_agent.worker.orders import Orders

from tests.unit.agent.worker.attacks import ALLOWED, BEHIND_THE_GUARD, REFUSED

MIB = 1024 * 1024
TABLES = ("sales", "people")


def orders(directory: Path, mode: str = "reader") -> Orders:
    return Orders(
        mode=mode,  # type: ignore[arg-type]
        database=str(directory / "entries.duckdb"),
        scratch_dir=str(directory / ".scratch"),
        memory_bytes=160 * MIB,
        threads=2,
        file_bytes=100 * MIB,
        cpu_s=30,
        max_columns=1000,
        max_result_bytes=MIB,
    )


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("guard")
    made = _duckdb.connect(str(path / "entries.duckdb"))
    made.execute("CREATE TABLE sales AS SELECT range AS id, range * 1.5 AS amount FROM range(10)")
    made.execute("CREATE TABLE people AS SELECT 1 AS id, 'Ann' AS name, DATE '2024-01-31' AS born")
    made.close()
    (path / "secret.csv").write_text("secret\n42\n")
    return path


@pytest.fixture(scope="module")
def connection(directory: Path) -> Iterator[Connection]:
    opened = connect(orders(directory))
    yield opened
    opened.close()


@pytest.mark.parametrize("statement", ALLOWED)
def test_questions_about_the_tables_run(connection: Connection, statement: str) -> None:
    allowed = guarded(connection, statement, tables=TABLES)
    connection.execute(allowed.limited(5)).fetchall()


@pytest.mark.parametrize("statement", REFUSED)
def test_everything_else_is_refused(connection: Connection, statement: str) -> None:
    with pytest.raises((Refused, QueryFailed)):
        guarded(connection, statement, tables=TABLES)


def test_nesting_without_end_is_refused_and_harmless(connection: Connection) -> None:
    for attack in (
        "SELECT " + "(" * 5000 + "1" + ")" * 5000,
        "SELECT " + "1+" * 20_000 + "1",
        "SELECT " + "NOT " * 5000 + "true",
        "SELECT * FROM " + "(SELECT * FROM " * 500 + "sales" + ")" * 500,
    ):
        with pytest.raises((DataAgentError, _duckdb.Error)):
            allowed = guarded(connection, attack, tables=TABLES)
            connection.execute(allowed.limited(5)).fetchall()
    assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_an_unknown_table_names_the_nearest(connection: Connection) -> None:
    with pytest.raises(Refused, match="Did you mean sales"):
        guarded(connection, "SELECT * FROM slaes", tables=TABLES)
    with pytest.raises(Refused, match="Your tables: people, sales"):
        guarded(connection, "SELECT * FROM qqq", tables=TABLES)


@pytest.mark.parametrize("statement", BEHIND_THE_GUARD)
def test_the_locks_hold_even_without_the_guard(
    connection: Connection, directory: Path, statement: str
) -> None:
    before = sorted(path.name for path in directory.iterdir())
    with pytest.raises(_duckdb.Error):
        connection.execute(statement.format(dir=directory)).fetchall()
    assert sorted(path.name for path in directory.iterdir()) == before
    assert connection.execute("SELECT count(*) FROM sales").fetchall() == [(10,)]


HARDENED = """
import sys
from data_agent.worker.limits import harden
from data_agent.worker.orders import Orders
orders = Orders.from_json(sys.argv[1])
harden(orders)
from data_agent.worker.database import DatabaseError, connect
connection = connect(orders)
try:
    connection.execute(sys.argv[2])
except DatabaseError as error:
    print("refused", type(error).__name__)
"""


def test_a_reader_process_cannot_write_where_duckdb_itself_would_let_it(
    connection: Connection, directory: Path
) -> None:
    """DuckDB allows every statement to write `<database>.wal`; the process's own limit does not."""
    attack = f"COPY sales TO '{directory}/entries.duckdb.wal'"
    done = subprocess.run(
        [sys.executable, "-c", HARDENED, orders(directory).to_json(), attack],
        env={"PYTHONPATH": "agent_image"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout.startswith("refused"), done.stderr
    assert connection.execute("SELECT count(*) FROM sales").fetchall() == [(10,)]


def test_a_worker_has_no_environment_no_core_and_no_new_privileges(tmp_path: Path) -> None:
    code = (
        "import os, sys, resource; from data_agent.worker.limits import *; "
        "from data_agent.worker.orders import Orders; o = Orders.from_json(sys.argv[1]); "
        "drop_environment(); harden(o); allow_cpu(5); status = open('/proc/self/status').read(); "
        "print(dict(os.environ), 'NoNewPrivs:\\t1' in status, "
        "*(resource.getrlimit(k)[0] for k in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE)), "
        "resource.getrlimit(resource.RLIMIT_CPU)[0] > 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, orders(tmp_path).to_json()],
        env={"PYTHONPATH": "agent_image", "SECRET": "x"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout.strip() == "{} True 0 0 True", done.stderr


def test_the_writer_may_open_its_upload_and_nothing_else(tmp_path: Path) -> None:
    upload, other = tmp_path / "upload.csv", tmp_path / "other.csv"
    for file in (upload, other):
        file.write_text("a\n1\n")
    opened = connect(orders(tmp_path, "writer"), readable=(upload,))
    try:
        assert opened.execute(f"SELECT * FROM read_csv('{upload}')").fetchall() == [(1,)]
        with pytest.raises(_duckdb.Error):
            opened.execute(f"SELECT * FROM read_csv('{other}')")
    finally:
        opened.close()

"""Behind its fence a worker opens its part of the data directory and nothing else, by any means."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from data_agent.worker.fence import Fence, rules
from data_agent.worker.landlock import version
from data_agent.worker.orders import Mode

from tests.unit.agent.worker.test_process import ask, load, orders, worker

needs_landlock = pytest.mark.skipif(not version(), reason="this kernel has no Landlock")

# Puts up the fence of the orders it is given, then tries each of the given things to do.
PROBE = """
import json, os, socket, sys
from pathlib import Path
from data_agent.worker.fence import Fence
from data_agent.worker.limits import harden
from data_agent.worker.orders import Orders
orders, upload, attempts, port = json.loads(sys.argv[1])
orders = Orders.from_json(orders)
harden(orders)
Fence(orders).put_up(*([Path(upload)] if upload else []))
DO = {
    "read": lambda path: open(path, "rb").close(),
    "write": lambda path: open(path, "r+b").close(),
    "make": lambda path: open(path, "xb").close(),
    "list": lambda path: os.listdir(path),
    "remove": lambda path: os.remove(path),
    "connect": lambda path: socket.create_connection(("127.0.0.1", port), timeout=5).close(),
    "import": lambda path: __import__(path),
}
for what, path in attempts:
    try:
        DO[what](path)
        print("done")
    except PermissionError:
        print("refused")
"""


def attempts(directory: Path, mode: Mode, tried: list[tuple[str, str]], **more: str) -> list[str]:
    """What became of each, tried by a process of this mode."""
    given = orders(directory, mode, **{k: v for k, v in more.items() if k != "upload"})
    with socket.create_server(("127.0.0.1", 0)) as server:
        told = [given.to_json(), more.get("upload", ""), tried, server.getsockname()[1]]
        result = subprocess.run(
            [sys.executable, "-c", PROBE, json.dumps(told)],
            env={"PYTHONPATH": "agent_image"},
            capture_output=True,
            timeout=60,
            check=True,
        )
    return result.stdout.decode().split()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name in ("entries.duckdb", "users.json"):
        (tmp_path / name).write_text("x")
    (tmp_path / ".scratch").mkdir()
    (tmp_path / "outside").write_text("x")
    return tmp_path


@needs_landlock
def test_a_reader_reads_the_database_and_nothing_else(directory: Path) -> None:
    tried = [
        ("read", f"{directory}/entries.duckdb"),
        ("import", "encodings.utf_16"),
        ("write", f"{directory}/entries.duckdb"),
        ("read", f"{directory}/users.json"),
        ("list", str(directory)),
        ("make", f"{directory}/new"),
        ("remove", f"{directory}/entries.duckdb"),
        ("read", "/etc/passwd"),
        ("read", "/proc/1/status"),
        ("make", "/tmp/data-agent-fence-probe"),
    ]
    assert attempts(directory, "reader", tried) == ["done"] * 2 + ["refused"] * 8


@pytest.mark.skipif(version() < 4, reason="this kernel's Landlock knows no network")
def test_no_worker_connects_anywhere(directory: Path) -> None:
    assert attempts(directory, "writer", [("connect", "")]) == ["refused"]


@needs_landlock
def test_an_exporter_writes_its_one_file(directory: Path) -> None:
    target = directory / "out.parquet"
    target.touch()
    tried = [
        ("write", str(target)),
        ("read", f"{directory}/entries.duckdb"),
        ("write", f"{directory}/users.json"),
        ("make", f"{directory}/new"),
    ]
    found = attempts(directory, "exporter", tried, target=str(target))
    assert found == ["done", "done", "refused", "refused"]


@needs_landlock
def test_who_prepares_a_copy_reaches_the_copy_and_its_upload_only(directory: Path) -> None:
    (directory / ".prepared").mkdir()
    tried = [
        ("make", f"{directory}/.prepared/entries.duckdb"),
        ("make", f"{directory}/.scratch/upload.csv"),
        ("read", f"{directory}/outside"),
        ("write", f"{directory}/outside"),
        ("read", f"{directory}/users.json"),
        ("write", f"{directory}/entries.duckdb"),
        ("make", f"{directory}/new"),
        ("read", "/etc/passwd"),
    ]
    copy, upload = f"{directory}/.prepared/entries.duckdb", f"{directory}/outside"
    found = attempts(directory, "writer", tried, database=copy, upload=upload)
    assert found == ["done"] * 3 + ["refused"] * 5


def test_workers_do_their_work_behind_it(tmp_path: Path) -> None:
    report = load(tmp_path, "a,b\n1,x\n2,y\n")["ok"]
    assert report["rows_kept"] == 2
    assert not (tmp_path / ".scratch").exists()
    target = tmp_path / "out.parquet"
    with worker(orders(tmp_path, "exporter", target=str(target))) as process:
        assert "ok" in ask(process, "export", statement="SELECT * FROM t", kind="parquet")
    assert target.read_bytes()[:4] == b"PAR1"


def test_it_is_put_up_once_and_names_no_more_than_a_mode_needs(tmp_path: Path) -> None:
    put_up: list[object] = []
    fence = Fence(orders(tmp_path, "reader"), put_up.append)
    fence.put_up()
    fence.put_up(tmp_path / "upload.csv")
    assert len(put_up) == 1
    own = {path for path, _ in rules(orders(tmp_path, "reader")) if tmp_path in path.parents}
    assert own == {tmp_path / "entries.duckdb", tmp_path / "entries.duckdb.wal"}


def test_a_database_that_was_replaced_behind_it_is_noticed(tmp_path: Path) -> None:
    database, other = tmp_path / "entries.duckdb", tmp_path / "other.duckdb"
    fence = Fence(orders(tmp_path, "reader"), lambda _: None)
    database.touch()
    assert not fence.outdated
    fence.put_up()
    assert not fence.outdated
    other.touch()
    other.replace(database)
    assert fence.outdated

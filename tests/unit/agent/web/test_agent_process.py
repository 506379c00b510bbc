"""The real process with the real engine: data that was acknowledged, ends of every kind, memory."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.agent_process import AgentProcess, agent_process, run_agent

TOKEN = "platform-token"
MIB = 1024 * 1024
SALES = "region,amount\nNorth,12.50\nSouth,-7.00\nNorth,1.25\n"


def upload(client: httpx.Client, name: str, text: str) -> httpx.Response:
    return client.post("/api/v1/files", files={"file": (name, text.encode(), "text/csv")})


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentProcess]:
    """One process for the tests that leave it as they found it."""
    directory = tmp_path_factory.mktemp("agent")
    token = directory / "token"
    token.write_text(TOKEN)
    data = directory / "data"
    data.mkdir()
    with agent_process(data, DATA_AGENT_PLATFORM_TOKEN_FILE=str(token)) as agent:
        yield agent


def test_upload_query_export_delete(shared: AgentProcess) -> None:
    admin = shared.admin()
    report = upload(admin, "my sales.csv", SALES).json()["files"][0]["report"]
    assert (report["table"], report["rows_in"], report["rows_kept"]) == ("my_sales", 3, 3)
    (table,) = admin.get("/api/v1/tables").json()["tables"]
    assert [column["name"] for column in table["columns"]] == ["region", "amount"]
    statement = "SELECT region, sum(amount) FROM my_sales GROUP BY 1 ORDER BY 1"
    answer = admin.post("/api/v1/sql", json={"sql": statement}).json()
    assert answer["rows"] == [["North", 13.75], ["South", -7]]
    assert admin.post("/api/v1/sql", json={"sql": "DROP TABLE my_sales"}).status_code == 400
    page = admin.get("/api/v1/tables/my_sales/rows?limit=2&offset=1").json()
    assert [row[0] for row in page["rows"]] == ["South", "North"]
    exported = admin.get("/api/v1/export", params={"table": "my_sales"}).text
    assert exported.splitlines()[0] == "region,amount"
    assert "South,-7" in exported
    for path in ("/", "/data", "/sql", "/people", "/account", "/data/tables/my_sales"):
        assert admin.get(path).status_code == 200
    only_the_owner_may_read(shared.data_dir)
    file_id = admin.get("/api/v1/files").json()["files"][0]["id"]
    assert admin.delete(f"/api/v1/files/{file_id}").status_code == 204
    assert admin.get("/api/v1/tables").json() == {"tables": []}


def test_the_web_process_is_small_and_never_loads_duckdb(shared: AgentProcess) -> None:
    upload(shared.admin(), "sales.csv", SALES)
    proc = Path(f"/proc/{shared.process.pid}")
    assert "duckdb" not in (proc / "maps").read_text()
    resident = re.search(r"VmRSS:\s+(\d+) kB", (proc / "status").read_text())
    assert resident and int(resident[1]) * 1024 < 48 * MIB


def test_kill_9_loses_nothing_acknowledged_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    with agent_process(tmp_path) as agent:
        admin = agent.admin()
        admin.post("/api/v1/users", json={"username": "bob"}).raise_for_status()
        upload(admin, "sales.csv", SALES).raise_for_status()
        half_way = begin_upload(agent, admin)
        agent.stop(signal.SIGKILL)
        half_way.close()
    assert list((tmp_path / "files").glob(".incoming-*"))
    with agent_process(tmp_path) as agent:
        admin = agent.admin()
        assert sorted(path.name for path in (tmp_path / "files").iterdir()) == ["sales.csv"]
        answer = admin.post("/api/v1/sql", json={"sql": "SELECT count(*) FROM sales"})
        assert answer.json()["rows"] == [[3]]
        people = [user["username"] for user in admin.get("/api/v1/users").json()["users"]]
        assert people == ["admin", "bob"]


def test_sigterm_lets_a_running_upload_finish_and_exits_with_zero(tmp_path: Path) -> None:
    with agent_process(tmp_path) as agent:
        admin = agent.admin()
        connection = begin_upload(agent, admin)
        stopping = threading.Thread(target=agent.stop)
        stopping.start()
        wait_until_closed(agent.port)
        connection.sendall(b"3,4\n\r\n--XX--\r\n")
        answer = connection.makefile("rb").read()
        stopping.join(40)
        assert b"201 Created" in answer.splitlines()[0]
        assert agent.process.returncode == 0
    index = json.loads((tmp_path / "files.json").read_text())
    assert [(file["name"], file["rows"]) for file in index["files"]] == [("late.csv", 2)]


def test_told_twice_to_end_it_cuts_off_what_is_under_way(tmp_path: Path) -> None:
    """As the platform does, which has waited for it and holds visitors meanwhile."""
    with agent_process(tmp_path) as agent:
        connection = begin_upload(agent, agent.admin())
        agent.process.send_signal(signal.SIGTERM)
        wait_until_closed(agent.port)
        assert agent.process.poll() is None
        assert agent.stop() == 0
        with connection:
            answer = connection.makefile("rb").read().decode()
        assert answer.startswith("HTTP/1.1 503 ")
        head, _, body = answer.partition("\r\n\r\n")
        assert "retry-after: 2" in head.lower()
        assert json.loads(body)["type"] == "urn:data-agent:problem:cut-off"
    assert not list((tmp_path / "files").glob("*.csv"))


def test_how_long_the_oldest_request_has_been_under_way_is_told(shared: AgentProcess) -> None:
    connection = begin_upload(shared, shared.admin())
    assert in_flight(shared, until=1) == 1
    threading.Event().wait(0.3)
    assert 0.3 <= activity(shared)["oldest_s"] < 60
    connection.close()
    assert in_flight(shared, until=0) == 0
    assert activity(shared)["oldest_s"] == 0.0


def test_in_flight_counts_what_runs_and_returns_to_zero_when_it_breaks_off(
    shared: AgentProcess,
) -> None:
    connection = begin_upload(shared, shared.admin())
    assert in_flight(shared, until=1) == 1
    connection.close()
    assert in_flight(shared, until=0) == 0
    assert not list((shared.data_dir / "files").glob(".incoming-*"))


def test_a_bad_setting_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    process = run_agent(tmp_path, DATA_AGENT_MAX_USERS="many")
    out, err = process.communicate(timeout=30)
    assert process.returncode == 78
    assert err == (
        "DATA_AGENT_MAX_USERS is 'many', but must be a whole number above 0, or \"unlimited\".\n"
    )
    assert out == ""
    assert not list(tmp_path.iterdir())


def begin_upload(agent: AgentProcess, admin: httpx.Client) -> socket.socket:
    """A raw upload of two rows of which the first has been sent; wait until it is on the disk."""
    head = (
        "POST /api/v1/files HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{agent.port}\r\nOrigin: {agent.url}\r\n"
        f"Cookie: session={admin.cookies['session']}\r\n"
        "Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: {length}\r\n"
        "Connection: close\r\n\r\n"
    )
    first = (
        '--XX\r\nContent-Disposition: form-data; name="file"; filename="late.csv"\r\n\r\na,b\n1,2\n'
    )
    length = len(first) + len("3,4\n\r\n--XX--\r\n")
    connection = socket.create_connection(("127.0.0.1", agent.port), timeout=30)
    connection.sendall((head.replace("{length}", str(length)) + first).encode())
    for _ in range(600):
        if list((agent.data_dir / "files").glob(".incoming-*")):
            return connection
        threading.Event().wait(0.05)
    raise AssertionError("the upload did not begin")


def wait_until_closed(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return
        threading.Event().wait(0.05)
    raise AssertionError("the agent still accepts connections")


def in_flight(agent: AgentProcess, until: int) -> int:
    """The number that the platform sees, waited for."""
    for _ in range(200):
        found = int(activity(agent)["in_flight"])
        if found == until:
            break
        threading.Event().wait(0.05)
    return found


def activity(agent: AgentProcess) -> dict[str, Any]:
    """What the platform is told."""
    token = {"Authorization": f"Bearer {TOKEN}"}
    found: dict[str, Any] = httpx.get(agent.url + "/internal/activity", headers=token).json()
    return found


def only_the_owner_may_read(directory: Path) -> None:
    for folder, _, names in os.walk(directory):
        for name in names:
            assert (Path(folder) / name).stat().st_mode & 0o077 == 0, name

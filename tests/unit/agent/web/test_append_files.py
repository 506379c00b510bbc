"""Rows added to another file's table: listed, deleted in order, rebuilt after a kill."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from data_agent.ports import AS_FOUND
from data_agent.values import ImportReport, Reading

from tests.support.agent import HOST, Agent, StartAgent, TestClient, upload
from tests.support.fake_engine import FakeEngine

OWN = {"Origin": HOST}


class Appending(FakeEngine):
    async def import_file(
        self, path: Path, *, filename: str, table: str, reading: Reading = AS_FOUND
    ) -> ImportReport:
        before = self.data.get(table)
        report = await super().import_file(path, filename=filename, table=table, reading=reading)
        if reading.append and before:
            self.data[table] = (before[0], before[1] + self.data[table][1])
        return report


@pytest.fixture
def agent(start: StartAgent) -> Agent:
    return start(Appending())


def add(client: Any, name: str, text: str, table: str = "sales") -> Any:
    files = {"file": (name, text.encode(), "text/csv")}
    return client.post(f"/api/v1/files?append_to={table}", files=files, headers=OWN)


def kept(agent: Agent) -> set[str]:
    return {path.name for path in (agent.settings.data_dir / "files").iterdir()}


def rows(agent: Agent) -> list[tuple[str, ...]]:
    return agent.engine.data["sales"][1]


def three(admin: TestClient) -> list[str]:
    """Table sales of three files; their ids."""
    made = [upload(admin, "sales.csv", "a,b\n1,2\n")]
    made += [
        add(admin, name, text)
        for name, text in (("more.csv", "a,b\n3,4\n"), ("last.csv", "a,b\n5,6\n"))
    ]
    return [answer.json()["files"][0]["id"] for answer in made]


def test_each_file_of_a_table_is_deleted_alone(agent: Agent) -> None:
    admin = agent.admin()
    base, more, last = three(admin)
    assert rows(agent) == [("1", "2"), ("3", "4"), ("5", "6")]
    text = admin.get("/data/tables/sales").text
    assert "3 rows" in text and "more.csv" in text
    assert admin.delete(f"/api/v1/files/{more}").status_code == 204
    assert rows(agent) == [("1", "2"), ("5", "6")]
    assert admin.delete(f"/api/v1/files/{base}").status_code == 204
    assert rows(agent) == [("5", "6")]
    assert admin.delete(f"/api/v1/files/{last}").status_code == 204
    assert agent.engine.data == {}
    assert not kept(agent)


def test_a_file_of_a_table_is_replaced_where_it_stands(agent: Agent) -> None:
    admin = agent.admin()
    three(admin)
    assert upload(admin, "more.csv", "a,b\n8,8\n9,9\n").status_code == 201
    assert upload(admin, "Sales.csv", "a,b\n7,7\n").status_code == 201
    assert rows(agent) == [("7", "7"), ("8", "8"), ("9", "9"), ("5", "6")]
    found = {f["name"]: f["rows"] for f in admin.get("/api/v1/files").json()["files"]}
    assert found == {"Sales.csv": 1, "more.csv": 2, "last.csv": 1}
    assert len(kept(agent)) == 3
    assert upload(admin, "more.csv", "broken").status_code == 400
    assert rows(agent) == [("7", "7"), ("8", "8"), ("9", "9"), ("5", "6")]


def test_a_column_is_retyped_in_every_file_and_taken_back(agent: Agent) -> None:
    admin = agent.admin()
    base, more, _ = three(admin)
    agent.engine.readings.clear()
    changed = admin.patch(f"/api/v1/files/{more}", json={"types": {"a": "number"}})
    assert changed.status_code == 200 and changed.json()["name"] == "more.csv"
    assert [(r.choices, r.append, r.refuse) for r in agent.engine.readings] == [
        ({"a": "number"}, False, True),
        ({"a": "number"}, True, True),
        ({"a": "number"}, True, True),
    ]
    assert admin.get(f"/api/v1/files/{base}").json()["choices"] == {"a": "number"}
    agent.engine.readings.clear()
    assert admin.patch(f"/api/v1/files/{base}", json={"undo": True}).status_code == 200
    assert [r.choices for r in agent.engine.readings] == [{}, {}, {}]
    assert rows(agent) == [("1", "2"), ("3", "4"), ("5", "6")]


def test_only_who_brought_all_of_a_table_may_retype_or_delete_it(agent: Agent) -> None:
    admin, user = agent.admin(), agent.user()
    three(admin)
    own = add(user, "own.csv", "a,b\n7,8\n").json()["files"][0]["id"]
    types = {"types": {"a": "number"}}
    assert user.patch(f"/api/v1/files/{own}", json=types).status_code == 403
    assert "Change the type" not in user.get(f"/data/files/{own}").text
    assert user.delete("/api/v1/tables/sales").status_code == 403
    assert user.delete(f"/api/v1/files/{own}").status_code == 204
    assert admin.delete("/api/v1/tables/nothing").status_code == 404
    assert admin.delete("/api/v1/tables/sales").status_code == 204
    assert (agent.engine.data, kept(agent)) == ({}, set())


def test_an_original_that_is_gone_is_said_before_anything_changes(agent: Agent) -> None:
    admin = agent.admin()
    base, _, last = three(admin)
    (agent.settings.data_dir / "files" / "more.csv").unlink()
    for answer in (
        admin.delete(f"/api/v1/files/{last}"),
        admin.patch(f"/api/v1/files/{base}", json={"types": {"a": "text"}}),
    ):
        assert answer.status_code == 404 and "more.csv" in answer.json()["detail"]
    assert rows(agent) == [("1", "2"), ("3", "4"), ("5", "6")]


def test_adding_needs_a_table_and_a_new_name(agent: Agent) -> None:
    admin = agent.admin()
    assert add(admin, "more.csv", "a,b\n3,4\n").status_code == 404
    upload(admin, "sales.csv", "a,b\n1,2\n")
    assert add(admin, "sales.csv", "a,b\n1,2\n").status_code == 409
    assert rows(agent) == [("1", "2")]


def test_an_append_that_was_not_acknowledged_is_taken_back(start: StartAgent) -> None:
    agent = start(Appending())
    admin = agent.admin()
    upload(admin, "sales.csv", "a,b\n1,2\n")
    add(admin, "more.csv", "a,b\n3,4\n")
    (agent.settings.data_dir / "files" / ".pending").write_text(json.dumps({"table": "sales"}))
    engine = Appending()
    engine.data["sales"] = (("a", "b"), [("1", "2"), ("3", "4"), ("7", "7")])
    again = start(engine)
    assert rows(again) == [("1", "2"), ("3", "4")]


@pytest.mark.parametrize("crash", ["before", "after"])
def test_a_change_of_one_file_that_was_broken_off_is_taken_back(
    start: StartAgent, crash: str
) -> None:
    agent = start(Appending())
    three(agent.admin())
    (agent.settings.data_dir / "files" / ".pending").write_text(json.dumps({"table": "sales"}))
    engine = Appending()
    found = [("1", "2"), ("3", "4"), ("5", "6")]
    engine.data["sales"] = (("a", "b"), found if crash == "before" else [("3", "4")])
    again = start(engine)
    assert rows(again) == found
    assert len(kept(again)) == 3


def test_a_deletion_of_a_table_that_was_broken_off_goes_through(start: StartAgent) -> None:
    agent = start(Appending())
    three(agent.admin())
    note = {"table": "sales", "deleting": "*"}
    (agent.settings.data_dir / "files" / ".pending").write_text(json.dumps(note))
    engine = Appending()
    engine.data["sales"] = (("a", "b"), [("1", "2")])
    again = start(engine)
    assert (engine.data, kept(again), again.services.library.count()) == ({}, set(), 0)

"""Rows added to another file's table: listed, deleted in order, rebuilt after a kill."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from data_agent.ports import AS_FOUND
from data_agent.values import ImportReport, Reading

from tests.support.agent import HOST, Agent, StartAgent, upload
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


def rows(agent: Agent) -> list[tuple[str, ...]]:
    return agent.engine.data["sales"][1]


def test_added_rows_are_deleted_again_with_their_file_but_not_the_base_before_them(
    agent: Agent,
) -> None:
    admin = agent.admin()
    base = upload(admin, "sales.csv", "a,b\n1,2\n").json()["files"][0]["id"]
    more = add(admin, "more.csv", "a,b\n3,4\n").json()["files"][0]
    assert more["table"] == "sales"
    add(admin, "last.csv", "a,b\n5,6\n")
    assert rows(agent) == [("1", "2"), ("3", "4"), ("5", "6")]
    assert admin.delete(f"/api/v1/files/{base}").status_code == 409
    assert admin.patch(f"/api/v1/files/{base}", json={"types": {"a": "text"}}).status_code == 409
    assert upload(admin, "sales.csv", "a,b\n9,9\n").status_code == 409
    text = admin.get("/data/tables/sales").text
    assert "3 rows" in text and "more.csv" in text
    assert admin.delete(f"/api/v1/files/{more['id']}").status_code == 204
    assert rows(agent) == [("1", "2"), ("5", "6")]


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

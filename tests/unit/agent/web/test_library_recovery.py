"""What a kill -9 leaves behind is put right at the next start, from the index alone."""

from __future__ import annotations

import json

import pytest
from data_agent.errors import WorkerDied

from tests.support.agent import Agent, StartAgent, upload
from tests.support.fake_engine import FakeEngine

HEADER = ("a", "b")


def note(agent: Agent, table: str, deleting: str | None = None) -> None:
    text = json.dumps({"table": table, "deleting": deleting})
    (agent.settings.data_dir / "files" / ".pending").write_text(text)


def files(agent: Agent) -> set[str]:
    return {path.name for path in (agent.settings.data_dir / "files").iterdir()}


def test_unfinished_uploads_are_swept(start: StartAgent) -> None:
    agent = start()
    (agent.settings.data_dir / "files" / ".incoming-1").write_text("half")
    (agent.settings.data_dir / "files" / ".x.csv.1.tmp").write_text("half")
    assert files(start()) == set()


def test_a_new_table_that_was_never_acknowledged_goes(start: StartAgent) -> None:
    agent = start()
    note(agent, "sales")
    (agent.settings.data_dir / "files" / "sales.csv").write_text("a,b\n1,2\n")
    engine = FakeEngine()
    engine.data["sales"] = (HEADER, [("1", "2")])
    again = start(engine)
    assert engine.data == {}
    assert files(again) == set()


def test_a_replaced_table_goes_back_to_the_acknowledged_file(start: StartAgent) -> None:
    agent = start()
    upload(agent.admin(), "sales.csv", "a,b\n1,2\n")
    note(agent, "sales")
    (agent.settings.data_dir / "files" / "sales-2.csv").write_text("a,b\n9,9\n")
    engine = FakeEngine()
    engine.data["sales"] = (HEADER, [("9", "9")])
    again = start(engine)
    assert engine.data == {"sales": (HEADER, [("1", "2")])}
    assert files(again) == {"sales.csv"}


@pytest.mark.parametrize("table_is_gone", [True, False])
def test_a_deletion_that_had_begun_is_finished(start: StartAgent, table_is_gone: bool) -> None:
    agent = start()
    file_id = upload(agent.admin(), "sales.csv").json()["files"][0]["id"]
    note(agent, "sales", deleting=file_id)
    engine = FakeEngine()
    if not table_is_gone:
        engine.data["sales"] = (HEADER, [])
    again = start(engine)
    assert engine.data == {}
    assert again.services.library.count() == 0
    assert files(again) == set()


def test_a_deletion_that_fails_is_finished_by_the_next_change(agent: Agent) -> None:
    admin = agent.admin()
    file_id = upload(admin, "a.csv").json()["files"][0]["id"]
    agent.engine.fails_with = WorkerDied("The worker ended.")
    assert admin.delete(f"/api/v1/files/{file_id}").status_code == 503
    assert upload(admin, "b.csv").status_code == 201
    assert set(agent.engine.data) == {"b"}
    assert files(agent) == {"b.csv"}


def test_an_engine_that_cannot_settle_keeps_nobody_out(start: StartAgent) -> None:
    note(start(), "sales")
    engine = FakeEngine()
    engine.data["sales"] = (HEADER, [])
    engine.fails_with = WorkerDied("The worker ended.")
    admin = start(engine).admin()
    assert admin.get("/").status_code == 200
    assert upload(admin, "b.csv").status_code == 201
    assert set(engine.data) == {"b"}


def test_the_index_survives_restarts_and_damage(start: StartAgent) -> None:
    agent = start()
    upload(agent.admin(), "a.csv")
    (agent.settings.data_dir / "files.json").write_text("{")
    again = start(agent.engine)
    assert [file.name for file in again.services.library.all()] == ["a.csv"]
    for name in ("files.json", "files.json.bak"):
        (again.settings.data_dir / name).write_text("{")
    last = start(agent.engine)
    admin = last.admin()
    assert admin.get("/api/v1/files").status_code == 503
    assert upload(admin, "b.csv").status_code == 503
    assert last.client().get("/readyz").status_code == 503
    assert files(last) == {"a.csv"}

"""A file of a name that is there already: what changes is shown, and nothing is lost before."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from data_agent.asking.schema import Field, Join, Schema, Table
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.errors import StorageFull
from data_agent.values import Column
from data_agent.web.difference import difference, with_broken
from data_agent.web.file_names import free_name
from data_agent.web.questions import Question
from data_agent.web.waiting import KEEP_S, MOST

from tests.support.agent import HOST, Agent, StartAgent, TestClient, upload

OWN = {"Origin": HOST}
OLD = "city,amount,sold\nBonn,2,2025-01-01\nCologne,3,2025-01-02\n"
NEW = "city,amount,channel\nBonn,two,web\nCologne,3,shop\nEssen,4,web\n"


def send(client: TestClient, name: str, text: str, how: str = "ask") -> Any:
    files = {"file": (name, text.encode(), "text/csv")}
    return client.post(f"/api/v1/files?if_exists={how}", files=files, headers=OWN)


def hold(client: TestClient, name: str, text: str) -> str:
    answer = send(client, name, text)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["files"][0]["waiting"])


def rows(client: TestClient) -> dict[str, int]:
    return {t["name"]: t["rows"] for t in client.get("/api/v1/tables").json()["tables"]}


def held_files(agent: Agent) -> set[str]:
    assert (agent.settings.data_dir / "waiting").stat().st_mode & 0o777 == 0o700
    return {path.name for path in (agent.settings.data_dir / "waiting").iterdir()}


@pytest.fixture
def real(start: StartAgent, tmp_path: Path) -> Agent:
    agent = start(WorkerEngine(EngineSettings(data_dir=tmp_path, idle_s=60, readers=1)))
    assert upload(agent.admin(), "sales.csv", OLD).status_code == 201
    return agent


def test_what_changes_is_shown_and_the_old_table_stays_until_it_is_confirmed(real: Agent) -> None:
    admin = real.admin()
    for question in ("total amount by city", "how many rows", "how many rows by month"):
        plan = admin.post("/api/v1/ask", json={"question": question}).json()["plan"]
        admin.post("/api/v1/questions", json={"question": question, "plan": plan})
    statement = {"question": "by hand", "sql": 'SELECT max("sold") FROM sales'}
    admin.post("/api/v1/questions", json=statement)
    waiting = hold(admin, "Sales.csv", NEW)
    assert rows(admin) == {"sales": 2}
    found = admin.get(f"/api/v1/waiting/{waiting}").json()
    changes = found["difference"]
    assert (changes["rows_before"], changes["rows_after"]) == (2, 3)
    assert [column["name"] for column in changes["removed"]] == ["sold"]
    assert [column["name"] for column in changes["added"]] == ["channel"]
    assert [(c["name"], c["before"], c["after"]) for c in changes["retyped"]] == [
        ("amount", "BIGINT", "VARCHAR")
    ]
    assert {each["question"] for each in changes["broken"]} == {
        "by hand", "total amount by city", "how many rows by month",
    }  # fmt: skip
    page = admin.get(f"/data/waiting/{waiting}").text
    assert "1 column would go" in page and "3 saved answers would no longer work" in page
    assert "Waiting for a decision" in admin.get("/data").text
    done = admin.post(f"/data/waiting/{waiting}/replace", headers=OWN)
    assert done.status_code == 303
    assert "Imported as table" in admin.get(done.headers["location"]).text
    assert rows(admin) == {"sales": 3}
    assert [f["name"] for f in admin.get("/api/v1/files").json()["files"]] == ["Sales.csv"]
    assert held_files(real) == set()
    assert admin.get(f"/data/waiting/{waiting}").status_code == 404


def test_what_is_only_looked_at_is_in_no_list_and_cannot_be_asked_about(real: Agent) -> None:
    path = real.settings.data_dir / "upload"
    path.write_text(NEW)
    looked = {"filename": "sales.csv", "table": "_sales"}
    engine = real.engine
    real.portal.call(partial(engine.import_file, path, **looked))
    admin = real.admin()
    assert rows(admin) == {"sales": 2}
    refused = admin.post("/api/v1/sql", json={"sql": "SELECT * FROM _sales"})
    assert refused.status_code == 400 and "no table" in refused.json()["detail"]
    assert admin.get("/api/v1/tables/_sales/rows").status_code == 404
    hold(admin, "sales.csv", NEW)
    assert rows(admin) == {"sales": 2}
    real.portal.call(engine.drop_table, "_sales")


def test_deleting_says_which_saved_answers_go_with_the_table(real: Agent) -> None:
    admin = real.admin()
    question = {"question": "total amount by city"}
    plan = admin.post("/api/v1/ask", json=question).json()["plan"]
    admin.post("/api/v1/questions", json={**question, "plan": plan})
    file_id = admin.get("/api/v1/files").json()["files"][0]["id"]
    page = admin.get(f"/data/files/{file_id}").text
    assert "1 saved answer would no longer work" in page
    assert "would no longer work" not in real.user("bob").get(f"/data/files/{file_id}").text
    more = {"file": ("more.csv", OLD.encode(), "text/csv")}
    admin.post("/api/v1/files?append_to=sales", files=more, headers=OWN)
    added = admin.get("/api/v1/files").json()["files"][0]["id"]
    assert "would no longer work" not in admin.get(f"/data/files/{added}").text


def test_both_are_kept_or_the_new_one_is_discarded(agent: Agent) -> None:
    admin = agent.admin()
    upload(admin, "sales.csv", OLD)
    waiting = hold(admin, "sales.csv", NEW)
    kept = admin.post(f"/api/v1/waiting/{waiting}", json={"decision": "keep"})
    assert (kept.status_code, kept.json()["name"]) == (201, "sales (2).csv")
    assert rows(admin) == {"sales": 2, "sales_2": 3}
    again = hold(admin, "sales.csv", NEW)
    assert admin.delete(f"/api/v1/waiting/{again}").status_code == 204
    assert rows(admin) == {"sales": 2, "sales_2": 3}
    assert admin.post(f"/api/v1/waiting/{again}", json={"decision": "keep"}).status_code == 404
    assert held_files(agent) == set()
    third = hold(admin, "sales.csv", NEW)
    assert admin.post(f"/data/waiting/{third}/discard", headers=OWN).status_code == 303
    acts = [(a["what"], a["on"]) for a in admin.get("/api/v1/audit").json()["acts"]]
    assert acts[0] == ("discarded an upload", "sales.csv")
    assert ("decided on an upload", "sales (2).csv") in acts


def test_a_script_replaces_at_once_and_is_told_the_difference(agent: Agent) -> None:
    admin = agent.admin()
    assert "replaced" not in upload(admin, "sales.csv", OLD).json()["files"][0]
    (entry,) = upload(admin, "sales.csv", NEW).json()["files"]
    assert [c["name"] for c in entry["replaced"]["removed"]] == ["sold"]
    assert (entry["replaced"]["rows_before"], entry["replaced"]["rows_after"]) == (2, 3)
    assert rows(admin) == {"sales": 3}
    (kept,) = send(admin, "sales.csv", OLD, "keep").json()["files"]
    assert (kept["name"], kept["table"]) == ("sales (2).csv", "sales_2")
    assert send(admin, "new.csv", OLD, "ask").status_code == 201
    assert send(admin, "sales.csv", OLD, "perhaps").status_code == 422
    waiting = hold(admin, "sales.csv", OLD)
    for body in ({}, {"decision": "both"}, {"decision": ["keep"]}):
        assert admin.post(f"/api/v1/waiting/{waiting}", json=body).status_code == 422


def test_the_form_without_a_script_leads_to_the_decision(agent: Agent) -> None:
    admin = agent.admin()
    for text, target in ((OLD, "/data/files/"), (NEW, "/data/waiting/")):
        files = {"file": ("sales.csv", text.encode(), "text/csv")}
        answer = admin.post("/data", files=files, headers=OWN)
        assert answer.headers["location"].startswith(target)
    several = [("file", ("sales.csv", NEW.encode(), "")), ("file", ("b.csv", NEW.encode(), ""))]
    text = admin.post("/data", files=several, headers=OWN).text
    assert "your decision" in text and "imported" in text


def test_somebody_elses_file_is_not_replaced_but_both_can_be_kept(agent: Agent) -> None:
    upload(agent.admin(), "sales.csv", OLD)
    bob, eve = agent.user("bob"), agent.user("eve")
    waiting = hold(bob, "sales.csv", NEW)
    page = bob.get(f"/data/waiting/{waiting}").text
    assert "It cannot replace" in page and f"{waiting}/replace" not in page
    assert bob.post(f"/data/waiting/{waiting}/replace", headers=OWN).status_code == 403
    assert eve.get(f"/data/waiting/{waiting}").status_code == 404
    assert eve.delete(f"/api/v1/waiting/{waiting}").status_code == 404
    assert agent.admin().get(f"/api/v1/waiting/{waiting}").status_code == 200
    assert bob.post(f"/data/waiting/{waiting}/keep", headers=OWN).status_code == 303
    assert rows(bob) == {"sales": 2, "sales_2": 3}


def test_a_full_tier_may_replace_and_says_why_it_cannot_keep_both(start: StartAgent) -> None:
    agent = start(max_csv_files=1)
    admin = agent.admin()
    upload(admin, "sales.csv", OLD)
    waiting = hold(admin, "sales.csv", NEW)
    refused = admin.post(f"/data/waiting/{waiting}/keep", headers=OWN)
    assert refused.status_code == 409 and "1 of 1 CSV files" in refused.text
    assert admin.post(f"/data/waiting/{waiting}/replace", headers=OWN).status_code == 303


def test_what_fails_keeps_the_upload_and_a_broken_one_does_not_wait(agent: Agent) -> None:
    admin = agent.admin()
    upload(admin, "sales.csv", OLD)
    assert send(admin, "sales.csv", "broken").status_code == 400
    assert send(admin, "sales.csv", "").status_code == 400
    waiting = hold(admin, "sales.csv", NEW)
    agent.engine.fails_with = StorageFull("No room.")
    full = admin.post(f"/data/waiting/{waiting}/replace", headers=OWN)
    assert full.status_code == 507 and "No room." in full.text
    assert rows(admin) == {"sales": 2}
    assert admin.post(f"/data/waiting/{waiting}/replace", headers=OWN).status_code == 303
    assert list(agent.engine.data) == ["sales"]
    assert not list((agent.settings.data_dir / "files").glob(".*"))


def test_uploads_wait_across_a_restart_three_days_and_ten_at_most(start: StartAgent) -> None:
    agent = start()
    admin = agent.admin()
    for number in range(MOST + 1):
        upload(admin, f"{number}.csv", OLD)
    for number in range(MOST):
        hold(admin, f"{number}.csv", NEW)
    assert send(admin, f"{MOST}.csv", NEW).status_code == 409
    hold(agent.user("bob"), "0.csv", NEW)  # everybody has places of their own
    hold(admin, "0.csv", OLD)  # the earlier one of that name and person goes
    stray = agent.settings.data_dir / "waiting" / "stray"
    stray.write_text("of a kill")
    agent = start(agent.engine)
    admin = agent.admin()
    assert not stray.exists()
    found = admin.get("/api/v1/waiting").json()["waiting"]
    assert len(found) == MOST + 1
    rows_of = {(each["by"], each["name"]): each["rows"] for each in found}
    assert (rows_of["admin", "0.csv"], rows_of["bob", "0.csv"]) == (2, 3)
    agent.clock.seconds += KEEP_S
    assert agent.admin().get("/api/v1/waiting").json()["waiting"] == []
    assert held_files(agent) == set()


def test_when_the_old_file_was_deleted_meanwhile_the_new_one_is_taken_in(agent: Agent) -> None:
    admin = agent.admin()
    file_id = upload(admin, "sales.csv", OLD).json()["files"][0]["id"]
    waiting = hold(admin, "sales.csv", NEW)
    admin.delete(f"/api/v1/files/{file_id}")
    assert "Take it in" in admin.get(f"/data/waiting/{waiting}").text
    assert admin.post(f"/data/waiting/{waiting}/replace", headers=OWN).status_code == 303
    assert rows(admin) == {"sales": 3}


def test_nothing_is_made_before_an_upload_waits(agent: Agent) -> None:
    assert agent.admin().get("/api/v1/waiting").json() == {"waiting": []}
    assert not (agent.settings.data_dir / "waiting").exists()


def test_names_are_escaped(agent: Agent) -> None:
    admin = agent.admin()
    name = "<b>x.csv"
    upload(admin, name, "<i>a,b\n1,2\n")
    waiting = hold(admin, name, "<u>a,b\n1,2\n")
    page = admin.get(f"/data/waiting/{waiting}").text
    assert not re.search("<[biu]>", page)


SCHEMA = Schema(
    (
        Table(
            "orders",
            (Field("customer_id", "BIGINT", "number"), Field("amount", "DOUBLE", "number")),
            joins=(Join("customer_id", "customers", "id"),),
            foreign=(
                Field("customers.city", "VARCHAR", "text", source="customers", column="city"),
            ),
        ),
        Table("customers", (Field("id", "BIGINT", "number"), Field("city", "VARCHAR", "text"))),
    )
)
BY_CITY = {
    "table": "orders",
    "measure": {"function": "sum", "column": "amount"},
    "group": {"column": "customers.city"},
}


@pytest.mark.parametrize(
    ("table", "after", "broken"),
    [
        ("customers", ("id", "city", "name"), False),
        ("customers", ("id", "town"), True),
        ("customers", ("number", "city"), True),
        ("orders", ("amount", "customer_id"), False),
        ("orders", ("amount", "client_id"), True),
    ],
)
def test_answers_over_two_tables_break_with_either(
    table: str, after: tuple[str, ...], broken: bool
) -> None:
    types = {"city": "VARCHAR", "town": "VARCHAR", "name": "VARCHAR"}
    columns = tuple(Column(name, types.get(name, "BIGINT")) for name in after)
    saved = Question("1", "amount by city", "bob", 0, plan=BY_CITY)
    before = tuple(Column(f.name, f.type) for f in SCHEMA.table(table).fields)
    found = difference(before, columns, rows=(1, 1))
    assert bool(with_broken(found, [saved], SCHEMA, table, columns).broken) is broken


def test_an_answer_that_is_broken_already_is_not_counted() -> None:
    saved = Question("1", "old", "bob", 0, plan={"table": "orders", "part": ["gone"]})
    found = difference((), (), rows=(0, 0))
    assert with_broken(found, [saved], SCHEMA, "orders", ()).broken == ()


@pytest.mark.parametrize(
    ("name", "taken", "free"),
    [
        ("a.csv", ["a.csv"], "a (2).csv"),
        ("a.csv", ["A.csv", "A (2).CSV"], "a (3).csv"),
        ("a", ["a"], "a (2)"),
        ("a.csv.gz", [], "a (2).csv.gz"),
    ],
)
def test_the_other_name(name: str, taken: list[str], free: str) -> None:
    assert free_name(name, taken) == free

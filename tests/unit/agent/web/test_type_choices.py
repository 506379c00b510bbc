"""A column type is chosen, refused, confirmed, undone, remembered, and recovered after kill -9."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from data_agent.errors import DoesNotFit
from data_agent.ports import AS_FOUND
from data_agent.values import ColumnReport, ImportReport, Reading

from tests.support.agent import HOST, Agent, StartAgent, upload
from tests.support.fake_engine import FakeEngine

OWN = {"Origin": HOST}


class Choosy(FakeEngine):
    """Refuses numbers unless told that misfits may go; reports what was chosen."""

    async def import_file(
        self, path: Path, *, filename: str, table: str, reading: Reading = AS_FOUND
    ) -> ImportReport:
        if reading.refuse and "number" in reading.choices.values():
            raise DoesNotFit("1 value of a is not numbers: line 2 “x”.")
        found = await super().import_file(path, filename=filename, table=table, reading=reading)
        columns = tuple(
            ColumnReport(c.name, c.type, c.why, c.name, reading.choices.get(c.name, ""), ())
            for c in found.columns
        )
        return ImportReport(table, found.rows_in, found.rows_kept, 0, (), columns, "utf-8", ",")


@pytest.fixture
def agent(start: StartAgent) -> Agent:
    return start(Choosy())


def choices(agent: Agent) -> dict[str, str]:
    return dict(agent.engine.readings[-1].choices)


def patch(client: Any, file_id: str, **body: Any) -> Any:
    return client.patch(f"/api/v1/files/{file_id}", json=body)


def test_a_choice_is_kept_undone_and_remembered_for_the_next_upload(agent: Agent) -> None:
    admin = agent.admin()
    file_id = upload(admin, "sales.csv").json()["files"][0]["id"]
    assert patch(admin, file_id, types={"a": "date_dmy"}).json()["choices"] == {"a": "date_dmy"}
    assert patch(admin, file_id, types={"b": "text"}).json()["choices"] == {
        "a": "date_dmy",
        "b": "text",
    }
    assert patch(admin, file_id, undo=True).json()["choices"] == {"a": "date_dmy"}
    upload(admin, "sales.csv", "a,b\n5,6\n")
    assert choices(agent) == {"a": "date_dmy"}
    file_id = admin.get("/api/v1/files").json()["files"][0]["id"]
    assert patch(admin, file_id, types={"a": "automatic"}).json()["choices"] == {}


def test_what_does_not_fit_is_refused_until_confirmed_and_not_confirmed_for_later(
    agent: Agent,
) -> None:
    admin = agent.admin()
    file_id = upload(admin, "sales.csv").json()["files"][0]["id"]
    refused = patch(admin, file_id, types={"a": "number"})
    assert (refused.status_code, refused.json()["title"]) == (409, "Some values do not fit")
    assert admin.get(f"/api/v1/files/{file_id}").json()["choices"] == {}
    assert not (agent.settings.data_dir / "files" / ".pending").exists()
    assert patch(admin, file_id, types={"a": "number"}, confirm=True).status_code == 200
    assert choices(agent) == {"a": "number lossy"}
    upload(admin, "sales.csv")
    assert choices(agent) == {"a": "number"}
    assert agent.engine.readings[-1].refuse is False


@pytest.mark.parametrize("body", [{}, {"types": {}}, {"types": {"a": "float"}}, {"types": "a"}])
def test_impossible_choices_are_explained(agent: Agent, body: dict[str, Any]) -> None:
    admin = agent.admin()
    file_id = upload(admin, "sales.csv").json()["files"][0]["id"]
    assert patch(admin, file_id, **body).status_code == 422


def test_the_page_offers_the_types_asks_and_undoes(agent: Agent) -> None:
    admin = agent.admin()
    file_id = upload(admin, "sales.csv").json()["files"][0]["id"]
    page = f"/data/files/{file_id}"
    assert "date, day first" in admin.get(page).text
    asked = admin.post(f"{page}/types", data={"column": "a", "kind": "number"}, headers=OWN)
    assert asked.status_code == 409
    assert "Make them empty" in asked.text and "line 2" in asked.text
    fields = {"column": "a", "kind": "number", "confirm": "1"}
    done = admin.post(f"{page}/types", data=fields, headers=OWN)
    assert (done.status_code, done.headers["location"]) == (303, f"{page}?changed=1#columns")
    assert "Undo" in admin.get(f"{page}?changed=1").text
    admin.post(f"{page}/types", data={"undo": "1"}, headers=OWN)
    assert choices(agent) == {}


def test_a_change_that_broke_off_goes_back_to_the_acknowledged_choices(start: StartAgent) -> None:
    agent = start(Choosy())
    admin = agent.admin()
    file_id = upload(admin, "sales.csv").json()["files"][0]["id"]
    patch(admin, file_id, types={"a": "text"})
    data = agent.settings.data_dir
    (data / "files" / ".pending").write_text(json.dumps({"table": "sales"}))
    (data / "reports" / f"{file_id}.json").write_text("{}")
    again = start(Choosy())
    assert choices(again) == {"a": "text"}
    report = again.admin().get(f"/api/v1/files/{file_id}").json()["report"]
    assert [c["choice"] for c in report["columns"]] == ["text", ""]


def test_others_see_how_a_file_was_read_and_no_forms_to_change_it(agent: Agent) -> None:
    file_id = upload(agent.admin(), "sales.csv").json()["files"][0]["id"]
    mine, theirs = (
        each.get(f"/data/files/{file_id}").text for each in (agent.admin(), agent.user("bob"))
    )
    for words, forms in ((mine, True), (theirs, False)):
        assert "as it is" in words
        assert ("Read a as" in words) is forms
        assert ("Delete this file" in words) is forms

"""Downloads: every format of a table, a statement, a plan and a saved answer."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from data_agent.errors import TooLarge
from data_agent.values import Answer

from tests.support.agent import Agent, StartAgent, upload
from tests.support.fake_engine import FakeEngine

EXPORT = "/api/v1/export"
PLAN = '{"table":"sales"}'


@pytest.mark.parametrize("path", [EXPORT, "/export"])
def test_an_answer_is_exported_as_json(agent: Agent, path: str) -> None:
    query = {"plan": PLAN, "format": "json", "name": "total / by region?"}
    answer = agent.admin().get(path, params=query)
    assert answer.headers["content-type"] == "application/json"
    assert "total%20by%20region.json" in answer.headers["content-disposition"]
    assert answer.json()["rows"] == [[-1, "=1+1"]]
    assert answer.json()["columns"][0] == {"name": "n", "type": "BIGINT"}


def test_a_table_is_exported_as_json(agent: Agent) -> None:
    admin = agent.admin()
    upload(admin, text="a,b\n" + "".join(f"{n},x\n" for n in range(5)))
    answer = admin.get(EXPORT, params={"table": "sales", "format": "json"})
    assert answer.json()["rows"] == [[str(n), "x"] for n in range(5)]
    upload(admin, "none.csv", "a,b\n")
    empty = admin.get(EXPORT, params={"table": "none", "format": "json"})
    assert empty.json()["rows"] == []


def test_parquet_comes_from_the_worker_and_leaves_nothing_behind(agent: Agent) -> None:
    admin = agent.admin()
    answer = admin.get(EXPORT, params={"sql": "SELECT 1", "format": "parquet"})
    assert answer.content == b"PAR1"
    assert admin.get(EXPORT, params={"sql": "DELETE", "format": "parquet"}).status_code == 400
    assert not list(agent.settings.data_dir.glob(".export-*"))


def test_the_picture_is_an_image_of_its_own(agent: Agent) -> None:
    admin = agent.admin()
    answer = admin.get(EXPORT, params={"plan": PLAN, "format": "svg"})
    assert answer.headers["content-type"] == "image/svg+xml"
    root = ElementTree.fromstring(answer.text)
    assert root.attrib["width"] == "880"
    texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "<b>South</b>" in texts
    assert admin.get(EXPORT, params={"table": "sales", "format": "svg"}).status_code == 422


def test_a_saved_answer_is_exported_by_its_id(agent: Agent) -> None:
    admin = agent.admin()
    made = admin.post("/api/v1/questions", json={"question": "Total", "plan": json.loads(PLAN)})
    answer = admin.get(EXPORT, params={"question": made.json()["id"]})
    assert answer.text == "n,t\r\n-1,'=1+1\r\n"
    assert "Total.csv" in answer.headers["content-disposition"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"sql": "SELECT 1", "table": "sales"},
        {"sql": "SELECT 1", "format": "xls"},
        {"plan": "["},
        {"question": "none"},
        {"table": "nothing"},
    ],
)
def test_what_cannot_be_exported_says_why(agent: Agent, query: dict[str, str]) -> None:
    answer = agent.admin().get(EXPORT, params=query)
    assert answer.status_code in (404, 422)
    assert answer.json()["detail"]


def test_the_answer_page_offers_every_format(agent: Agent) -> None:
    admin = agent.admin()
    text = admin.get("/", params={"q": "total"}).text
    for kind in ("csv", "json", "parquet", "svg"):
        assert f"&amp;format={kind}&amp;" in text


class Full(FakeEngine):
    """Every answer has more rows than are shown; no text has room, and Parquet has."""

    async def run_plan(self, plan: dict[str, object]) -> Answer:
        answer = await super().run_plan(plan)
        return replace(answer, result=replace(answer.result, truncated=True))

    async def write_export(self, statement: str, path: Path, *, kind: str) -> None:
        await super().write_export(statement, path, kind=kind)
        if kind != "parquet":
            raise TooLarge("As csv these rows have more than there is room for.")


def test_what_has_no_room_is_said_before_never_cut_and_is_offered_as_parquet(
    start: StartAgent,
) -> None:
    agent = start(Full())
    admin = agent.admin()
    page = admin.get("/", params={"q": "total", "plan": PLAN}).text
    assert "A download has all rows" in page and "5 minutes" in page and "512 MB" in page
    assert admin.get(EXPORT, params={"plan": PLAN}).status_code == 413
    refused = admin.get("/export", params={"plan": PLAN, "name": "a & b"})
    assert refused.status_code == 413 and "Parquet" in refused.text
    (instead,) = re.findall(r'href="(/export[^"]+)" download', refused.text)
    assert admin.get(unescape(instead)).content == b"PAR1"
    assert not list(agent.settings.data_dir.glob(".export-*"))


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_a_download_says_how_long_it_is(agent: Agent, kind: str) -> None:
    answer = agent.admin().get(EXPORT, params={"plan": PLAN, "format": kind})
    assert answer.headers["content-length"] == str(len(answer.content))
    assert not list(agent.settings.data_dir.glob(".export-*"))

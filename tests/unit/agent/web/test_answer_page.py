"""The answer page: chips that lead to other plans, rows in pages, and every address usable."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

from data_agent.values import Answer, Column, QueryResult

from tests.support.agent import Agent, TestClient, upload

PLAN: dict[str, object] = {
    "table": "sales",
    "measure": {"function": "count", "column": None},
    "filters": ({"column": "a", "operator": "eq", "values": ("x & y",)},),
    "group": {"column": "b", "bucket": None},
    "order": None,
    "limit": None,
}


def answered(agent: Agent, rows: int = 2) -> TestClient:
    admin = agent.admin()
    upload(admin)
    columns = (Column("b", "VARCHAR"), Column("number of rows", "BIGINT"))
    result = QueryResult(columns, tuple((f"r{n:03}", n) for n in range(rows)), False, 3)
    agent.engine.answer = Answer("Many rows.", PLAN, "SELECT 1", result)
    return admin


def links(text: str, part: str) -> list[str]:
    return [unescape(each) for each in re.findall(rf'<a [^>]*href="([^"]*)"[^>]*>{part}</a>', text)]


def plan_of(url: str) -> dict[str, object]:
    plan: dict[str, object] = json.loads(parse_qs(urlsplit(url).query)["plan"][0])
    return plan


def test_a_chip_is_taken_away_by_its_link(agent: Agent) -> None:
    admin = answered(agent)
    text = admin.get("/", params={"q": "rows by b"}).text
    without_filter, without_group = links(text, "×")
    assert "filters" not in plan_of(without_filter) and "group" in plan_of(without_filter)
    assert "group" not in plan_of(without_group) and "filters" in plan_of(without_group)
    assert admin.get(without_filter).status_code == 200
    assert agent.engine.plan == plan_of(without_filter)


def test_a_chip_is_changed_by_a_link_and_the_question_says_how(agent: Agent) -> None:
    admin = answered(agent)
    text = admin.get("/", params={"q": "rows by b"}).text
    (url,) = links(text, "a is not x &amp; y")
    assert plan_of(url)["filters"] == [{"column": "a", "operator": "ne", "values": ["x & y"]}]
    assert parse_qs(urlsplit(url).query)["q"] == [
        "number of rows in sales by b where a is not x & y"
    ]
    assert 'value="number of rows in sales by b where a is not x &amp; y"' in admin.get(url).text


def test_a_plan_that_no_longer_fits_says_so(agent: Agent) -> None:
    admin = agent.admin()
    answer = admin.get("/", params={"q": "x", "plan": '{"table":"gone"}'})
    assert answer.status_code == 422
    assert "no longer fits" in answer.text
    for bad in ("[", "[1]", "[" * 5000):
        assert admin.get("/", params={"q": "x", "plan": bad}).status_code == 422


def test_running_a_plan_is_no_question_of_today(agent: Agent) -> None:
    admin = answered(agent)
    before = agent.services.daily.used
    admin.get("/", params={"q": "x", "plan": json.dumps(PLAN)})
    assert agent.services.daily.used == before
    admin.get("/", params={"q": "x"})
    assert agent.services.daily.used == before + 1


def test_rows_come_in_pages_that_can_be_sorted(agent: Agent) -> None:
    admin = answered(agent, rows=120)
    text = admin.get("/", params={"q": "rows by b"}).text
    assert "Rows 1 to 50 of 120" in text and "r049" in text and "r050" not in text
    (following,) = links(text, "Next")
    assert "Rows 51 to 100 of 120" in admin.get(following).text
    (by_number,) = links(text, "number of rows")[-1:]
    sorted_text = admin.get(by_number).text
    assert 'aria-sort="descending"' in sorted_text and "r119" in sorted_text
    assert admin.get("/", params={"q": "x", "page": "no"}).status_code == 422


def test_more_rows_than_are_shown_are_never_hidden(agent: Agent) -> None:
    admin = answered(agent)
    result = QueryResult((Column("a", "VARCHAR"),), (("x",), ("y",)), truncated=True)
    agent.engine.answer = Answer("Some.", {}, "SELECT a FROM sales", result)
    assert "The first 2 rows of more" in admin.get("/", params={"q": "list"}).text


def test_the_run_time_and_the_source_are_shown(agent: Agent) -> None:
    admin = answered(agent)
    assert "in 3 ms" in admin.get("/", params={"q": "rows by b"}).text


def test_a_follow_up_keeps_the_plan_before(agent: Agent) -> None:
    admin = answered(agent)
    text = admin.get("/", params={"q": "rows by b"}).text
    found = re.search(r'name="previous" value="([^"]*)"', text)
    assert found
    previous = json.loads(unescape(found[1]))
    assert previous["group"]["column"] == "b"
    admin.get("/", params={"q": "only 2025", "previous": json.dumps(previous)})
    assert agent.engine.previous == previous

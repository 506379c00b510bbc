"""Saved answers: kept with their plan, run again at each look, shared by link."""

from __future__ import annotations

import re

import pytest
from data_agent.errors import QueryFailed

from tests.support.agent import HOST, Agent, StartAgent, TestClient, upload

OWN = {"Origin": HOST}
PLAN = '{"table":"sales"}'


def save(client: TestClient, question: str = "total by region", plan: str = PLAN) -> str:
    fields = {"question": question, "plan": plan}
    answer = client.post("/questions", data=fields, headers=OWN)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).removesuffix("?new=1")


def test_an_answer_is_saved_with_its_plan_and_shown_anew(agent: Agent) -> None:
    admin = agent.admin()
    text = admin.get("/", params={"q": "total"}).text
    assert 'name="plan" value="{&#34;table&#34;:&#34;sales&#34;}"' in text
    url = save(admin)
    shown = admin.get(url)
    assert "North sold most." in shown.text and "<svg" in shown.text
    assert agent.engine.plan == {"table": "sales"}
    assert f'value="{HOST}{url}"' in shown.text


def test_every_user_of_the_customer_can_open_the_link_and_nobody_else(agent: Agent) -> None:
    url = save(agent.admin())
    assert agent.user("bob").get(url).status_code == 200
    answer = agent.client().get(url)
    assert answer.headers["location"].startswith("/login?next=%2Fanswers%2F")


def test_the_board_runs_all_and_a_failure_stays_in_its_place(agent: Agent) -> None:
    admin = agent.admin()
    save(admin, "fine one")
    save(admin, "lost one", '{"table":"gone"}')
    text = admin.get("/answers").text
    assert "fine one" in text and "North sold most." in text
    assert "no longer fits your tables" in text


def test_one_that_takes_too_long_stays_in_its_place(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = agent.admin()
    save(admin)
    agent.engine.hangs = True
    monkeypatch.setattr("data_agent.web.board.DEADLINE_S", 0.05)
    answer = admin.get("/answers")
    assert answer.status_code == 200
    assert "Stopped after 0.05 seconds" in answer.text


def test_the_board_has_pages_and_teaches_when_empty(agent: Agent) -> None:
    admin = agent.admin()
    assert "Nothing saved yet" in admin.get("/answers").text
    for number in range(13):
        save(admin, f"question {number}")
    first = admin.get("/answers").text
    assert "question 12" in first and "question 0<" not in first
    assert "question 0<" in admin.get("/answers?page=2").text


def test_the_same_words_are_saved_once_with_the_newest_plan(agent: Agent) -> None:
    admin = agent.admin()
    first = save(admin)
    assert save(admin, "Total  by region", '{"table":"other"}') == first
    (entry,) = admin.get("/api/v1/questions").json()["questions"]
    assert entry["plan"] == {"table": "other"}


def test_own_answers_and_for_admins_all_can_be_removed(agent: Agent) -> None:
    admin, bob = agent.admin(), agent.user("bob")
    url, own = save(admin), save(bob, "of bob")
    assert "Remove from" not in bob.get(url).text
    path = url.replace("/answers/", "/questions/") + "/delete"
    assert bob.post(path, headers=OWN).status_code == 403
    assert bob.delete("/api/v1" + url.replace("answers", "questions")).status_code == 403
    assert admin.post(path, headers=OWN).status_code == 303
    assert admin.delete("/api/v1" + own.replace("answers", "questions")).status_code == 204
    assert admin.get(url).status_code == 404


def test_the_api_saves_shows_and_answers(start: StartAgent) -> None:
    admin = start().admin()
    made = admin.post("/api/v1/questions", json={"question": "total", "plan": {"table": "sales"}})
    assert made.status_code == 201
    path = f"/api/v1/questions/{made.json()['id']}"
    admin = start().admin()  # kept across a restart
    assert admin.get(path).json() == made.json()
    assert admin.get(f"{path}/answer").json()["answered"] is True
    sql = admin.post("/api/v1/questions", json={"question": "ones", "sql": "SELECT 1"}).json()
    rows = admin.get(f"/api/v1/questions/{sql['id']}/answer").json()["rows"]
    assert rows == [[-1, "=1+1"]]
    bad = admin.post("/api/v1/questions", json={"question": "x", "plan": [1]})
    assert bad.status_code == 422
    assert admin.get("/api/v1/questions/none/answer").status_code == 404


def test_a_question_saved_long_ago_as_words_is_still_answered(agent: Agent) -> None:
    admin = agent.admin()
    made = admin.post("/api/v1/questions", json={"question": "total"}).json()
    assert "North sold most." in admin.get(f"/answers/{made['id']}").text
    words = admin.post("/api/v1/questions", json={"question": "weather"}).json()
    assert "cannot be answered any more" in admin.get(f"/answers/{words['id']}").text


def test_the_front_page_lists_the_newest(agent: Agent) -> None:
    admin = agent.admin()
    upload(admin)
    url = save(admin)
    assert re.search(rf'href="{url}">total by region<', admin.get("/").text)


def test_an_answer_whose_query_fails_says_why(agent: Agent) -> None:
    admin = agent.admin()
    url = save(admin)
    agent.engine.fails_with = QueryFailed("No such column.")
    answer = admin.get(url)
    assert answer.status_code == 400 and "No such column." in answer.text

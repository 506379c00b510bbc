"""Thumbs: an answer marked right answers questions like it, one marked wrong says so."""

from __future__ import annotations

import pytest
from data_agent.asking.likeness import likeness_key
from data_agent.errors import Invalid, QueryFailed

from tests.support.agent import HOST, Agent, StartAgent, TestClient

OWN = {"Origin": HOST}
PLAN = {"table": "sales"}


def mark(client: TestClient, question: str, *, good: bool, **answer: object) -> None:
    body = {"question": question, "good": good, **(answer or {"plan": PLAN})}
    assert client.post("/api/v1/verdicts", json=body).status_code == 201


def ask(client: TestClient, question: str, **more: object) -> dict[str, object]:
    answer: dict[str, object] = client.post(
        "/api/v1/ask", json={"question": question, **more}
    ).json()
    return answer


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("total revenue by city", "show me the total revenue per city"),
        ("How many orders?", "number of orders"),
        ("Average price in 2024", "in 2024, what is the mean price?"),
    ],
)
def test_questions_that_ask_the_same(one: str, other: str) -> None:
    assert likeness_key(one) == likeness_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("revenue in Cologne", "revenue in Bonn"),
        ("orders in 2024", "orders in 2025"),
        ("orders over 5", "orders not over 5"),
        ("total price", "average price"),
        ("top 5 cities", "top 10 cities"),
    ],
)
def test_questions_that_do_not(one: str, other: str) -> None:
    assert likeness_key(one) != likeness_key(other)


def test_a_question_like_a_verified_one_is_answered_with_its_plan(start: StartAgent) -> None:
    mark(start().user("bob"), "total sales by region", good=True)
    agent = start()  # kept across a restart
    answer = ask(agent.admin(), "show me the total of sales per region")
    assert answer["source"] == "verified"
    assert agent.engine.plan == PLAN
    assert "bob marked" in str(answer["notes"])
    assert ask(agent.admin(), "total sales by product")["source"] == "grammar"
    assert (
        ask(agent.admin(), "total sales by region", previous={"table": "x"})["source"] == "grammar"
    )


@pytest.mark.parametrize("error", [Invalid("gone"), QueryFailed("no such column")])
def test_a_verified_answer_that_no_longer_fits_is_passed_over(
    agent: Agent, error: Exception
) -> None:
    admin = agent.admin()
    mark(admin, "total sales", good=True)
    agent.engine.fails_with = error
    assert ask(admin, "total sales")["source"] == "grammar"


def test_a_statement_can_be_verified_too(agent: Agent) -> None:
    admin = agent.admin()
    mark(admin, "ones", good=True, sql="SELECT 1")
    assert ask(admin, "ones")["rows"] == [[-1, "=1+1"]]


def test_an_answer_marked_wrong_says_so_and_marked_right_again_does_not(agent: Agent) -> None:
    admin = agent.admin()
    mark(admin, "total sales", good=False)
    assert "marked this answer as wrong" in str(ask(admin, "total sales")["notes"])
    assert "marked this answer as wrong" not in str(ask(admin, "sales of today")["notes"])
    mark(admin, "total sales", good=True)
    assert "wrong" not in str(ask(admin, "total sales")["notes"])


def test_the_page_marks_and_leads_back_to_the_answer(agent: Agent) -> None:
    admin = agent.admin()
    assert "Is this right?" in admin.get("/", params={"q": "total"}).text
    fields = {"question": "total", "plan": '{"table":"sales"}', "good": "yes"}
    answer = admin.post("/verdicts", data=fields, headers=OWN)
    assert answer.status_code == 303
    assert "Marked as right" in admin.get(answer.headers["location"]).text
    assert admin.post("/verdicts", data={**fields, "good": "?"}, headers=OWN).status_code == 422
    assert (
        admin.post("/verdicts", data={"question": "x", "good": "no"}, headers=OWN).status_code
        == 422
    )


def test_only_admins_list_and_remove_them(agent: Agent) -> None:
    admin, bob = agent.admin(), agent.user("bob")
    mark(bob, "total <b>", good=True)
    assert bob.get("/api/v1/verdicts").status_code == 403
    assert bob.get("/people/verdicts").status_code == 403
    text = admin.get("/people/verdicts").text
    assert "total &lt;b&gt;" in text and "no longer fits your tables" in text
    (entry,) = admin.get("/api/v1/verdicts").json()["verdicts"]
    assert bob.delete(f"/api/v1/verdicts/{entry['id']}").status_code == 403
    path = f"/people/verdicts/{entry['id']}/delete"
    assert admin.post(path, headers=OWN).status_code == 303
    assert admin.delete(f"/api/v1/verdicts/{entry['id']}").status_code == 404

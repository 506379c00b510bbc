"""Pages without a browser: what they say, that they escape, and that they need no script."""

from __future__ import annotations

import re

import pytest

from tests.support.agent import HOST, PASSWORD, Agent, StartAgent, TestClient, upload

OWN = {"Origin": HOST}


def test_a_page_without_session_leads_to_the_sign_in_and_back(agent: Agent) -> None:
    agent.admin()
    client = agent.client()
    answer = client.get("/data/tables/x?page=2")
    assert answer.headers["location"] == "/login?next=%2Fdata%2Ftables%2Fx%3Fpage%3D2"
    fields = {"username": "admin", "password": PASSWORD, "next": "/data/tables/x?page=2"}
    answer = client.post("/login", data=fields, headers=OWN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/data/tables/x?page=2")


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "", "/\r\nX: y"]
)
def test_the_sign_in_leads_to_no_other_site(agent: Agent, target: str) -> None:
    agent.admin()
    fields = {"username": "admin", "password": PASSWORD, "next": target}
    answer = agent.client().post("/login", data=fields, headers=OWN)
    assert answer.headers["location"] == "/"


def test_a_wrong_password_keeps_the_name_and_says_so(agent: Agent) -> None:
    fields = {"username": '"><script>', "password": "wrong"}
    answer = agent.client().post("/login", data=fields, headers=OWN)
    assert answer.status_code == 401
    assert "password is wrong" in answer.text
    assert "<script>" not in answer.text.replace("<script src=", "")


def test_no_page_has_inline_script_or_style(agent: Agent) -> None:
    admin = agent.admin()
    upload(admin, "sales.csv")
    upload(admin, "sales.csv")
    pages = ["/", "/data", "/sql", "/people", "/account", "/password", "/data/tables/sales"]
    for path in [*pages, "/?q=total", "/?q=weather", "/nothing"]:
        text = admin.get(path).text
        assert not re.search(r"<script(?! src=)|<style|\son\w+=|\sstyle=|javascript:", text), path
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', text), path


def test_an_answer_has_its_sentence_chart_table_sql_and_follow_up(agent: Agent) -> None:
    admin = agent.admin()
    text = admin.get("/", params={"q": "total"}).text
    assert "North sold most." in text
    assert "<svg" in text and "12.5" in text
    assert "SELECT 1" in text
    assert "&lt;b&gt;South&lt;/b&gt;" in text and "<b>South" not in text
    previous = {"q": "and by month?", "previous": '{"table": "sales"}'}
    assert admin.get("/", params=previous).status_code == 200
    assert agent.engine.previous == {"table": "sales"}
    assert admin.get("/", params={"q": "x", "previous": "["}).status_code == 422


def test_a_question_without_answer_offers_others(agent: Agent) -> None:
    text = agent.admin().get("/", params={"q": "weather"}).text
    assert "no table about the weather" in text
    assert "/?q=how%20many%20rows" in text


def test_the_first_page_teaches_and_later_gives_examples_of_the_real_columns(agent: Agent) -> None:
    admin = agent.admin()
    assert "Upload a CSV file" in admin.get("/").text
    upload(admin, "sales.csv")
    assert "how many rows are in sales?" in admin.get("/").text


def test_questions_of_a_day_run_out_and_come_back(start: StartAgent) -> None:
    agent = start(questions_per_day=2)
    admin = agent.admin()
    assert [ask(admin) for _ in range(3)] == [200, 200, 429]
    agent = start(questions_per_day=2)
    admin = agent.admin()
    answer = admin.get("/", params={"q": "total"})
    assert answer.status_code == 429
    agent.clock.seconds += int(answer.headers["retry-after"])
    assert ask(agent.admin()) == 200


def ask(client: TestClient) -> int:
    return client.post("/api/v1/ask", json={"question": "total"}).status_code


def test_without_script_an_upload_leads_to_its_report(agent: Agent) -> None:
    admin = agent.admin()
    files = {"file": ("sales.csv", b"a,b\n1,2\n", "text/csv")}
    answer = admin.post("/data", files=files, headers=OWN)
    assert answer.status_code == 303
    report = admin.get(answer.headers["location"])
    assert "Imported as table" in report.text
    assert admin.post("/data", files={"file": ("x.csv", b"x", "")}, headers=OWN).status_code == 400


def test_people_are_added_reset_and_removed_by_forms(start: StartAgent) -> None:
    agent = start(max_users=2)
    admin = agent.admin()
    added = admin.post("/people", data={"username": "Bob", "role": "user"}, headers=OWN)
    first = re.search(r'id="secret"[^>]*value="([^"]+)"', added.text)
    assert first and "Added bob" in added.text
    bob = agent.client()
    agent.sign_in(bob, "bob", first[1])
    full = admin.post("/people", data={"username": "eve", "role": "user"}, headers=OWN)
    assert full.status_code == 409
    assert "2 of 2" in full.text
    again = admin.post("/people/bob/reset", headers=OWN)
    assert "New password for bob" in again.text
    assert bob.get("/api/v1/me").status_code == 401
    assert admin.post("/people/bob/role", data={"role": "admin"}, headers=OWN).status_code == 303
    assert admin.post("/people/bob/remove", headers=OWN).status_code == 303
    assert admin.post("/people/admin/remove", headers=OWN).status_code == 409


def test_tokens_are_shown_once_work_and_are_revoked(agent: Agent) -> None:
    admin = agent.admin()
    made = admin.post("/account/tokens", data={"name": "nightly"}, headers=OWN)
    secret = re.search(r'value="(da_[^"]+)"', made.text)
    assert secret
    assert secret[1] not in admin.get("/account").text
    script = agent.client(Authorization=f"Bearer {secret[1]}")
    assert script.get("/api/v1/me").json()["username"] == "admin"
    assert script.post("/api/v1/tokens", json={"name": "another"}).status_code == 403
    handle = admin.get("/api/v1/tokens").json()["tokens"][0]["id"]
    assert admin.post(f"/account/tokens/{handle}/revoke", headers=OWN).status_code == 303
    assert script.get("/api/v1/me").status_code == 401


def test_sessions_are_listed_and_ended(agent: Agent) -> None:
    here, there = agent.admin(), agent.admin()
    sessions = here.get("/api/v1/me/sessions").json()["sessions"]
    other = next(each["id"] for each in sessions if not each["current"])
    assert here.post(f"/account/sessions/{other}/end", headers=OWN).status_code == 303
    assert there.get("/api/v1/me").status_code == 401
    assert here.get("/api/v1/me").status_code == 200


def test_all_other_sessions_are_ended_at_once(agent: Agent) -> None:
    bob = agent.user("bob")
    here, *others = agent.admin(), agent.admin(), agent.admin()
    answer = here.post("/account/sessions/end", headers=OWN)
    assert answer.headers["location"] == "/account?done=sessions"
    assert [each.get("/api/v1/me").status_code for each in others] == [401, 401]
    there = agent.admin()
    assert here.delete("/api/v1/me/sessions").status_code == 204
    assert there.get("/api/v1/me").status_code == 401
    assert [each.get("/api/v1/me").status_code for each in (here, bob)] == [200, 200]


def test_removing_a_user_ends_their_sessions_and_tokens(agent: Agent) -> None:
    bob = agent.user("bob")
    token = bob.post("/api/v1/tokens", json={"name": "t"}).json()["token"]
    assert agent.admin().delete("/api/v1/users/bob").status_code == 204
    assert bob.get("/api/v1/me").status_code == 401
    assert agent.client(Authorization=f"Bearer {token}").get("/api/v1/me").status_code == 401


def test_questions_are_saved_once_and_shared(agent: Agent) -> None:
    admin, bob = agent.admin(), agent.user("bob")
    for words in ("total  by region", "Total by region"):
        assert admin.post("/questions", data={"question": words}, headers=OWN).status_code == 303
    (saved,) = bob.get("/api/v1/questions").json()["questions"]
    assert saved["question"] == "total by region"
    assert bob.delete(f"/api/v1/questions/{saved['id']}").status_code == 403
    assert admin.delete(f"/api/v1/questions/{saved['id']}").status_code == 204
    assert admin.get("/api/v1/questions").json()["questions"] == []

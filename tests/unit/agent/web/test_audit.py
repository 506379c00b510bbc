"""Who did what: written down once, kept across restarts, bounded, and with nothing secret in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from data_agent.people import audit
from data_agent.people.audit import AuditBook
from data_agent.web.api.routes import API
from data_agent.web.audit import ACTS, RESET, act_of
from data_agent.web.pages.routes import PAGES

from tests.support.agent import HOST, PASSWORD, Agent, StartAgent, TestClient, upload

OWN = {"Origin": HOST}
SECRET = "SELECT 'a secret in a statement'"


def acts(client: TestClient, **query: str) -> list[tuple[str, str, str]]:
    found = client.get("/api/v1/audit", params=query).json()["acts"]
    return [(act["who"], act["what"], act["on"]) for act in found]


def test_what_people_do_is_written_down(agent: Agent) -> None:
    admin = agent.admin()
    bob = agent.user("bob")
    upload(bob, "my sales.csv")
    bob.get("/", params={"q": "total"})
    bob.post("/api/v1/ask", json={"question": "weather"})
    bob.post("/api/v1/sql", json={"sql": SECRET})
    bob.get("/export", params={"sql": SECRET, "format": "json"})
    file = admin.get("/api/v1/files").json()["files"][0]["id"]
    admin.delete(f"/api/v1/files/{file}")
    admin.post("/people/bob/role", data={"role": "admin"}, headers=OWN)
    admin.delete("/api/v1/users/bob")
    assert acts(admin, who="bob") == [
        ("bob", "exported", "an answer as json"),
        ("bob", "ran SQL", ""),
        ("bob", "asked", ""),
        ("bob", "asked", ""),
        ("bob", "uploaded", "my sales.csv"),
        ("bob", "changed the password", ""),
        ("bob", "signed in", ""),
    ]
    assert acts(admin, who="admin")[:3] == [
        ("admin", "removed a user", "bob"),
        ("admin", "changed a user", "bob"),
        ("admin", "deleted a file", "my sales.csv"),
    ]
    assert ("admin", "added a user", "bob") in acts(admin)


def test_what_was_refused_or_only_looked_at_is_no_act(agent: Agent) -> None:
    admin = agent.admin()
    before = len(acts(admin))
    admin.get("/")
    admin.get("/", params={"q": "x", "plan": '{"table":"sales"}'})
    admin.get("/data")
    admin.post("/api/v1/sql", json={"sql": "DROP"})
    admin.delete("/api/v1/users/nobody")
    assert len(acts(admin)) == before


def test_a_failed_sign_in_names_only_people_that_there_are(agent: Agent) -> None:
    admin = agent.admin()
    for name in ("admin", "my password by mistake"):
        fields = {"username": name, "password": "wrong"}
        agent.client().post("/api/v1/session", json=fields)
        agent.client().post("/login", data=fields, headers=OWN)
    failed = acts(admin, what="sign-in failed")
    assert [who for who, _, _ in failed] == ["unknown", "unknown", "admin", "admin"]


def test_nothing_secret_is_in_the_file(agent: Agent) -> None:
    admin = agent.admin()
    admin.post("/api/v1/sql", json={"sql": SECRET})
    admin.get("/", params={"q": "the salary of Jane Doe"})
    fields = {"username": "nobody", "password": "hunter2 hunter2"}
    agent.client().post("/api/v1/session", json=fields)
    text = (agent.settings.data_dir / "audit.jsonl").read_text()
    for secret in (PASSWORD, "a secret", "Jane", "hunter2", "nobody"):
        assert secret not in text


def test_it_is_kept_across_a_restart_and_for_admins_only(start: StartAgent) -> None:
    start().user("bob")
    agent = start()
    admin, bob = agent.admin(), agent.client()
    assert ("admin", "added a user", "bob") in acts(admin)
    agent.sign_in(bob, "bob", PASSWORD)
    assert bob.get("/api/v1/audit").status_code == 403
    assert bob.get("/people/audit").status_code == 403


def test_the_page_filters_and_has_pages(agent: Agent) -> None:
    admin = agent.admin()
    for number in range(120):
        agent.services.audit.add("bob", "uploaded", on=f"<b>{number}.csv")
    text = admin.get("/people/audit?what=uploaded").text
    assert "&lt;b&gt;119.csv" in text and "&lt;b&gt;19.csv" not in text
    (older,) = re.findall(r'href="([^"]*)" rel="next"', text)
    assert "&lt;b&gt;19.csv" in admin.get("/people/audit" + older.replace("&amp;", "&")).text
    assert "Nothing that fits" in admin.get("/people/audit?who=nobody").text


def test_every_act_belongs_to_an_address_that_there_is() -> None:
    addresses = [(method, re.sub(r"\{[^}]*\}", "x", path)) for method, path, _ in (*API, *PAGES)]
    for method, pattern, act in ACTS:
        assert any(m == method and re.fullmatch(pattern, path) for m, path in addresses), act


def test_every_address_that_changes_something_is_an_act() -> None:
    for method, path, _ in (*API, *PAGES):
        scope = {"method": method, "path": re.sub(r"\{[^}]*\}", "x", path), "query_string": b""}
        assert method == "GET" or act_of(scope) is not None, (method, path)


def test_marks_saves_tokens_sessions_and_resets_are_written_down(agent: Agent) -> None:
    admin, bob = agent.admin(), agent.user("bob")
    plan = {"plan": {"table": "sales"}}
    saved = bob.post("/api/v1/questions", json={"question": "secret words", **plan}).json()["id"]
    bob.post("/questions", data={"question": "secret words", "plan": "{}"}, headers=OWN)
    mark = bob.post("/api/v1/verdicts", json={"question": "secret words", "good": False, **plan})
    fields = {"question": "secret words", "good": "yes", "plan": '{"table":"sales"}'}
    bob.post("/verdicts", data=fields, headers=OWN)
    bob.delete(f"/api/v1/questions/{saved}")
    token = bob.post("/api/v1/tokens", json={"name": "nightly"}).json()["id"]
    bob.delete(f"/api/v1/tokens/{token}")
    agent.sign_in(agent.client(), "bob", PASSWORD)
    for path in ("/api/v1/me/sessions/{}", "/account/sessions/{}/end"):
        session = bob.get("/api/v1/me/sessions").json()["sessions"][-1]["id"]
        method = "DELETE" if path.startswith("/api") else "POST"
        bob.request(method, path.format(session), headers=OWN)
    found = acts(admin, who="bob")
    assert found[::-1][2:] == [
        ("bob", "saved an answer", saved),
        ("bob", "saved an answer", saved),
        ("bob", "marked an answer", "wrong"),
        ("bob", "marked an answer", "right"),
        ("bob", "removed an answer", saved),
        ("bob", "made a token", "nightly"),
        ("bob", "revoked a token", "nightly"),
        ("bob", "signed in", ""),
        ("bob", "ended a session", ""),
        ("bob", "ended a session", ""),
    ]
    gone = admin.get("/api/v1/verdicts").json()["verdicts"][0]["id"]
    assert mark.status_code == 201
    admin.delete(f"/api/v1/verdicts/{gone}")
    admin.patch("/api/v1/users/bob", json={"reset_password": True})
    admin.post("/people/bob/reset", headers=OWN)
    assert [what for _, what, _ in acts(admin, who="admin")[:3]] == [RESET, RESET, "removed a mark"]
    assert "secret words" not in (agent.settings.data_dir / "audit.jsonl").read_text()


@pytest.mark.parametrize(
    ("query", "is_act"),
    [(b"", False), (b"q=total", True), (b"q=x&plan=%7B", False), (b"q=x&held=1", False)],
)
def test_only_a_question_in_words_is_asked(query: bytes, is_act: bool) -> None:
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": query}
    assert (act_of(scope) is not None) == is_act


def test_the_file_is_bounded_and_survives_a_broken_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MAX_BYTES", 2000)
    book = AuditBook(tmp_path, now=lambda: 1.0)
    for number in range(100):
        book.add("bob", "asked", on=str(number))
    assert book.path.stat().st_size + book.older.stat().st_size < 2 * 2000 + 400
    with book.path.open("a") as file:
        file.write('{"at": 1, "who"')  # what a power cut leaves
    book.add("bob", "asked", on="after")
    newest = book.newest()
    assert [act.on for act in newest[:2]] == ["after", "99"]
    assert len(newest) > 20


def test_a_full_disk_stops_nobody(tmp_path: Path) -> None:
    AuditBook(tmp_path / "not there", now=lambda: 1.0).add("bob", "asked")


def test_limits_are_shown_before_they_bite(start: StartAgent) -> None:
    agent = start(questions_per_day=5, max_users=3, max_csv_files=None)
    admin = agent.admin()
    for _ in range(4):
        admin.get("/", params={"q": "total"})
    limits = admin.get("/api/v1/limits").json()
    assert 0 < limits.pop("storage_bytes")["used"] < 10**6
    assert limits == {
        "users": {"used": 1, "allowed": 3},
        "csv_files": {"used": 0, "allowed": None},
        "questions_today": {"used": 4, "allowed": 5},
    }
    text = admin.get("/").text
    assert "4 of 5 questions of today used" in text and "quota near" in text
    assert "questions of today" not in start().admin().get("/").text


def test_files_users_and_storage_are_shown_before_they_are_full(start: StartAgent) -> None:
    agent = start(max_users=5, max_csv_files=5)
    admin = agent.admin()
    assert "0 of 5 CSV files" in admin.get("/data").text
    assert 'class="notice"' not in admin.get("/data").text + admin.get("/people").text
    for name in ("a", "b", "c"):
        upload(admin, f"{name}.csv")
        admin.post("/api/v1/users", json={"username": name})
    upload(admin, "d.csv")
    assert "4 of 5 CSV files are in use: room for 1 more." in admin.get("/data").text
    assert "4 of 5 users are in use: room for 1 more." in admin.get("/people").text
    agent = start(agent.engine, max_users=4, max_csv_files=4, disk_bytes=40_000)
    data, people = agent.admin().get("/data").text, agent.admin().get("/people").text
    assert "4 of 4 CSV files are in use. A file of a name" in data
    assert "nothing more can be taken in" in data
    assert "4 of 4 users are in use. Remove a user" in people


def test_questions_that_are_used_up_are_called_so(start: StartAgent) -> None:
    admin = start(questions_per_day=1).admin()
    admin.get("/", params={"q": "total"})
    refused = admin.post("/api/v1/ask", json={"question": "total"})
    assert refused.status_code == 429
    assert refused.json()["title"] == "All questions of today are used"
    assert refused.json()["retry_after_s"] > 0

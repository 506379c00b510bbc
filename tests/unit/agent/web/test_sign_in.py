"""Sign-in by API: the first password, the forced change, sessions, delays."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from tests.support.agent import PASSWORD, Agent, StartAgent, TestClient, upload

FIRST = "initial-admin-password"


def test_the_very_first_start_makes_one_admin_with_a_readable_secret(agent: Agent) -> None:
    path = agent.settings.data_dir / FIRST
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(agent.first_password) >= 20
    assert not set(agent.first_password) & set("0o1lIO")
    answer = agent.client().post(
        "/api/v1/session", json={"username": "admin", "password": agent.first_password}
    )
    assert answer.json() == {"username": "admin", "role": "admin", "must_change_password": True}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/me"),
        ("GET", "/api/v1/files"),
        ("POST", "/api/v1/ask"),
        ("GET", "/api/v1/x"),
    ],
)
def test_a_first_password_opens_nothing_but_its_own_change(
    agent: Agent, method: str, path: str
) -> None:
    client = agent.client()
    agent.sign_in(client, "admin", agent.first_password)
    answer = client.request(method, path, json={} if method == "POST" else None)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:data-agent:problem:password-must-change"
    assert "/api/v1/me/password" in answer.json()["hint"]


def test_a_first_password_leads_every_page_to_its_change(agent: Agent) -> None:
    client = agent.client()
    agent.sign_in(client, "admin", agent.first_password)
    for page in ("/", "/data", "/sql", "/people", "/account"):
        assert client.get(page).headers["location"] == "/password"
    assert client.get("/password").status_code == 200
    assert client.get("/static/style.css").status_code == 200


def test_changing_the_first_password_deletes_its_file_and_opens_the_rest(agent: Agent) -> None:
    client = agent.admin()
    assert not (agent.settings.data_dir / FIRST).exists()
    assert client.get("/api/v1/me").json()["must_change_password"] is False


@pytest.mark.parametrize(
    "weak", ["short", "administrator", "admin12345", "aaaaaaaaaaaa", "abcdefghijkl", "password123"]
)
def test_weak_passwords_are_refused_with_what_to_do(agent: Agent, weak: str) -> None:
    client = agent.client()
    first = agent.first_password
    agent.sign_in(client, "admin", first)
    answer = client.post("/api/v1/me/password", json={"current": first, "new": weak})
    assert answer.status_code == 422
    assert (agent.settings.data_dir / FIRST).exists()


def test_the_old_password_cannot_be_the_new_one(agent: Agent) -> None:
    client = agent.admin()
    body = {"current": PASSWORD, "new": PASSWORD}
    assert client.post("/api/v1/me/password", json=body).status_code == 422


def test_a_password_change_ends_all_other_sessions_and_renews_this_one(agent: Agent) -> None:
    here, there = agent.admin(), agent.admin()
    before = dict(here.cookies)
    body = {"current": PASSWORD, "new": "another long passphrase"}
    assert here.post("/api/v1/me/password", json=body).status_code == 200
    assert here.get("/api/v1/me").status_code == 200
    assert dict(here.cookies) != before
    assert there.get("/api/v1/me").status_code == 401
    old = agent.client()
    old.cookies.update(before)
    assert old.get("/api/v1/me").status_code == 401


def test_sign_in_renews_the_session(agent: Agent) -> None:
    client = agent.admin()
    before = dict(client.cookies)
    agent.sign_in(client, "admin", PASSWORD)
    assert dict(client.cookies) != before
    old = agent.client()
    old.cookies.update(before)
    assert old.get("/api/v1/me").status_code == 401


def test_sign_out_ends_the_session_on_the_server(agent: Agent) -> None:
    client = agent.admin()
    before = dict(client.cookies)
    assert client.delete("/api/v1/session").status_code == 204
    client.cookies.update(before)
    assert client.get("/api/v1/me").status_code == 401


def test_sessions_survive_a_restart_and_nothing_secret_is_on_the_disk(start: StartAgent) -> None:
    agent = start()
    client = agent.admin()
    upload(client)
    cookies = dict(client.cookies)
    secret = next(iter(cookies.values()))
    again = start()
    for path in again.settings.data_dir.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes()
    fresh = again.client()
    fresh.cookies.update(cookies)
    assert fresh.get("/api/v1/me").json()["username"] == "admin"


@pytest.mark.parametrize(
    ("step", "steps"), [(12 * 3600 + 1, 1), (11 * 3600, 16)], ids=["idle", "absolute"]
)
def test_sessions_end(agent: Agent, step: int, steps: int) -> None:
    client = agent.admin()
    for _ in range(steps):
        agent.clock.seconds += step
        answer = client.get("/api/v1/me")
    assert answer.status_code == 401


def test_wrong_names_and_wrong_passwords_look_the_same(agent: Agent) -> None:
    client = agent.client()
    answers = [
        client.post("/api/v1/session", json={"username": name, "password": "wrong password"})
        for name in ("admin", "nobody", "no such name!", "x" * 150)
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


def guess(client: TestClient, times: int, password: str = "wrong") -> list[int]:
    body = {"username": "admin", "password": password}
    return [client.post("/api/v1/session", json=body).status_code for _ in range(times)]


def test_wrong_passwords_are_slowed_down_across_restarts_but_never_for_good(
    start: StartAgent,
) -> None:
    agent = start()
    agent.admin()
    assert guess(agent.client(), 6) == [401, 401, 401, 401, 429, 429]
    agent = start()
    answer = agent.client().post(
        "/api/v1/session", json={"username": "admin", "password": PASSWORD}
    )
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 900
    agent.clock.seconds += int(answer.headers["retry-after"])
    assert guess(agent.client(), 1, PASSWORD) == [200]
    assert guess(agent.client(), 1) == [401]


def test_guesses_from_elsewhere_do_not_lock_the_owner_out(start: StartAgent) -> None:
    agent = start(trusted_proxies=(ip_network("127.0.0.1/32"),))
    agent.admin()
    for number in range(60):
        guess(agent.client(**{"X-Forwarded-For": f"198.51.100.{number}"}), 1)
    stranger = agent.client(**{"X-Forwarded-For": "203.0.113.9"})
    assert guess(stranger, 1, PASSWORD) == [429]
    assert guess(agent.client(), 1, PASSWORD) == [200]

"""Health, readiness and activity, as the platform asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from data_agent.errors import StorageFull
from data_agent.web import platform as platform_routes

from orchestrator.edge.gate.callers import ROBOTS_TXT
from tests.support.agent import Agent, StartAgent, upload

TOKEN = "platform-token"


def with_token(start: StartAgent, tmp_path: Path) -> Agent:
    path = tmp_path.parent / f"{tmp_path.name}.token"
    path.write_text(TOKEN + "\n")
    return start(platform_token_file=path)


def test_health_and_readiness_need_nobody(agent: Agent) -> None:
    client = agent.client("http://10.200.0.2:8000")
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json() == {"status": "ready"}
    assert not list(agent.settings.data_dir.glob(".ready*"))


def test_readiness_says_what_is_wrong(start: StartAgent) -> None:
    agent = start()
    agent.engine.is_ready = False
    answer = agent.client().get("/readyz")
    assert answer.status_code == 503
    assert "cannot be opened" in answer.json()["detail"]
    agent.engine.is_ready = True
    for name in ("users.json", "users.json.bak"):
        (agent.settings.data_dir / name).write_text("{")
    agent = start()
    assert "users.json" in agent.client().get("/readyz").json()["detail"]
    assert agent.client().get("/healthz").status_code == 200
    page = agent.client().get("/login")
    assert page.status_code == 503
    assert "users.json" in page.text


def test_without_room_it_is_told_apart_from_damage(
    start: StartAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> None:
        raise StorageFull("No room.")

    agent = start()
    monkeypatch.setattr(platform_routes, "write_atomically", no_room)
    assert agent.client().get("/readyz").status_code == 507
    agent.engine.is_ready = False
    assert agent.client().get("/readyz").status_code == 503


def test_activity_counts_people_and_files_but_not_the_platforms_questions(
    start: StartAgent, tmp_path: Path
) -> None:
    agent = with_token(start, tmp_path)
    platform = agent.client(Authorization=f"Bearer {TOKEN}")
    platform.get("/healthz")
    platform.get("/readyz")
    first = platform.get("/internal/activity").json()
    assert first == {
        "in_flight": 0,
        "oldest_s": 0.0,
        "last_request": None,
        "users": 1,
        "csv_files": 0,
        "version": agent.settings.version,
    }
    upload(agent.admin())
    later = platform.get("/internal/activity").json()
    assert (later["in_flight"], later["csv_files"]) == (0, 1)
    assert later["last_request"] == "2027-01-15T08:00:00+00:00"


def test_who_is_not_signed_in_does_not_use_the_agent(start: StartAgent, tmp_path: Path) -> None:
    agent = with_token(start, tmp_path)
    platform = agent.client(Authorization=f"Bearer {TOKEN}")
    stranger = agent.client()
    for path in ("/", "/login", "/robots.txt", "/favicon.ico", "/.env", "/api/v1/tables"):
        stranger.get(path)
    agent.client(Authorization="Bearer x").get("/api/v1/tables")
    wrong = {"username": "admin", "password": "not this one"}
    assert stranger.post("/api/v1/session", json=wrong).status_code == 401
    assert platform.get("/internal/activity").json()["last_request"] is None
    agent.admin()  # signs in
    assert platform.get("/internal/activity").json()["last_request"] is not None


def test_robots_are_told_that_they_are_not_welcome(agent: Agent) -> None:
    answer = agent.client().get("/robots.txt")
    assert (answer.status_code, answer.text) == (200, ROBOTS_TXT.body.decode())


def test_beyond_what_may_be_under_way_it_says_when_to_come_again(agent: Agent) -> None:
    for _ in range(3):
        agent.services.activity.begin()
    full = agent.client(**{"X-Orchestrator-At-Once": "3"})
    refused = full.get("/api/v1/me")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert refused.json()["type"] == "urn:data-agent:problem:too-many-at-once"
    page = full.get("/login")
    assert (page.status_code, page.headers["retry-after"]) == (429, "1")
    assert "Too many requests at once" in page.text
    assert full.get("/healthz").status_code == 200
    assert agent.client(**{"X-Orchestrator-At-Once": "4"}).get("/login").status_code == 200
    assert agent.client(**{"X-Orchestrator-At-Once": "many"}).get("/login").status_code == 200


def test_activity_is_for_the_platform_only(start: StartAgent, tmp_path: Path) -> None:
    agent = with_token(start, tmp_path)
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
        answer = agent.client(**headers).get("/internal/activity")
        assert answer.status_code == 401
    assert agent.admin().get("/internal/activity").status_code == 401


def test_without_a_configured_token_there_is_no_such_address(start: StartAgent) -> None:
    empty = {"Authorization": "Bearer "}
    assert start().client(**empty).get("/internal/activity").status_code == 404
    missing = start(platform_token_file=Path("/nonexistent/token"))
    assert missing.client(**empty).get("/internal/activity").status_code == 404

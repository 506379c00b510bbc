"""Every error under /api is a problem+json that says what to do; every page error is a page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.agent import Agent

PROBLEM = "application/problem+json"


def is_problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["type"].startswith("urn:data-agent:problem:")
    assert body["title"] and body["detail"]
    return body


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("GET", "/api/v1/nothing", None, 404),
        ("GET", "/api", None, 404),
        ("GET", "/api/v1/tables/none/rows", None, 404),
        ("GET", "/api/v1/tables/none/rows?limit=x", None, 422),
        ("GET", "/api/v1/tables/none/rows?limit=0", None, 422),
        ("GET", "/api/v1/tables/none/rows?offset=-1", None, 422),
        ("GET", "/api/v1/files/none", None, 404),
        ("DELETE", "/api/v1/files/none", None, 404),
        ("PUT", "/api/v1/users", None, 405),
        ("GET", "/api/v1/ask", None, 405),
        ("POST", "/api/v1/ask", b"{", 400),
        ("POST", "/api/v1/ask", b"", 400),
        ("POST", "/api/v1/ask", b"\xff", 400),
        ("POST", "/api/v1/ask", b"[" * 100_000, 400),
        ("POST", "/api/v1/ask", b'{"question": "\\ud800"}', 400),
        ("POST", "/api/v1/ask", b'{"question": "a", "previous": {"x": NaN}}', 400),
        ("POST", "/api/v1/ask", b'{"question": ' + b"9" * 5000 + b"}", 400),
        ("POST", "/api/v1/ask", b"[]", 422),
        ("POST", "/api/v1/ask", b"{}", 422),
        ("POST", "/api/v1/ask", b'{"question": 7}', 422),
        ("POST", "/api/v1/ask", b'{"question": " "}', 422),
        ("POST", "/api/v1/ask", b'{"question": "a\\u0000b"}', 422),
        ("POST", "/api/v1/ask", b'{"question": "a", "previous": 7}', 422),
        ("POST", "/api/v1/ask", b'{"question": "' + b"x" * 300_000 + b'"}', 413),
        ("POST", "/api/v1/sql", b'{"sql": "drop table x"}', 400),
        ("POST", "/api/v1/sql", b'{"sql": "select die"}', 503),
        ("GET", "/api/v1/export", None, 422),
        ("GET", "/api/v1/export?table=a&sql=b", None, 422),
        ("GET", "/api/v1/export?table=none", None, 404),
        ("PATCH", "/api/v1/users/none", b'{"role": "admin"}', 404),
        ("PATCH", "/api/v1/users/admin", b'{"role": "king"}', 422),
        ("PATCH", "/api/v1/users/admin", b"{}", 422),
        ("DELETE", "/api/v1/users/none", None, 404),
        ("DELETE", "/api/v1/users/admin", None, 409),
        ("POST", "/api/v1/users", b'{"username": "a b"}', 422),
        ("POST", "/api/v1/users", b'{"username": "admin"}', 409),
        ("POST", "/api/v1/users", b'{"username": "bob", "password": "my own choice"}', 422),
        ("POST", "/api/v1/tokens", b'{"name": ""}', 422),
        ("DELETE", "/api/v1/tokens/none", None, 404),
        ("DELETE", "/api/v1/questions/none", None, 404),
        ("POST", "/api/v1/files", b"{}", 400),
    ],
)
def test_what_is_wrong_is_told(
    agent: Agent, method: str, path: str, content: bytes | None, status: int
) -> None:
    headers = {"Content-Type": "application/json"}
    is_problem(agent.admin().request(method, path, content=content, headers=headers), status)


def test_without_session_or_token_nothing_is_told(agent: Agent) -> None:
    for path in ("/api/v1/me", "/api/v1/tables", "/api/v1/nothing"):
        answer = agent.client().get(path)
        is_problem(answer, 401)
        assert "bearer" in answer.headers["www-authenticate"].lower()
    is_problem(agent.client(Authorization="Bearer da_wrong").get("/api/v1/me"), 401)


@pytest.mark.parametrize(
    "host", ["x/login?", "x/login#", "x/static/", "x/api/v1/session?", "x/healthz?"]
)
def test_a_forged_host_header_opens_nothing(agent: Agent, host: str) -> None:
    for path in ("/api/v1/tables", "/api/v1/files", "/data", "/sql"):
        answer = agent.client().get(path, headers={"Host": host})
        assert answer.status_code in (303, 401)


def test_a_wrong_method_names_the_right_ones(agent: Agent) -> None:
    answer = agent.admin().put("/api/v1/users")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_a_limit_says_used_and_allowed(start: Any) -> None:
    body = is_problem(start(max_users=1).admin().post("/api/v1/users", json={"username": "b"}), 409)
    assert (body["used"], body["allowed"]) == (1, 1)
    assert body["type"] == "urn:data-agent:problem:limit-reached"


def test_an_unexpected_error_tells_nothing_of_the_inside(agent: Agent) -> None:
    admin = agent.admin()
    secret = "secret inside"

    async def broken() -> None:
        raise RuntimeError(secret)

    agent.engine.tables = broken  # type: ignore[assignment,method-assign]
    with pytest.raises(RuntimeError, match=secret):  # the server goes on to log it
        admin.get("/api/v1/tables")
    admin._transport.raise_server_exceptions = False  # type: ignore[attr-defined]
    answer = admin.get("/api/v1/tables")
    assert secret not in answer.text
    is_problem(answer, 500)
    assert "content-security-policy" in answer.headers
    assert agent.services.activity.in_flight == 0


def test_page_errors_are_pages(agent: Agent) -> None:
    admin = agent.admin()
    for path in ("/nothing", "/data/files/none", "/data/tables/none"):
        answer = admin.get(path)
        assert answer.status_code == 404
        assert "<h1>" in answer.text
    user = agent.user()
    assert user.get("/people").status_code == 403
    assert "Ask one of your admins" in user.get("/people").text


def test_plain_users_manage_nobody(agent: Agent) -> None:
    user = agent.user()
    for method, path in (("GET", ""), ("POST", ""), ("PATCH", "/admin"), ("DELETE", "/admin")):
        answer = user.request(method, f"/api/v1/users{path}", json={"username": "x"})
        is_problem(answer, 403)


def test_every_answer_carries_the_security_headers(agent: Agent) -> None:
    for client in (agent.admin(), agent.client()):
        for path in ("/", "/login", "/api/v1/me", "/static/app.js", "/nothing", "/healthz"):
            headers = client.get(path).headers
            assert headers["content-security-policy"].startswith(
                "default-src 'none'; script-src 'self'"
            )
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cross-origin-resource-policy"] == "same-origin"
            assert headers["date"].endswith(" GMT")
            assert "no-store" in headers["cache-control"] or path.startswith("/static/")

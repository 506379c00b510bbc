"""Requests that other sites' pages cause are refused; scripts and our own pages are not."""

from __future__ import annotations

import pytest

from tests.support.agent import HOST, Agent

FORM = "application/x-www-form-urlencoded"
OWN, SIBLING = HOST, "http://customer-b.localhost"


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site", "Origin": SIBLING}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": OWN}, False),
        ({"Sec-Fetch-Site": "nonsense"}, False),
        ({"Origin": OWN}, True),
        ({"Origin": OWN + ":80"}, True),
        ({"Origin": OWN.upper()}, True),
        ({"Origin": OWN + ":8000"}, False),
        ({"Origin": SIBLING}, False),
        ({"Origin": "http://localhost"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://customer-a.localhost.evil.example"}, False),
        ({"Origin": "http://evil.example/customer-a.localhost"}, False),
        ({}, False),
    ],
)
def test_a_form_with_our_cookie(agent: Agent, headers: dict[str, str], allowed: bool) -> None:
    client = agent.admin()
    if "Sec-Fetch-Site" in headers:  # only browsers send it, and browsers hold the bound cookie
        client.cookies.set("__Host-session", client.cookies["session"])
    answer = client.post(
        "/questions", content="question=how+many", headers={**headers, "Content-Type": FORM}
    )
    assert answer.status_code == (303 if allowed else 403)
    assert len(agent.services.questions.all()) == (1 if allowed else 0)


def test_json_with_our_cookie_needs_no_origin_because_a_page_would_have_to_ask_first(
    agent: Agent,
) -> None:
    answer = agent.admin().post("/api/v1/questions", json={"question": "how many?"})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "content_type", [FORM, "text/plain", "", "multipart/form-data; boundary=x"]
)
def test_json_in_a_form_is_refused(agent: Agent, content_type: str) -> None:
    client = agent.admin()
    body, headers = b'{"question": "how many?"}', {"Content-Type": content_type}
    answer = client.post("/api/v1/questions", content=body, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


def test_sign_in_from_another_site_is_refused(agent: Agent) -> None:
    body = {"username": "admin", "password": agent.first_password}
    headers = {"Sec-Fetch-Site": "same-site"}
    answer = agent.client().post("/login", data=body, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_script_without_cookie_signs_in_and_a_token_needs_no_origin(agent: Agent) -> None:
    made = agent.admin().post("/api/v1/tokens", json={"name": "nightly"})
    script = agent.client(Authorization=f"Bearer {made.json()['token']}")
    files = {"file": ("a.csv", b"a,b\n1,2\n", "text/csv")}
    assert script.post("/api/v1/files", files=files).status_code == 201


def test_reading_is_never_refused_for_its_origin(agent: Agent) -> None:
    client = agent.admin()
    assert client.get("/api/v1/me", headers={"Origin": SIBLING}).status_code == 200
    assert "access-control-allow-origin" not in client.get("/api/v1/me").headers

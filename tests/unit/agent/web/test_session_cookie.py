"""Which cookie is set and believed where: siblings and plain HTTP are the difficult cases."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from data_agent.web import cookies
from data_agent.web.client import Client
from starlette.datastructures import Headers

from tests.support.agent import PASSWORD, Agent, StartAgent

HTTPS = Client("192.0.2.1", "a.example", https=True)
LOCAL = Client("127.0.0.1", "customer-a.localhost:8080", https=False)
PLAIN = Client("192.0.2.1", "192.0.2.7:8000", https=False)
BROWSER = ("sec-fetch-site", "same-origin")


def secret(client: Client, *headers: tuple[str, str]) -> str | None:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    return cookies.session_secret(Headers(raw=raw), client)


@pytest.mark.parametrize("client", [HTTPS, LOCAL])
def test_a_browser_on_a_secure_host_is_believed_the_bound_cookie_only(client: Client) -> None:
    assert secret(client, BROWSER, ("cookie", "session=tossed; __Host-session=own")) == "own"
    assert secret(client, BROWSER, ("cookie", "session=tossed")) is None


def test_https_never_believes_the_plain_cookie() -> None:
    assert secret(HTTPS, ("cookie", "session=tossed")) is None


def test_two_different_cookies_of_one_name_are_an_attack() -> None:
    assert secret(HTTPS, ("cookie", "__Host-session=a; __Host-session=b")) is None
    assert secret(HTTPS, ("cookie", "__Host-session=a"), ("cookie", "__Host-session=b")) is None
    assert secret(PLAIN, ("cookie", "session=own; session=tossed")) is None
    assert secret(PLAIN, ("cookie", "session=own")) == "own"


@pytest.mark.parametrize("line", ["", "=", ";;;", "session", "__Host-session", "__host-session=x"])
def test_odd_cookie_lines_are_nobody(line: str) -> None:
    assert secret(HTTPS, ("cookie", line)) is None


def set_cookies(agent: Agent, base_url: str, **headers: str) -> list[str]:
    client = agent.client(base_url, **headers)
    body = {"username": "admin", "password": agent.first_password}
    answer = client.post("/api/v1/session", json=body)
    assert answer.status_code == 200
    return answer.headers.get_list("set-cookie")


def test_a_browser_on_localhost_gets_the_bound_cookie(agent: Agent) -> None:
    (line,) = set_cookies(agent, "http://customer-a.localhost", **{"Sec-Fetch-Site": "same-origin"})
    assert line.startswith("__Host-session=")
    attributes = {part.strip().lower() for part in line.split(";")[1:]}
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= attributes
    assert not any(part.startswith("domain") for part in attributes)


def test_a_script_on_localhost_gets_one_that_its_cookie_jar_sends_back(agent: Agent) -> None:
    lines = set_cookies(agent, "http://customer-a.localhost")
    assert [line.partition("=")[0] for line in lines] == ["__Host-session", "session"]
    assert agent.admin().get("/api/v1/me").status_code == 200


def test_plain_http_to_an_address_gets_a_cookie_of_another_name(agent: Agent) -> None:
    (line,) = set_cookies(agent, "http://192.0.2.7:8000")
    assert line.startswith("session=")
    assert "secure" not in line.lower()


def test_https_is_believed_from_a_trusted_proxy_only(start: StartAgent) -> None:
    forwarded = {"X-Forwarded-Proto": "https"}
    agent = start()
    answer = agent.client("http://a.example", **forwarded).get("/login")
    assert "strict-transport-security" not in answer.headers
    agent = start(trusted_proxies=(ip_network("127.0.0.1/32"),))
    answer = agent.client("http://a.example", **forwarded).get("/login")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    (line,) = set_cookies(agent, "http://a.example", **forwarded)
    assert line.startswith("__Host-session=")


def test_a_session_planted_before_sign_in_is_not_the_one_after_it(agent: Agent) -> None:
    agent.admin()
    victim = agent.client("http://192.0.2.7:8000")
    victim.cookies.set("session", "planted")
    agent.sign_in(victim, "admin", PASSWORD)
    assert agent.services.people.sessions.find("planted") is None

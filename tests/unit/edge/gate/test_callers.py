"""Who wakes a sleeping tenant, and what everybody else is told."""

from __future__ import annotations

import asyncio
import secrets

import pytest
from data_agent.people.tokens import PREFIX
from data_agent.web import cookies
from data_agent.web.api.routes import API
from data_agent.web.pages.routes import PAGES
from data_agent.web.render import STATIC

from orchestrator.edge.gate import callers
from orchestrator.edge.gate.agent_routes import TABLE
from orchestrator.edge.gate.head import RequestHead
from orchestrator.edge.page import Answer
from orchestrator.edge.verdict import Verdict
from tests.support.gate_world import gate_world, hello

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
    "Safari/537.36"
)


def status(path: str = "/", method: str = "GET", **headers: str) -> int | None:
    """Of the answer without waking anybody; None when it wakes."""
    given = tuple((k.replace("_", "-").encode(), v.encode()) for k, v in headers.items())
    found = callers.instead(RequestHead(method, path, "1.1", given, 0, websocket=False))
    assert found is None or isinstance(found, Answer | Verdict)
    return found.status if found else None


def test_the_table_of_routes_is_the_agents_own() -> None:
    has = {(path, method) for method, path, _ in [*API, *PAGES]}
    has |= {(f"/static/{file.name}", "GET") for file in STATIC.iterdir()}
    assert has == {(path, method) for path, methods in TABLE for method in methods}


def test_every_page_and_verb_of_the_agent_wakes_it() -> None:
    for method, path, _ in [*API, *PAGES, ("GET", "/static/style.css?v=1", None)]:
        assert status(path.replace("{", "").replace("}", ""), method) is None, (method, path)


@pytest.mark.parametrize(
    "agent", [CHROME, "", "curl/8.14.1", "python-requests/2.32", "python-httpx/0.28.1",
              "Mozilla/5.0 (Linux; Android 13; CUBOT X50) Mobile", "PostmanRuntime/7.44"],
)  # fmt: skip
def test_people_and_programs_wake(agent: str) -> None:
    assert status("/", User_Agent=agent) is None
    assert status("/api/v1/ask?x=1", "POST", User_Agent=agent) is None


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/116",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0)",
        "GPTBot/1.2",
        "facebookexternalhit/1.1",
        "Slackbot-LinkExpanding 1.0",
        "Mozilla/5.0 zgrab/0.x",
        "Expanse, a Palo Alto Networks company, searches",
        "DuckDuckBot/1.1",
        "Baiduspider/2.0",
        "Slack-ImgProxy (+https://api.slack.com/robots)",
        "Mozilla/5.0 (compatible; GoogleImageProxy)",
    ],
)
def test_robots_wake_nobody(agent: str) -> None:
    assert status("/", User_Agent=agent) == 503
    assert status("/login", User_Agent=agent) == 503


@pytest.mark.parametrize(
    "agent", ["kube-probe/1.33", "UptimeRobot/2.0", "Pingdom.com_bot_version_1.4", "GoogleHC/1.0",
              "ELB-HealthChecker/2.0", "Blackbox Exporter/0.27", "check_http/v2.4", "Uptime-Kuma",
              "Amazon-Route53-Health-Check-Service (ref 0b2; report http://amzn.to/1vsZADi)",
              "Datadog/Synthetics", "Consul Health Check", "NewRelicPinger/1.0",
              "Better Stack Synthetic Monitor", "Mozilla/5.0 (compatible; Uptime/1.0)"],
)  # fmt: skip
def test_health_checkers_are_told_that_all_is_well(agent: str) -> None:
    assert status("/", User_Agent=agent) == 200


@pytest.mark.parametrize(
    ("path", "method", "expected"),
    [
        ("/robots.txt", "GET", 200), ("/healthz", "GET", 200), ("/readyz", "GET", 200),
        ("/favicon.ico", "GET", 404), ("/wp-login.php", "GET", 404), ("/.env", "GET", 404),
        ("/.git/config", "GET", 404), ("/api/.env", "GET", 404), ("/api", "POST", 404),
        ("/internal/activity", "GET", 404), ("//", "GET", 404), ("/Data", "GET", 404),
        ("/", "HEAD", 200), ("/data", "HEAD", 200), ("/", "OPTIONS", 204), ("*", "OPTIONS", 404),
        ("/api/v1/pods", "GET", 404), ("/static/admin/javascript/hetong.js", "GET", 404),
        ("/data/admin/allowurl.txt", "GET", 404), ("/sql/phpmyadmin4/index.php", "GET", 404),
        ("/?XDEBUG_SESSION_START=phpstorm", "GET", 404), ("/login?utm_source=mail", "GET", None),
        ("/?q=What%20was%20sold%3F", "GET", None), ("/answers/5f", "GET", None),
        ("/people/anna.php/role", "POST", None), ("/", "POST", 501),
        ("/api/v1/tables/sales%202024/rows?offset=5", "GET", None),
        ("/", "PROPFIND", 501), ("/", "TRACE", 501), ("/.well-known/security.txt", "GET", 404),
    ],
)  # fmt: skip
def test_what_no_person_asks_for(path: str, method: str, expected: int | None) -> None:
    assert status(path, method, User_Agent=CHROME) == expected


def test_who_carries_what_the_agent_gave_him_wakes_it_whatever_he_asks_for() -> None:
    assert {cookies.BOUND, cookies.PLAIN} == callers.SESSION_COOKIES
    secret = secrets.token_urlsafe(32)  # as the agent makes its sessions and tokens
    for given in (
        {"Cookie": f"a=1; __Host-session={secret}"},
        {"Cookie": f"session={secret}"},
        {"Authorization": f"Bearer {PREFIX}{secret}"},
    ):
        assert status("/a/page/of/a/newer/agent", **given) is None
        assert status("/api/v2/things", "POST", **given) is None
        assert status("/favicon.ico", **given) == 404
        assert status("/.env", **given) == 404
        assert status("/wp-login.php", **given) == 404
        assert status("/", Sec_Purpose="prefetch", **given) == 503


@pytest.mark.parametrize(
    "given",
    [
        {"Cookie": "session=x"},
        {"Cookie": f"xsession={'a' * 43}; sessions={'a' * 43}"},
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic YWRtaW46YWRtaW4="},
    ],
)
def test_what_no_agent_gave_out_wakes_only_at_addresses_that_it_has(given: dict[str, str]) -> None:
    for path in ("/a/page/of/a/newer/agent", "/.env", "/wp-login.php", "/api/v1/pods"):
        assert status(path, **given) == 404
    assert status("/api/v1/tables", **given) is None


def test_a_browser_that_fetches_ahead_wakes_nobody() -> None:
    assert status("/", Sec_Purpose="prefetch;prerender", User_Agent=CHROME) == 503
    assert status("/", Purpose="prefetch") == 503
    assert status("/", X_moz="prefetch") == 503


def test_over_the_wire_they_are_answered_and_a_tenant_that_runs_gets_them_all() -> None:
    async def scene() -> None:
        async with gate_world() as world:
            world.controller.say("wake", state="sleeping")
            robots = await world.get("/robots.txt")
            assert (robots.status, robots.body) == (200, b"User-agent: *\nDisallow: /\n")
            health = await world.get("/healthz")
            assert (health.status, health.body) == (200, b'{"status": "sleeping"}')
            head = await world.get("/healthz", verb="HEAD")
            assert (head.status, head.headers["content-length"], head.body) == (200, "22", b"")
            options = await world.get("/", verb="OPTIONS")
            assert (options.status, options.body) == (204, b"")
            assert "content-length" not in options.headers
            robot = await world.get("/", "User-Agent: Googlebot/2.1")
            assert (robot.status, robot.headers["retry-after"]) == (503, "86400")
            assert (await world.get("/wp-login.php")).status == 404
            assert not world.controller.woken
            world.controller.say("forward", address=await world.agent(hello))
            await asyncio.sleep(world.bounds.poll_s)
            for path in ("/robots.txt", "/healthz", "/wp-login.php"):
                assert (await world.get(path)).body == b"hello"

    asyncio.run(scene())

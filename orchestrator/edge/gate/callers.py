"""Who wakes a sleeping tenant: a person or program that does something with the agent. Pure.

Everybody else is answered by the gate itself: robots, health checkers, favicons, browsers that
fetch ahead, and scanners who ask for what no agent has.
"""

from __future__ import annotations

import re

from orchestrator.edge.gate.head import RequestHead
from orchestrator.edge.page import Answer, plain
from orchestrator.edge.verdict import NO_METHOD, NO_PAGE, NOT_FOR_ROBOTS, NOT_YET, Verdict

# First path segments of the agent's own pages and API. A test compares them with its route table.
AGENT_PATHS = frozenset(
    {
        "",
        *"account answers api data export glossary login logout password people".split(),
        *"questions settings sql static verdicts".split(),
    }
)
AGENT_API = "/api/v1/"
METHODS = frozenset("GET POST PUT PATCH DELETE".split())

SESSION_COOKIES = frozenset({"__Host-session", "session"})
# Fetched by browsers on their own account, cookies and all.
BROWSERS_OWN = frozenset(
    {"/favicon.ico", "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png"}
)
HEALTH_PATHS = frozenset({"/healthz", "/readyz"})
HEALTHY = plain(200, "application/json", '{"status": "sleeping"}')
ROBOTS_TXT = plain(200, "text/plain; charset=utf-8", "User-agent: *\nDisallow: /\n")
EMPTY = plain(200, "text/html; charset=utf-8", "")
OPTIONS = plain(204, "", "", (b"allow", b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"))

_CHECKERS = re.compile(
    r"kube-probe|uptime|pingdom|statuscake|googlehc|elb-healthchecker|updown\.io|nodeping"
    r"|site24x7|hetrixtools|blackbox|zabbix|check_http|freshping|healthcheck|monitoring",
    re.IGNORECASE,
)
_ROBOTS = re.compile(
    r"(?<!cu)bot\b|(?<!cu)bot[/_-]|crawl|spider|slurp|preview|facebookexternalhit|whatsapp"
    r"|archiver|mediapartners|zgrab|masscan|nmap|nikto|nuclei|censys|shodan|sqlmap|expanse"
    r"|internetmeasurement|l9explore|wpscan|dirbuster|gobuster|feroxbuster|scanner",
    re.IGNORECASE,
)


def instead(head: RequestHead) -> Answer | Verdict | None:
    """What this request is answered without waking anybody; None for one that wakes."""
    told = _by_path(head.path) or _by_purpose(head)
    if told is not None or _is_known_there(head):
        return told
    return _unknown(head.path) or _by_method(head.method) or _by_caller(head)


def _by_path(path: str) -> Answer | Verdict | None:
    if path in HEALTH_PATHS:
        return HEALTHY
    if path in BROWSERS_OWN:
        return NO_PAGE
    return ROBOTS_TXT if path == "/robots.txt" else None


def _by_purpose(head: RequestHead) -> Verdict | None:
    purpose = f"{head.get(b'sec-purpose')} {head.get(b'purpose')} {head.get(b'x-moz')}"
    return NOT_YET if "prefetch" in purpose.lower() else None


def _is_known_there(head: RequestHead) -> bool:
    """It carries what only the agent gives out, valid or not: then the path is the agent's to
    judge, which may be a newer one than this list knows."""
    cookies = {pair.partition("=")[0].strip() for pair in head.get(b"cookie").split(";")}
    token = head.get(b"authorization").lower().startswith("bearer ")
    return token or not cookies.isdisjoint(SESSION_COOKIES)


def _by_method(method: str) -> Answer | Verdict | None:
    if method == "HEAD":
        return EMPTY
    if method == "OPTIONS":
        return OPTIONS
    return None if method in METHODS else NO_METHOD


def _by_caller(head: RequestHead) -> Answer | Verdict | None:
    agent = head.get(b"user-agent")
    if _CHECKERS.search(agent):
        return HEALTHY
    return NOT_FOR_ROBOTS if _ROBOTS.search(agent) else None


def _unknown(path: str) -> Verdict | None:
    first = path.removeprefix("/").partition("/")[0]
    known = path.startswith(AGENT_API) if first == "api" else first in AGENT_PATHS
    return None if known else NO_PAGE

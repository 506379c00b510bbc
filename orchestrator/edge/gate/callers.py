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
        *"account answers api data export login logout password people".split(),
        *"questions settings sql static verdicts".split(),
    }
)
AGENT_API = "/api/v1/"
METHODS = frozenset("GET POST PUT PATCH DELETE".split())

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
    r"(?<!cu)bot\b|(?<!cu)bot[/_-]|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|archiver|mediapartners"
    r"|zgrab|masscan|nmap|nikto|nuclei|censys|shodan|sqlmap|expanse|internetmeasurement|l9explore"
    r"|wpscan|dirbuster|gobuster|feroxbuster|scanner",
    re.IGNORECASE,
)


def instead(head: RequestHead) -> Answer | Verdict | None:
    """What this request is answered without waking anybody; None for one that wakes."""
    return _by_path(head.path) or _unknown(head.path) or _by_method(head.method) or _by_caller(head)


def _by_path(path: str) -> Answer | Verdict | None:
    if path in HEALTH_PATHS:
        return HEALTHY
    return ROBOTS_TXT if path == "/robots.txt" else None


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
    if _ROBOTS.search(agent):
        return NOT_FOR_ROBOTS
    purpose = f"{head.get(b'sec-purpose')} {head.get(b'purpose')} {head.get(b'x-moz')}"
    return NOT_YET if "prefetch" in purpose.lower() else None


def _unknown(path: str) -> Verdict | None:
    first = path.removeprefix("/").partition("/")[0]
    known = path.startswith(AGENT_API) if first == "api" else first in AGENT_PATHS
    return None if known else NO_PAGE

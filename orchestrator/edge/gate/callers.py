"""Who wakes a sleeping tenant: a person or program that does something with the agent. Pure.

Everybody else is answered by the gate itself: robots, health checkers, favicons, browsers that
fetch ahead, and scanners who ask for what no agent has.
"""

from __future__ import annotations

import re

from orchestrator.edge.gate.agent_routes import methods_of
from orchestrator.edge.gate.head import RequestHead
from orchestrator.edge.page import Answer, plain
from orchestrator.edge.verdict import NO_METHOD, NO_PAGE, NOT_FOR_ROBOTS, NOT_YET, Verdict

# What the agent gives out looks so, in this version and longer ones: `session=x` is a scanner's.
_SECRET = re.compile(r"(?:da_)?[A-Za-z0-9_-]{32,}")
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
    r"health[-_ /]?check|synthetic|monitor|pinger|pingdom|uptime|heartbeat|\bprobe|prober\b"
    r"|status[-_ ]?(?:cake|check|page)|googlehc|updown\.io|nodeping|site24x7|hetrixtools|blackbox"
    r"|zabbix|nagios|icinga|check_http|freshping|gatus|checkly|prometheus",
    re.IGNORECASE,
)
_ROBOTS = re.compile(
    r"(?<!cu)bot\b|(?<!cu)bot[/_-]|crawl|spider|slurp|preview|facebookexternalhit|whatsapp"
    r"|archiver|mediapartners|zgrab|masscan|nmap|nikto|nuclei|censys|shodan|sqlmap|expanse"
    r"|internetmeasurement|l9explore|wpscan|dirbuster|gobuster|feroxbuster|scanner|projectdiscovery"
    r"|im(?:g|age)[-_]?proxy|link[-_ ]?(?:check|expand)|validator",
    re.IGNORECASE,
)
# Hidden files and other people's programs: no agent will ever have them.
_NEVER = re.compile(
    r"/\.|\.(?:php\d?|phtml|aspx?|jspx?|cgi|env|ini|bak|sql|ya?ml)(?:/|$)", re.IGNORECASE
)
_PROBING = re.compile(
    r"xdebug_session|phpinfo|allow_url_include|auto_prepend_file|\$\{|%24%7b|\.\./|%2e%2e|etc/passwd"
    r"|<script|%3cscript|%00|call_user_func|invokefunction",
    re.IGNORECASE,
)


def instead(head: RequestHead) -> Answer | Verdict | None:
    """What this request is answered without waking anybody; None for one that wakes."""
    told = _by_path(head.path) or _by_purpose(head)
    if told is not None or _is_known_there(head):
        return told
    return _unknown(head) or _by_method(head) or _by_caller(head)


def _by_path(path: str) -> Answer | Verdict | None:
    if path in HEALTH_PATHS:
        return HEALTHY
    if path in BROWSERS_OWN:
        return NO_PAGE
    if path == "/robots.txt":
        return ROBOTS_TXT
    return NO_PAGE if _NEVER.search(path) and not methods_of(path) else None


def _by_purpose(head: RequestHead) -> Verdict | None:
    purpose = f"{head.get(b'sec-purpose')} {head.get(b'purpose')} {head.get(b'x-moz')}"
    return NOT_YET if "prefetch" in purpose.lower() else None


def _is_known_there(head: RequestHead) -> bool:
    """It carries what looks as if the agent gave it out, valid or not: then the path is the agent's
    to judge, which may be a newer one than our table knows."""
    scheme, _, token = head.get(b"authorization").partition(" ")
    pairs = (pair.strip().partition("=") for pair in head.get(b"cookie").split(";"))
    secrets = [value for name, _, value in pairs if name in SESSION_COOKIES]
    secrets += [token.strip()] if scheme.lower() == "bearer" else []
    return any(_SECRET.fullmatch(secret) for secret in secrets)


def _unknown(head: RequestHead) -> Verdict | None:
    if _PROBING.search(head.query):
        return NO_PAGE
    return None if methods_of(head.path) else NO_PAGE


def _by_method(head: RequestHead) -> Answer | Verdict | None:
    if head.method == "HEAD":
        return EMPTY
    if head.method == "OPTIONS":
        return OPTIONS
    return None if head.method in methods_of(head.path) else NO_METHOD


def _by_caller(head: RequestHead) -> Answer | Verdict | None:
    agent = head.get(b"user-agent")
    if _CHECKERS.search(agent):
        return HEALTHY
    return NOT_FOR_ROBOTS if _ROBOTS.search(agent) else None

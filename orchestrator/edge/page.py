"""A verdict as a page for people or as a problem document for programs."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files

from jinja2 import Environment

from orchestrator.edge.verdict import Verdict

_NOT_TAKEN = "What you just sent was not taken"
SOON_S = 10  # a verdict that asks to come again within so many seconds passes by itself


@dataclass(frozen=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def written(self, *, head_only: bool = False) -> bytes:
        """The bytes of it; the connection is over after them."""
        phrase = HTTPStatus(self.status).phrase.encode()
        lines = [b"HTTP/1.1 %d %b" % (self.status, phrase)]
        lines += [b"%b: %b" % header for header in self.headers]
        head = b"\r\n".join([*lines, b"connection: close", b"", b""])
        return head if head_only else head + self.body


def plain(status: int, kind: str, text: str, *more: tuple[bytes, bytes]) -> Answer:
    """An answer that is no page. `kind` is its content type; empty for no content at all."""
    body = text.encode()
    content = (
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
    )
    headers = (*(content if kind else ()), (b"cache-control", b"no-store"), *more)
    return Answer(status, headers, body)


class Pages:
    """Renders verdicts. The template, the style and the script are read once, here.

    Style and script stand in the page and are allowed by their hashes: a second request for them
    would go to the tenant that cannot be reached, and nothing else in the page may load, run or
    send anything. The script loads the page anew, since a browser's own refresh does not where the
    address has a fragment: it takes that for a jump within the page.
    """

    def __init__(self) -> None:
        here = files("orchestrator.edge") / "pages"
        self._style = (here / "page.css").read_text()
        self._script = (here / "reload.js").read_text()
        template = (here / "page.html").read_text()
        self._template = Environment(autoescape=True).from_string(template)
        self._policy = (
            f"default-src 'none'; style-src {_hashed(self._style)}; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'"
        )
        self._reloading = f"{self._policy}; script-src {_hashed(self._script)}"

    def html(self, verdict: Verdict, *, sent: bool = False) -> Answer:
        """The page. `sent`: the visitor sent something, so that reloading would not do."""
        reload_after = None if sent else verdict.reload_after
        text = self._template.render(
            status=verdict.status,
            title=verdict.title,
            text=_to_who_sent(verdict) if sent else f"{verdict.text} {verdict.by_itself}".rstrip(),
            reload_after=reload_after,
            style=self._style,
            script=self._script,
        )
        policy = self._reloading if reload_after else self._policy
        allowed = (b"content-security-policy", policy.encode())
        return _answer(verdict, "text/html; charset=utf-8", text, allowed)

    def problem(self, verdict: Verdict) -> Answer:
        """The same for a program (RFC 9457)."""
        document = {
            "type": "about:blank",
            "title": verdict.title,
            "status": verdict.status,
            "detail": verdict.text,
        }
        return _answer(verdict, "application/problem+json", json.dumps(document))


def _hashed(text: str) -> str:
    """What allows this text, and no other, to stand in the page (CSP)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _to_who_sent(verdict: Verdict) -> str:
    """Who is to send it again in a moment, and who is told that this would not help."""
    if not verdict.not_taken:
        return verdict.text
    if verdict.retry_after is not None and verdict.retry_after <= SOON_S:
        return f"{_NOT_TAKEN}: please go back and send it again in a moment."
    return f"{_NOT_TAKEN}. {verdict.text}"


def _answer(verdict: Verdict, kind: str, text: str, *more: tuple[bytes, bytes]) -> Answer:
    body = text.encode()
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        *more,
    ]
    if verdict.retry_after is not None:
        headers.append((b"retry-after", str(verdict.retry_after).encode()))
    return Answer(verdict.status, tuple(headers), body)

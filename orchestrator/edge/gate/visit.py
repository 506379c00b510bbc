"""One request at the gate: what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from orchestrator.core.routes import PAGE_PATH
from orchestrator.edge.gate import callers
from orchestrator.edge.gate.head import RequestHead
from orchestrator.edge.gate.line import Line


@dataclass(frozen=True)
class Visit:
    """`arrived` in seconds of the loop's clock. `host` is a name that some tenant has."""

    head: RequestHead
    line: Line
    host: str
    arrived: float

    @property
    def navigates(self) -> bool:
        """A person looks at a browser that waits for a page: it can be shown another meanwhile."""
        mode = self.head.get(b"sec-fetch-mode") or "navigate"
        return (
            self.head.method == "GET"
            and "text/html" in self.head.get(b"accept").lower()
            and mode == "navigate"
        )

    @property
    def wakes(self) -> bool:
        return callers.instead(self.head) is None


def is_for_a_program(head: RequestHead) -> bool:
    """It wants a problem document rather than a page."""
    accept = head.get(b"accept").lower()
    if "text/html" in accept:
        return False
    return asked_path(head).startswith("/api/") or "json" in accept


def asked_path(head: RequestHead) -> str:
    """The path that the visitor asked for: Traefik's error middleware gives it as `?url=`."""
    if head.path != PAGE_PATH:
        return head.path
    try:
        return urlsplit(parse_qs(head.query, max_num_fields=20)["url"][0]).path
    except (KeyError, ValueError):  # anybody may send anything
        return head.path

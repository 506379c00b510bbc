"""What a visitor is told who asked for a host that is not served right now. Pure.

Nothing here tells which customers exist, nor why one cannot be reached: that is for the operator.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from orchestrator.core.report import TenantState


@dataclass(frozen=True)
class Verdict:
    """`retry_after` and `reload_after` in seconds; None for neither. `by_itself`: what is said
    besides where the page loads itself anew, and to no program."""

    status: int
    title: str
    text: str
    retry_after: int | None = None
    reload_after: int | None = None
    by_itself: str = ""
    maybe_taken: bool = False  # nobody knows whether the agent got what the visitor sent

    @property
    def not_taken(self) -> bool:
        """What the visitor sent was certainly not taken, and it makes sense to send it again."""
        return self.status in (503, 504) and not self.maybe_taken


_AGAIN = "The page tries again by itself."
_OPENS = "The page opens by itself."
NOBODY = Verdict(
    404,
    "There is nothing at this address",
    "Please check the address for typing errors.",
)
NOT_KNOWN_YET = Verdict(
    503,
    "One moment, please",
    "This address cannot be looked up right now.",
    retry_after=5,
    reload_after=5,
    by_itself=_AGAIN,
)
TOO_MANY = Verdict(
    503,
    "Many are waiting already",
    "So many requests wait for this address that no more can be taken. Please try again shortly.",
    retry_after=2,
    reload_after=2,
)
TOO_LATE = Verdict(
    504,
    "It takes longer than it should",
    "There is still no answer. Please try again in a moment.",
    retry_after=10,
    reload_after=10,
)
LOST = Verdict(
    503,
    "The answer was lost",
    "The service stopped while it worked on this. Please look whether it was done before you send "
    "it again.",
    retry_after=2,
    maybe_taken=True,
)
CLOSING = Verdict(
    503,
    "One moment, please",
    "A part of the platform is being restarted.",
    retry_after=1,
    reload_after=2,
    by_itself=_AGAIN,
)
# To requests that wake nobody.
NO_PAGE = Verdict(404, "There is no such page", "Please check the address for typing errors.")
NO_METHOD = Verdict(501, "That cannot be done here", "No page takes requests of this kind.")
NOT_FOR_ROBOTS = Verdict(
    503, "Nobody is there for robots", "This service is for people who sign in.", retry_after=86400
)
NOT_YET = Verdict(503, "Not fetched ahead", "This page is there when it is needed.", retry_after=2)
# To what is no request.
NOT_HTTP = Verdict(400, "That is no request", "It breaks the rules of HTTP, or has two readings.")
SLOW_HEAD = Verdict(408, "The request came too slowly", "Its head did not arrive in time.")
LARGE_HEAD = Verdict(431, "The request's head is too large", "Cookies are often the reason.")
# Per state of a tenant; `{name}` is the customer's. `running` is here because a request may come
# between two moments: the agent is ready, and its route is not (or no longer) published.
_BY_STATE = {
    "starting": Verdict(
        503,
        "{name} is starting",
        "This takes a few seconds.",
        retry_after=2,
        reload_after=2,
        by_itself=_OPENS,
    ),
    "running": Verdict(
        503,
        "{name} is almost there",
        "One moment, please.",
        retry_after=1,
        reload_after=1,
        by_itself=_OPENS,
    ),
    "swapping": Verdict(
        503,
        "{name} is being updated",
        "This takes a few seconds.",
        retry_after=2,
        reload_after=2,
        by_itself=_OPENS,
    ),
    "sleeping": Verdict(
        503,
        "{name} is waking up",
        "This takes a few seconds.",
        retry_after=2,
        reload_after=2,
        by_itself=_OPENS,
    ),
    "failed": Verdict(
        503,
        "{name} cannot be reached right now",
        "It is being tried again. Please come back in a few minutes.",
        retry_after=60,
    ),
    "suspended": Verdict(
        503,
        "{name} is paused",
        "This service is paused, and its data is kept. Whoever runs it for you can tell you more.",
        retry_after=3600,
    ),
}


def verdict(state: TenantState | None, name: str) -> Verdict:
    """What to tell about a tenant in this state; a retired one's host is nobody's."""
    found = _BY_STATE.get(state or "retired")
    if found is None:
        return NOBODY
    return replace(found, title=found.title.format(name=name or "This service"))

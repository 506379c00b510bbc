"""What a visitor is told who asked for a host that is not served right now. Pure.

Nothing here tells which customers exist, nor why one cannot be reached: that is for the operator.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.client.answers import HostEntry


@dataclass(frozen=True)
class Verdict:
    """`retry_after` and `reload_after` in seconds; None for neither."""

    status: int
    title: str
    text: str
    retry_after: int | None = None
    reload_after: int | None = None


NOBODY = Verdict(
    404,
    "There is nothing at this address",
    "Please check the address for typing errors.",
)
NOT_KNOWN_YET = Verdict(
    503,
    "One moment, please",
    "This address cannot be looked up right now. The page tries again by itself.",
    retry_after=5,
    reload_after=5,
)
# Per state of a tenant; `{name}` is the customer's. `running` is here because a request may come
# between two moments: the agent is ready, and its route is not (or no longer) published.
_BY_STATE = {
    "starting": Verdict(
        503,
        "{name} is starting",
        "This takes a few seconds. The page opens by itself.",
        retry_after=2,
        reload_after=2,
    ),
    "running": Verdict(
        503,
        "{name} is almost there",
        "One moment, please. The page opens by itself.",
        retry_after=1,
        reload_after=1,
    ),
    "swapping": Verdict(
        503,
        "{name} is being updated",
        "This takes a few seconds. The page opens by itself.",
        retry_after=2,
        reload_after=2,
    ),
    "sleeping": Verdict(
        503,
        "{name} is waking up",
        "This takes a few seconds. The page opens by itself.",
        retry_after=2,
        reload_after=2,
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


def verdict(entry: HostEntry | None) -> Verdict:
    """What to tell about this host; a retired tenant's is nobody's."""
    found = _BY_STATE.get(entry.state) if entry else None
    if entry is None or found is None:
        return NOBODY
    name = entry.name or entry.tenant
    return Verdict(
        found.status,
        found.title.format(name=name),
        found.text,
        found.retry_after,
        found.reload_after,
    )

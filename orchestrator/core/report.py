"""The status report as values: what `tenantctl status` shows. `status.py` makes it.

Apart from it, because clients need these values and none of the thinking behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TenantState = Literal[
    "running", "starting", "sleeping", "suspended", "swapping", "failed", "retired"
]


# What the gate is to do with a request for a host:
#   forward  running: connect to the agent and pass the request on
#   probe    a start or wake is going on, and nobody else can be at the agent's address: pass the
#            request on as soon as /readyz there answers 200
#   hold     a swap is going on, or the tenant is about to sleep: wait and ask again
#   wake     asleep: ask once for it to be woken, then do as that answer says
#   explain  nothing can be reached: say so by its state
GateMode = Literal["forward", "probe", "hold", "wake", "explain"]


@dataclass(frozen=True)
class TenantStatus:
    """One row of `tenantctl status`. Bytes for sizes, RFC 3339 UTC for times, None for unknown."""

    id: str
    name: str
    tier: str
    state: TenantState
    why: str  # one sentence; empty while running and nothing is to be said
    url: str
    image: str
    digest: str | None
    users: int | None
    csv_files: int | None
    memory_bytes: int | None
    data_bytes: int | None
    last_request: str | None
    deployed_at: str | None
    hosts: tuple[str, ...] = ()
    requests_per_second: int | None = None  # on average; beyond, 429
    requests_at_once: int | None = None
    hold_for: int | None = None  # seconds


@dataclass(frozen=True)
class StatusReport:
    """`tenantctl status --json`, whole. `converged`: a reconcile now would have nothing to do."""

    tenants: tuple[TenantStatus, ...]
    routes_confirmed: bool
    converged: bool
    problems: tuple[str, ...] = ()  # of the platform: an unreadable tenants.yaml, no engine …

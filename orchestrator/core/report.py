"""The status report as values: what `tenantctl status` shows. `status.py` makes it.

Apart from it, because clients need these values and none of the thinking behind them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TenantState = Literal[
    "running", "starting", "sleeping", "suspended", "swapping", "failed", "retired"
]


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


@dataclass(frozen=True)
class StatusReport:
    """`tenantctl status --json`, whole. `converged`: a reconcile now would have nothing to do."""

    tenants: tuple[TenantStatus, ...]
    routes_confirmed: bool
    converged: bool
    problems: tuple[str, ...] = ()  # of the platform: an unreadable tenants.yaml, no engine …

"""What tenants use of the LLM, counted in tokens, by day (UTC) and tenant.

No word of what was asked or answered is in any of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Booking:
    """What one request to the LLM has used, as far as is known.

    `key` names the request: booking it again, with the same numbers or better ones, replaces what
    was booked before. `day` is ISO 8601, the day that the request came. `estimated`: the LLM did
    not say, so the tokens were reckoned from the length of the texts.
    """

    key: str
    tenant: str
    day: str
    input_tokens: int
    output_tokens: int
    estimated: bool = False

    @property
    def tokens(self) -> int:
        """What counts against the day's budget."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True)
class DayOfUsage:
    """All requests of one tenant on one day. `estimated` counts those that were reckoned."""

    tenant: str
    day: str
    requests: int
    input_tokens: int
    output_tokens: int
    estimated: int

    @property
    def tokens(self) -> int:
        """What counts against the day's budget."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True)
class TenantUsage:
    """One tenant: tokens used today, of how many, and its days, newest first.

    `tokens_per_day` is None for unlimited, 0 for who is not in the fleet. Days without a request
    are not there.
    """

    id: str
    tokens_per_day: int | None
    used_today: int
    days: tuple[DayOfUsage, ...] = ()


@dataclass(frozen=True)
class UsageReport:
    """`tenantctl usage --json`: the last `days_asked` days up to `today` (UTC, ISO 8601)."""

    days_asked: int
    today: str
    tenants: tuple[TenantUsage, ...]


@dataclass(frozen=True)
class GatewayTenant:
    """What the LLM gateway must know of a tenant: by what it is known, and what it may use.

    `gateway` is the address that it asks at, `token_sha256` is of its platform token, in hex.
    """

    tenant: str
    gateway: str
    token_sha256: str
    tokens_per_day: int | None
    used_tokens: int


@dataclass(frozen=True)
class GatewayTenants:
    """Who may ask the LLM, by the address of the agent; `used_tokens` are those of `day`."""

    day: str
    tenants: Mapping[str, GatewayTenant]

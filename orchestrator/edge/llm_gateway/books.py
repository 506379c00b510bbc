"""Budgets, and the usage that the controller has not written down yet. In memory, and bounded.

A request is booked again and again under one key: with an estimate before it goes out, with what
came so far while it is answered, with the LLM's own numbers when it is over. Whoever kills this
process in between loses what came in the last second, no more.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from orchestrator.core.llm_usage import Booking, GatewayTenant, GatewayTenants
from orchestrator.edge.llm_gateway.kinds import refusal

# Requests not yet written down, at most: then the LLM waits for the controller. At 16 at a time
# and two seconds each, that is twenty minutes without it.
PENDING_MAX = 10_000


@dataclass(frozen=True)
class Used:
    """Tokens of one request."""

    input_tokens: int
    output_tokens: int
    estimated: bool


class Books:
    """`now` gives the time in UTC."""

    def __init__(self, now: Callable[[], datetime], pending_max: int = PENDING_MAX) -> None:
        self._now = now
        self._pending_max = pending_max
        self._used: dict[tuple[str, str], int] = {}  # by tenant and day
        self._pending: dict[str, Booking] = {}  # by key

    def learn(self, told: GatewayTenants) -> None:
        """What the ledger holds, which may lag behind what was used here, but outlives it."""
        today = self._today()
        self._used = {key: tokens for key, tokens in self._used.items() if key[1] >= today}
        for one in told.tenants.values():
            key = (one.tenant, told.day)
            self._used[key] = max(self._used.get(key, 0), one.used_tokens)

    def used(self, tenant: str) -> int:
        """Tokens of today, with the estimates of what is under way."""
        return self._used.get((tenant, self._today()), 0)

    def open(self, tenant: GatewayTenant, input_tokens: int) -> Booking:
        """Book a request that goes out. LlmError when the day's budget is used up."""
        budget = tenant.tokens_per_day
        if budget is not None and self.used(tenant.tenant) >= budget:
            raise refusal(
                "budget",
                f"Today's {budget:,} tokens of the LLM are used up; there are new ones at "
                "midnight UTC.",
                retry_after_s=self._until_midnight_s(),
            )
        if len(self._pending) >= self._pending_max:
            raise refusal(
                "books",
                "The platform cannot write down what the LLM is used right now.",
                retry_after_s=30,
            )
        booking = Booking(
            uuid.uuid4().hex, tenant.tenant, self._today(), input_tokens, 0, estimated=True
        )
        self._add(booking, booking.tokens)
        return booking

    def settle(self, booked: Booking, used: Used) -> Booking:
        """Book what the request has used in the place of what was booked for it last."""
        settled = replace(
            booked,
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            estimated=used.estimated,
        )
        self._add(settled, settled.tokens - booked.tokens)
        return settled

    def pending(self, most: int) -> tuple[Booking, ...]:
        """What is to be written down, oldest first."""
        return tuple(self._pending.values())[:most]

    def written(self, bookings: Sequence[Booking]) -> None:
        """These are on the disk, or can never be; what was settled meanwhile is still to come."""
        for one in bookings:
            if self._pending.get(one.key) == one:
                del self._pending[one.key]

    def _add(self, booking: Booking, more: int) -> None:
        key = (booking.tenant, booking.day)
        self._used[key] = self._used.get(key, 0) + more
        self._pending[booking.key] = booking

    def _today(self) -> str:
        return self._now().date().isoformat()

    def _until_midnight_s(self) -> int:
        now = self._now()
        tomorrow = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
        return max(1, int((tomorrow - now).total_seconds()))


class Account:
    """What is booked for one request."""

    def __init__(self, books: Books, opened: Booking) -> None:
        self._books = books
        self._booked = opened

    def settle(self, used: Used) -> None:
        """What it has used by now, all in."""
        self._booked = self._books.settle(self._booked, used)

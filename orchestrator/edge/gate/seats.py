"""How many requests the gate takes in, per tenant and altogether, and what became of the held.

Pure: counts, and nothing else.
"""

from __future__ import annotations

from collections import Counter

from orchestrator.client.answers import Holds
from orchestrator.edge.gate.bounds import Bounds


class Seats:
    """Whoever takes one gives it back."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._present: Counter[str] = Counter()
        self._held: Counter[str] = Counter()

    def enter(self, tenant: str) -> bool:
        """A request for this tenant is at the gate; False when there are too many."""
        if self._present[tenant] >= self._bounds.present_tenant:
            return False
        self._present[tenant] += 1
        return True

    def leave(self, tenant: str) -> None:
        _take(self._present, tenant)

    def hold(self, tenant: str) -> bool:
        """It has to wait; False when too many do."""
        if self._held[tenant] >= self._bounds.held_tenant:
            return False
        if self._held.total() >= self._bounds.held:
            return False
        self._held[tenant] += 1
        return True

    def release(self, tenant: str) -> None:
        _take(self._held, tenant)

    def held(self, tenant: str) -> int:
        return self._held[tenant]


class Tally:
    """What became of the held since it was last told, per tenant."""

    def __init__(self) -> None:
        self._open: dict[str, Holds] = {}

    def note(self, tenant: str, *, held: int = 0, longest_s: float = 0.0, failed: int = 0) -> None:
        was = self._open.get(tenant, Holds(tenant, 0, 0.0, 0))
        self._open[tenant] = Holds(
            tenant, was.held + held, max(was.longest_s, longest_s), was.failed + failed
        )

    def take(self, tenant: str) -> Holds | None:
        """The count so far, which starts anew; None when there is nothing to tell."""
        return self._open.pop(tenant, None)

    def give_back(self, holds: Holds) -> None:
        """It could not be told: it counts on."""
        self.note(holds.tenant, held=holds.held, longest_s=holds.longest_s, failed=holds.failed)


def _take(counts: Counter[str], tenant: str) -> None:
    counts[tenant] -= 1
    if counts[tenant] <= 0:
        del counts[tenant]

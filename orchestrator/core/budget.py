"""How the time for which a visitor may be held is divided between the parts of a swap.

Whoever comes in the moment in which the hold begins is answered within it, by the new container or
by the one before: drain + stop + work + ready + way back ≤ hold, whatever the parts run into. What
the early parts leave over, the new container gets to become ready. Copying data that was written
in the last seconds before the stop is the one part without a bound of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

# Shares of the hold; in the default one of 30 s: 3 s, 4 s, 4 s, 9 s, and 10 s for the new one.
# A real agent drains in 0.1 s, ends in 0.3 s, is made in 0.6 s and ready in 1.2 s when it has two
# cores for itself; the way back is all of that but the drain, with no wait for the end.
DRAIN, STOP, WORK, BACK = 0.10, 0.13, 0.13, 0.30
DRAIN_MOST_S, STOP_MOST_S, WORK_MOST_S, BACK_MOST_S = 3.0, 4.0, 4.0, 9.0
READY_MOST_S = 60.0  # as long as anybody's start may take
READY_LEAST_S = 5.0  # below that no image is ever taken; a hold of less than 15 s is too short


@dataclass(frozen=True)
class Budget:
    """Seconds. `work_s` is what the engine, the ledger and Traefik take."""

    hold_s: float
    drain_s: float
    stop_s: float
    work_s: float
    back_s: float

    def ready_s(self, held_s: float) -> float:
        """How long the new container may take when visitors have been held for `held_s`.

        Where that is too little for any image, those who came first cannot be saved by haste, and
        the time counts for who comes now.
        """
        whole = self.hold_s - self.back_s
        left = whole - held_s
        return min(READY_MOST_S, left if left >= READY_LEAST_S else max(READY_LEAST_S, whole))


def budget(hold_s: float) -> Budget:
    """Of a tenant whose requests are held for `hold_s` seconds at most."""
    return Budget(
        hold_s=hold_s,
        drain_s=min(DRAIN_MOST_S, hold_s * DRAIN),
        stop_s=min(STOP_MOST_S, hold_s * STOP),
        work_s=min(WORK_MOST_S, hold_s * WORK),
        back_s=min(BACK_MOST_S, hold_s * BACK),
    )

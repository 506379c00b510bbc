"""What has gone wrong with each tenant lately: failures counted, next try dated, reason kept.

Times are seconds of a monotonic clock that the caller hands in, so that a clock set a year ahead
or back delays nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from orchestrator.core.observed import ObservedContainer

BACKOFF_FIRST_S = 1.0
BACKOFF_MAX_S = 60.0
FAILED_AFTER = 3  # failures in a row until a tenant is called failed instead of starting
STABLE_AFTER_S = 60.0  # running and ready for this long forgives earlier failures
LAST_LINES = ". Last log lines: "
ENDED = ("exited", "dead")
OUT_OF_MEMORY_HINT = "its processes used up the tier's memory"


@dataclass(frozen=True)
class Attempts:
    """One tenant's recent failures."""

    failures: int = 0
    next_at: float = 0.0
    reason: str = ""
    counted_exit: str = ""  # the exit that was counted last, so that it is counted once
    healthy_since: float | None = None

    @property
    def failed(self) -> bool:
        """So many failures in a row that a person should look."""
        return self.failures >= FAILED_AFTER


NONE = Attempts()
History = Mapping[str, Attempts]


def failure(attempts: Attempts, reason: str, now: float) -> Attempts:
    """One more failure. The first is retried at once, later ones after 1, 2, 4 … 60 seconds."""
    failures = attempts.failures + 1
    delay = 0.0 if failures == 1 else min(BACKOFF_MAX_S, BACKOFF_FIRST_S * 2.0 ** (failures - 2))
    return replace(
        attempts, failures=failures, next_at=now + delay, reason=reason, healthy_since=None
    )


def is_new_exit(attempts: Attempts, container: ObservedContainer) -> bool:
    """The container ended, and this end was not counted yet."""
    return container.state in ENDED and attempts.counted_exit != _exit_key(container)


def exited(
    attempts: Attempts, container: ObservedContainer, now: float, last_lines: str = ""
) -> Attempts:
    """Count the exit of a container that should run; `last_lines` of its log explain it."""
    counted = failure(attempts, exit_reason(container) + told(last_lines), now)
    return replace(counted, counted_exit=_exit_key(container))


def told(last_lines: str) -> str:
    """The last log lines as the end of a sentence; reasons are one line wherever they are shown."""
    lines = [line.strip() for line in last_lines.splitlines() if line.strip()]
    return f"{LAST_LINES}{' | '.join(lines)}" if lines else ""


def _exit_key(container: ObservedContainer) -> str:
    return f"{container.id}:{container.finished_at}"


def healthy(attempts: Attempts, now: float) -> Attempts:
    """The tenant is running and ready at `now`; after a while its failures are forgiven."""
    if attempts.healthy_since is None:
        return replace(attempts, healthy_since=now)
    if now - attempts.healthy_since >= STABLE_AFTER_S:
        return replace(
            NONE, healthy_since=attempts.healthy_since, counted_exit=attempts.counted_exit
        )
    return attempts


def exit_reason(container: ObservedContainer) -> str:
    """Why a container ended, in words."""
    if container.oom_killed:
        return f"out of memory: {OUT_OF_MEMORY_HINT} (exit code {container.exit_code})"
    if container.exit_code == 0:
        return "its process ended by itself (exit code 0)"
    if container.exit_code in (137, 143):
        signal = {137: "SIGKILL", 143: "SIGTERM"}[container.exit_code]
        return f"its process was ended by {signal} (exit code {container.exit_code})"
    return f"its process ended with exit code {container.exit_code}"


def forgiven(container: ObservedContainer | None) -> Attempts:
    """A clean slate, as an apply gives it; an exit that is known already is not counted again."""
    ended = container is not None and container.state in ENDED
    return replace(NONE, counted_exit=_exit_key(container) if ended and container else "")

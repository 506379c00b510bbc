"""Growing delays after wrong passwords, per user and address and per user. Pure, plus a small file.

Delays are bounded and addresses from which a user has signed in before are spared the second kind,
so that nobody can lock another person out by guessing (OWASP: "device cookies", by address here).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from data_agent.errors import TooManyAttempts


@dataclass(frozen=True)
class Delay:
    """The first `free` failures cost nothing, each further one doubles, up to `most_s` seconds."""

    free: int
    most_s: int

    def after(self, failures: int) -> int:
        over = failures - self.free
        return 0 if over < 0 else min(self.most_s, 2 ** min(over, 20))


FROM_ONE_ADDRESS = Delay(free=4, most_s=15 * 60)
FROM_ANYWHERE = Delay(free=20, most_s=60)
FORGET_AFTER_S = 24 * 3600
KNOWN_FOR_S = 30 * 24 * 3600
ENTRIES = 2000


class Throttle:
    """Failures by key; a key is a user, or a user and an address."""

    def __init__(self, path: Path, *, now: Callable[[], float]) -> None:
        self._path = path
        self._now = now
        self._failures: dict[str, tuple[int, float]] = {}
        self._known: dict[str, float] = {}

    def load(self) -> None:
        """Read the file of an earlier run; a missing or damaged one means a fresh start."""
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            document = json.loads(self._path.read_bytes())
            self._failures = {k: (int(n), float(at)) for k, (n, at) in document["failures"].items()}
            self._known = {key: float(at) for key, at in document["known"].items()}

    def begin(self, user: str, address: str) -> None:
        """Before a password is checked: TooManyAttempts, or the attempt counts as failed until
        `succeeded` says otherwise, so that many at once gain nothing."""
        both = _key(user, address)
        waits = [self._wait(both, FROM_ONE_ADDRESS)]
        if not self._knows(both):
            waits.append(self._wait(_key(user), FROM_ANYWHERE))
        wait = math.ceil(max(waits))
        if wait > 0:
            raise TooManyAttempts(
                f"Too many wrong passwords. Wait {_in_words(wait)}, then try again.",
                retry_after_s=wait,
            )
        for key in (both, _key(user)):
            count, _ = self._failures.get(key, (0, 0.0))
            self._failures[key] = (count + 1, self._now())
        self._write()

    def succeeded(self, user: str, address: str) -> None:
        """The password was right: forget the failures, know the address."""
        self._failures.pop(_key(user, address), None)
        self._failures.pop(_key(user), None)
        self._known[_key(user, address)] = self._now()
        self._write()

    def _wait(self, key: str, delay: Delay) -> float:
        count, at = self._failures.get(key, (0, 0.0))
        return at + delay.after(count) - self._now() if count else 0.0

    def _knows(self, key: str) -> bool:
        return self._now() - self._known.get(key, -math.inf) < KNOWN_FOR_S

    def _write(self) -> None:
        now = self._now()
        recent = [item for item in self._failures.items() if now - item[1][1] < FORGET_AFTER_S]
        known = [item for item in self._known.items() if now - item[1] < KNOWN_FOR_S]
        # Bounded: what failed least and longest ago goes first, so that made-up names
        # cannot push out the one that is really being guessed.
        self._failures = dict(sorted(recent, key=lambda item: item[1])[-ENTRIES:])
        self._known = dict(sorted(known, key=lambda item: item[1])[-ENTRIES:])
        raw = json.dumps({"failures": self._failures, "known": self._known})
        temporary = self._path.with_name(f".{self._path.name}.tmp")
        with suppress(OSError):  # on a full disk the delays go on in memory
            # No fsync: it need not outlive a power cut, only a restart.
            temporary.write_text(raw, encoding="utf-8")
            temporary.replace(self._path)


def _key(user: str, address: str = "") -> str:
    return f"{user[:64].casefold()}|{address[:64]}"


def _in_words(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"

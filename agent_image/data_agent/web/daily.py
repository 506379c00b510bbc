"""How many questions were asked today (UTC), against the tier's number a day."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from data_agent.errors import QuestionsUsedUp

DAY_S = 24 * 3600


class DailyQuestions:
    """A count that survives restarts; on a full disk it goes on in memory."""

    def __init__(self, path: Path, *, limit: int | None, now: Callable[[], float]) -> None:
        self.limit = limit
        self._path = path
        self._now = now
        self._day = 0
        self._count = 0

    def load(self) -> None:
        """Read the count of an earlier run; a missing or damaged file counts as none."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            document = json.loads(self._path.read_bytes())
            self._day, self._count = int(document["day"]), int(document["count"])

    @property
    def used(self) -> int:
        """Questions of today so far."""
        return self._count if self._day == int(self._now() // DAY_S) else 0

    def take(self) -> None:
        """Count one question. QuestionsUsedUp with the seconds until midnight when all are used."""
        now = self._now()
        day = int(now // DAY_S)
        if day != self._day:
            self._day, self._count = day, 0
        if self.limit is not None and self._count >= self.limit:
            raise QuestionsUsedUp(
                f"Your tier has {self.limit:,} a day. "
                "New ones begin at midnight UTC; tables and SQL go on working.",
                retry_after_s=int((day + 1) * DAY_S - now) + 1,
            )
        self._count += 1
        self._write()

    def _write(self) -> None:
        temporary = self._path.with_name(f".{self._path.name}.tmp")
        with suppress(OSError):
            temporary.write_text(json.dumps({"day": self._day, "count": self._count}))
            temporary.replace(self._path)

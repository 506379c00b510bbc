"""Which day it is where the customer is: what "today" and "last month" are counted from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

UTC = "UTC"


@dataclass(frozen=True)
class Today:
    """The day of now in a time zone, by its IANA name such as `Europe/Berlin`."""

    zone: str = UTC

    def __call__(self) -> dt.date:
        if self.zone == UTC:
            return dt.datetime.now(tz=dt.UTC).date()
        from zoneinfo import ZoneInfo  # late: most agents stay in UTC, and no start waits for it

        return dt.datetime.now(tz=ZoneInfo(self.zone)).date()


def is_zone(name: str) -> bool:
    """Whether this machine knows a time zone of this name."""
    if name == UTC:
        return True
    from zoneinfo import ZoneInfo

    try:
        return bool(ZoneInfo(name))
    except (KeyError, ValueError, OSError):  # unknown, no name at all, or a directory
        return False

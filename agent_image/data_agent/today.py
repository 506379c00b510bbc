"""Which day it is where the customer is: what "today" and "last month" are counted from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

UTC = "UTC"


@dataclass(frozen=True)
class Today:
    """The day of now in a time zone, by its IANA name such as `Europe/Berlin`."""

    zone: str = UTC

    def __call__(self) -> dt.date:
        zone = dt.UTC if self.zone == UTC else ZoneInfo(self.zone)
        return dt.datetime.now(tz=zone).date()


def is_zone(name: str) -> bool:
    """Whether this machine knows a time zone of this name."""
    try:
        return name == UTC or bool(ZoneInfo(name))
    except (KeyError, ValueError, OSError):  # unknown, no name at all, or a directory
        return False

"""Sizes, durations, cpus, counts and prices: from the text of tenants.yaml to numbers and back.

Every parse function raises Unfit for a text that is not its quantity.
"""

from __future__ import annotations

import re
from fractions import Fraction

from orchestrator.core.problems import Unfit

KIB = 1024
SIZE_UNITS = {"k": KIB, "m": KIB**2, "g": KIB**3, "t": KIB**4}  # as Docker counts: by 1024
DURATION_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MAX_SIZE = 1024 * SIZE_UNITS["t"]
MAX_DURATION = 365 * DURATION_UNITS["d"]
MAX_COUNT = 1_000_000_000
MAX_HOLD = 600  # seconds; browsers and programs give up by themselves before
MAX_REQUESTS = 1_000_000  # as good as no limit
MAX_CPUS = 64

_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?) ?([kmgt])(?:i?b)?", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(r"(\d{1,9}) ?([smhd])", re.ASCII)
_DECIMAL = re.compile(r"\d{1,12}(?:\.\d{1,6})?", re.ASCII)
_COUNT = re.compile(r"[1-9]\d{0,11}", re.ASCII)


def parse_size(text: str, *, minimum: int = 0) -> int:
    """Bytes of `384m`, `1.5g`, `512MiB`. m and MB and MiB are all 1024² bytes, as for Docker."""
    match = _SIZE.fullmatch(text)
    if match is None:
        if _DECIMAL.fullmatch(text):
            raise Unfit(f"'{text}' has no unit", f"write {text}m for MiB or {text}g for GiB")
        raise Unfit(f"'{text}' is not a size", "write a number and a unit, such as 384m or 1.5g")
    size = int(Fraction(match[1]) * SIZE_UNITS[match[2].lower()])
    if size < minimum:
        raise Unfit(f"'{text}' is too small", f"give at least {format_size(minimum)}")
    if size > MAX_SIZE:
        raise Unfit(f"'{text}' is too large", f"give at most {format_size(MAX_SIZE)}")
    return size


def parse_duration(text: str, *, minimum: int = 0) -> int | None:
    """Seconds of `30s`, `30m`, `2h`, `1d`; None for `never`."""
    if text == "never":
        return None
    match = _DURATION.fullmatch(text)
    if match is None:
        if text.isdecimal():
            raise Unfit(f"'{text}' has no unit", f"write {text}m for minutes or {text}s")
        raise Unfit(f"'{text}' is not a duration", "write 30s, 30m, 2h, 1d or never")
    seconds = int(match[1]) * DURATION_UNITS[match[2]]
    if seconds < minimum:
        raise Unfit(f"'{text}' is too short", f"give at least {format_duration(minimum)}")
    if seconds > MAX_DURATION:
        raise Unfit(f"'{text}' is too long", "give at most 365d, or never")
    return seconds


def parse_millicpus(text: str) -> int:
    """Thousandths of a core of `0.5` or `2`, from 0.1 to 64."""
    if not _DECIMAL.fullmatch(text):
        raise Unfit(f"'{text}' is not a number of cpus", "write a number such as 0.5 or 2")
    millicpus = Fraction(text) * 1000
    if not 100 <= millicpus <= MAX_CPUS * 1000:
        raise Unfit(f"'{text}' cpus is out of range", f"give 0.1 to {MAX_CPUS}")
    if millicpus.denominator != 1:
        raise Unfit(f"'{text}' is too fine", "give at most three decimals, such as 0.125")
    return int(millicpus)


def parse_count(text: str) -> int:
    """A whole number from 1 on."""
    if not _COUNT.fullmatch(text):
        raise Unfit(f"'{text}' is not a whole number from 1 on", "write a number such as 5")
    if int(text) > MAX_COUNT:
        raise Unfit(f"'{text}' is too large", f"give at most {MAX_COUNT}")
    return int(text)


def parse_limit(text: str) -> int | None:
    """A whole number from 1 on; None for `unlimited`."""
    if text == "unlimited":
        return None
    try:
        return parse_count(text)
    except Unfit as error:
        raise Unfit(str(error), f"{error.mend}, or unlimited") from None


def parse_price(text: str) -> float:
    """A number from 0 on, without a currency."""
    if not _DECIMAL.fullmatch(text):
        raise Unfit(f"'{text}' is not a price", "write a number from 0 on, such as 50 or 49.90")
    return float(text)


def format_size(size: int) -> str:
    """The shortest text that `parse_size` turns into `size` again; whole KiB at least."""
    for unit in "tgm":
        if size and size % SIZE_UNITS[unit] == 0:
            return f"{size // SIZE_UNITS[unit]}{unit}"
    return f"{size // KIB}k"


def format_duration(seconds: int | None) -> str:
    """The shortest text that `parse_duration` turns into `seconds` again."""
    if seconds is None:
        return "never"
    for unit in "dhm":
        if seconds and seconds % DURATION_UNITS[unit] == 0:
            return f"{seconds // DURATION_UNITS[unit]}{unit}"
    return f"{seconds}s"


def format_cpus(millicpus: int) -> str:
    """Cores, without trailing zeros: 500 → 0.5, 2000 → 2."""
    return f"{millicpus / 1000:g}"


def format_limit(limit: int | None) -> str:
    """The number, or `unlimited`."""
    return "unlimited" if limit is None else str(limit)

"""What a refusal of an endpoint means, and how long to wait before asking again. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from data_agent.errors import ModelFailed

AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_WORDS = {
    401: "refused the key",
    402: "wants to be paid",
    403: "does not allow this key to do that",
    404: "knows no such address or model; base URL and model name may be wrong",
    413: "found the question with its tables too long",
    429: "has had too many questions",
    529: "is overloaded",
}


def refusal(status: int, headers: Mapping[str, str], detail: str, now: dt.datetime) -> ModelFailed:
    """The reason in words; `again` where a later try may help."""
    if detail:
        said = detail
    elif 300 <= status < 400:
        said = "The language model's endpoint has moved; give its new address as base URL."
    else:
        words = _WORDS.get(status) or ("failed" if status >= 500 else "refused the request")
        said = f"The language model's endpoint {words} (HTTP {status})."
    wait = retry_after_s(headers.get("retry-after", ""), now)
    return ModelFailed(said, retry_after_s=wait, again=status in AGAIN)


def retry_after_s(value: str, now: dt.datetime) -> float | None:
    """Seconds of a Retry-After header, which holds seconds or a date; None for anything else."""
    text = value.strip()
    try:
        if text.replace(".", "", 1).isdecimal() and text.isascii():
            return float(text)
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None

"""What a refusal means, and how long to wait before asking again. Pure."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

from data_agent.errors import ModelFailed
from data_agent.llm.text.problems import KINDS, OPERATOR, Problem, of_status
from data_agent.llm.text.proposal import one_line

PROBLEM_TYPE = "application/problem+json"


def refusal(status: int, headers: Mapping[str, str], now: dt.datetime) -> ModelFailed:
    """The refusal of an endpoint. Its body is not looked at: it may repeat what it was sent."""
    wait = retry_after_s(headers.get("retry-after", ""), now)
    problem = of_status(status)
    return ModelFailed(str(problem), retry_after_s=wait, again=problem.again)


def platforms_refusal(
    headers: Mapping[str, str], body: bytes, now: dt.datetime
) -> ModelFailed | None:
    """The refusal of the platform's gateway itself; None for what it only passed on."""
    if not headers.get("content-type", "").startswith(PROBLEM_TYPE):
        return None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    kind = document.get("kind") if isinstance(document, dict) else None
    if not isinstance(kind, str):
        return None
    wait = retry_after_s(headers.get("retry-after", ""), now)
    problem = KINDS.get(kind) or _of_a_newer_platform(document)
    return ModelFailed(str(problem), retry_after_s=wait, again=problem.again, kind=kind)


def _of_a_newer_platform(document: Mapping[str, object]) -> Problem:
    """A kind that this agent does not know yet: in the platform's own words."""
    detail = document.get("detail")
    what = one_line(detail) if isinstance(detail, str) else "The platform refused the question."
    return Problem(what, OPERATOR, document.get("again") is True)


def retry_after_s(value: str, now: dt.datetime) -> float | None:
    """Seconds of a Retry-After header, which holds seconds or a date; None for anything else."""
    from email.utils import parsedate_to_datetime  # no start of an agent waits for it

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

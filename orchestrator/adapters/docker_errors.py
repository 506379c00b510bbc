"""Where the errors of the Docker SDK, requests and urllib3 stop.

The engine's own words go into the message, for people; nothing is ever decided on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException

import requests
import urllib3
from docker.errors import APIError, DockerException, StreamParseError

from orchestrator.errors import EngineError, EngineRefused, EngineUnavailable, NotThere

NOT_FOUND = 404
# 503: the engine shuts down or starts. 502 and 504: something stands between us and the engine.
UNAVAILABLE = frozenset({502, 503, 504})
MEND_UNAVAILABLE = "Check that the Docker engine runs: `docker version`, then `tenantctl doctor`."

# All that can come out of a call to the engine. ValueError is an answer that is no JSON, the next
# three are one that is JSON of another shape: both mean that it cannot be understood.
FOREIGN = (
    DockerException,
    StreamParseError,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    HTTPException,
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)


@contextmanager
def engine_errors(doing: str) -> Iterator[None]:
    """Run a call to the engine; whatever foreign it raises comes out as an EngineError.

    `doing` is the act in words, as "create container tenant-a".
    """
    try:
        yield
    except EngineError:
        raise
    except FOREIGN as error:
        raise translated(error, doing) from error


def translated(error: BaseException, doing: str) -> EngineError:
    """The error of ours that says what `error` says."""
    status = status_of(error)
    if status is None or status in UNAVAILABLE:
        return EngineUnavailable(
            f"Cannot {doing}: the Docker engine gave no usable answer ({reason(error)})",
            mend=MEND_UNAVAILABLE,
        )
    if status == NOT_FOUND:
        return NotThere(f"Cannot {doing}: {reason(error)}")
    return EngineRefused(f"Cannot {doing}: the Docker engine refuses: {reason(error)}")


def status_of(error: BaseException) -> int | None:
    """The HTTP status that the engine answered with; None when it did not get that far."""
    return error.status_code if isinstance(error, APIError) else None


def reason(error: BaseException) -> str:
    """The engine's own sentence where there is one, else the kind of failure."""
    explanation = getattr(error, "explanation", None)
    if isinstance(explanation, bytes):
        explanation = explanation.decode(errors="replace")
    text = explanation or f"{type(error).__name__}: {_first_argument(error)}"
    return " ".join(str(text).split())[:500]


def _first_argument(error: BaseException) -> str:
    """str() of some of these fails, or holds a whole request."""
    return str(error.args[0]) if error.args else "no details"

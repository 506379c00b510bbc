"""Why the platform's gateway, or an endpoint, gave no answer: what happened, and who can mend it.

Words for people; nothing that a foreign server said is among them. The kinds are the gateway's
(`orchestrator.edge.llm_gateway.kinds`), and a test holds the two tables together. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WAIT = "Ask again in a moment; if that goes on, the operator can mend it."
OPERATOR = "Only the operator can mend it."


@dataclass(frozen=True)
class Problem:
    """Two sentences. `again`: the same question may be answered within its own deadline."""

    what: str
    mend: str
    again: bool = False

    def __str__(self) -> str:
        return f"{self.what} {self.mend}"


KINDS: Mapping[str, Problem] = {
    "body": Problem(
        "The platform could not send on the question with what a model is told of your tables.",
        "A shorter question or fewer tables may help; if not, the operator can mend it.",
    ),
    "books": Problem(
        "The platform cannot write down right now what language models use.", WAIT, again=True
    ),
    "budget": Problem(
        "Today's tokens of the language model are used up.",
        "There are new ones at midnight UTC; the operator can allow more.",
    ),
    "concurrency": Problem(
        "Too many questions are with the language model right now.",
        "Ask again in a moment; the operator can allow more at a time.",
        again=True,
    ),
    "cut_off": Problem("The language model broke off its answer.", WAIT, again=True),
    "deadline": Problem(
        "The language model took longer than the platform waits for it.",
        "Ask again, or for less; the operator can allow more time.",
    ),
    "key_refused": Problem("The language model refuses the operator's key.", OPERATOR),
    "left": Problem("The question was given up before it was sent on.", "Ask it again."),
    "moved": Problem("The language model is no longer where it was.", OPERATOR),
    "not_configured": Problem(
        "The platform has no language model that can be asked right now.", OPERATOR
    ),
    "path": Problem(
        "The platform has changed to a language model that is asked in another way.",
        WAIT,
        again=True,
    ),
    "too_long": Problem(
        "The language model's answer was far too long.", "Ask for less, or in other words."
    ),
    "unknown": Problem("The platform's gateway does not know this agent.", OPERATOR),
    "unreachable": Problem("The language model cannot be reached.", WAIT, again=True),
}

_LATER = "Ask again later; if that goes on, the operator can mend it."
_STATUSES: Mapping[int, Problem] = {
    400: Problem(
        "refused the request",
        "Perhaps the tables are too many for this model; the operator can mend it.",
    ),
    401: Problem("refused the key", "Only the operator can mend it, with another key."),
    402: Problem("wants to be paid", OPERATOR),
    403: Problem("does not allow this key to do that", OPERATOR),
    404: Problem("knows no such address or model", "The operator can mend base URL or model name."),
    408: Problem("had to wait too long for the question", WAIT, again=True),
    409: Problem("is busy with something else", WAIT, again=True),
    413: Problem(
        "found the question with its tables too long",
        "A shorter question or fewer tables may help.",
    ),
    425: Problem("is not ready yet", WAIT, again=True),
    429: Problem("has had too many questions", _LATER, again=True),
    529: Problem("is overloaded", _LATER, again=True),
}
_FAILED_NOW = (500, 502, 503, 504)
_MOVED = Problem("has moved", "The operator can mend it, with its new address as base URL.")


def of_status(status: int) -> Problem:
    """What an endpoint's refusal with this HTTP status means."""
    if status in _FAILED_NOW:
        found = Problem("failed", WAIT, again=True)
    elif 300 <= status < 400:
        found = _MOVED
    else:
        found = _STATUSES.get(status, _STATUSES[400])
    what = f"The language model's endpoint {found.what} (HTTP {status})."
    return Problem(what, found.mend, found.again)

"""Every way in which the gateway gives no answer of an LLM. Pure.

An agent says each kind in words of its own (`data_agent.llm.text.problems`); a test holds the two
tables together. What the endpoint itself refuses, but for the key, is passed on and is not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from orchestrator.errors import LlmError

Kind = Literal[
    "body", "books", "budget", "concurrency", "cut_off", "deadline", "key_refused", "left", "moved",
    "not_configured", "path", "too_long", "unknown", "unreachable",
]  # fmt: skip


@dataclass(frozen=True)
class Way:
    """`status` is HTTP's. `again`: the same question may be answered within the minute."""

    status: int
    again: bool = False


KINDS: Mapping[Kind, Way] = {
    "body": Way(422),
    "books": Way(503, again=True),
    "budget": Way(429),
    "concurrency": Way(429, again=True),
    "cut_off": Way(502, again=True),
    "deadline": Way(504),
    "key_refused": Way(502),
    "left": Way(400),
    "moved": Way(502),
    "not_configured": Way(503),
    "path": Way(404, again=True),  # by who has learnt the path anew
    "too_long": Way(502),
    "unknown": Way(401),
    "unreachable": Way(502, again=True),
}


def refusal(
    kind: Kind, sentence: str, *, status: int | None = None, retry_after_s: int | None = None
) -> LlmError:
    """The error of this kind. `status`: where it is not the kind's usual one."""
    way = KINDS[kind]
    return LlmError(
        sentence,
        status=status or way.status,
        kind=kind,
        retry_after_s=retry_after_s,
        again=way.again,
    )

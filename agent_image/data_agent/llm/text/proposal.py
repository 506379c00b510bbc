"""What a model's answer proposes, found in whatever stands around it. Pure; never raises."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LONGEST_READING = 240
MOST_STARTS = 200  # places at which a JSON object may begin
DEEPEST = 20  # a plan is 5 deep
_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_THOUGHT_END = re.compile(r"^.*</(?:think|thinking|reasoning)>", re.DOTALL | re.IGNORECASE)
_THOUGHT_OPEN = re.compile(r"<(?:think|thinking|reasoning)>.*$", re.DOTALL | re.IGNORECASE)
_SQL_FENCE = re.compile(r"```(?:sql|duckdb)\s*\n(.*?)```", re.DOTALL | re.IGNORECASE)
_SQL_START = re.compile(r"(?:SELECT|WITH)\s", re.IGNORECASE)
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


@dataclass(frozen=True)
class Proposal:
    """Exactly one of `plan`, `sql` and `cannot`; none when the answer holds none of them."""

    plan: dict[str, Any] | None = None
    sql: str | None = None
    cannot: str | None = None
    reading: str = ""

    @property
    def empty(self) -> bool:
        return self.plan is None and self.sql is None and self.cannot is None


def read(answer: str) -> Proposal:
    """The first proposal in the answer: a JSON object of ours, else SQL that stands by itself."""
    text = without_thoughts(_whole_letters(answer))
    for found in _objects(text):
        proposal = _of_object(found)
        if not proposal.empty:
            return proposal
    fenced = _SQL_FENCE.search(text)
    if fenced:
        return Proposal(sql=fenced[1].strip())
    bare = text.strip().strip("`").strip()
    return Proposal(sql=bare) if _SQL_START.match(bare) else Proposal()


def without_thoughts(answer: str) -> str:
    """Without <think> blocks, also those that only end or only begin."""
    text = _THOUGHT.sub("", answer)
    text = _THOUGHT_END.sub("", text)
    return _THOUGHT_OPEN.sub("", text)


def one_line(text: str, most: int = LONGEST_READING) -> str:
    """Words of a model for people: one line, nothing invisible, not long."""
    line = " ".join(_NOT_SHOWN.sub(" ", text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _objects(text: str) -> Iterator[dict[str, Any]]:
    decoder, place = json.JSONDecoder(), 0
    for _ in range(MOST_STARTS):
        place = text.find("{", place)
        if place < 0:
            return
        try:
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            place += 1
            continue
        if isinstance(value, dict) and (cleaned := _cleaned(value, DEEPEST)) is not None:
            yield cleaned


def _cleaned(value: Any, deepest: int) -> Any:  # noqa: ANN401 - JSON
    """The same JSON of texts that can be written down again; None for what is too deep."""
    if isinstance(value, str):
        return _whole_letters(value)
    if isinstance(value, dict | list):
        if not deepest:
            return None
        if isinstance(value, list):
            return [_cleaned(item, deepest - 1) for item in value]
        return {_whole_letters(key): _cleaned(item, deepest - 1) for key, item in value.items()}
    return value


def _whole_letters(text: str) -> str:
    """Without halves of surrogate pairs, which JSON can say and nothing else can."""
    return text.encode("utf-8", "replace").decode()


def _of_object(found: dict[str, Any]) -> Proposal:
    reading = one_line(found["reading"]) if isinstance(found.get("reading"), str) else ""
    plan, sql, cannot = found.get("plan"), found.get("sql"), found.get("cannot")
    if isinstance(plan, dict):
        return Proposal(plan=plan, reading=reading)
    if isinstance(sql, str) and sql.strip():
        return Proposal(sql=sql.strip(), reading=reading)
    if isinstance(cannot, str) and cannot.strip():
        return Proposal(cannot=one_line(cannot))
    if isinstance(found.get("table"), str):  # the plan itself, without the object around it
        return Proposal(plan={k: v for k, v in found.items() if k != "reading"}, reading=reading)
    return Proposal()

"""verdicts.json: what people said about answers. A right one answers questions like it again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from data_agent.asking.likeness import likeness_key
from data_agent.durable import DurableJson
from data_agent.errors import FilesDamaged, LimitReached, NotFound
from data_agent.values import Answer

MOST = 500


@dataclass(frozen=True)
class Verdict:
    """`good`: this plan or statement answers the question, says `by`; otherwise it does not.
    `read` is the question with the glossary's terms of then replaced, where it had any."""

    id: str
    question: str
    good: bool
    by: str
    created_at: int
    plan: dict[str, Any] | None = None
    sql: str = ""
    read: str = ""

    @property
    def key(self) -> str:
        """Equal for questions that ask the same, with the same meaning of a customer's words."""
        return likeness_key(self.read or self.question)


class Verdicts:
    """All verdicts of one customer, the newest first; one for each question and answer."""

    def __init__(self, data_dir: Path, *, now: Callable[[], float]) -> None:
        self._now = now
        self._file = DurableJson(data_dir / "verdicts.json", _encode, _decode)
        self._verdicts: tuple[Verdict, ...] = ()
        self._damage: FilesDamaged | None = None

    def load(self) -> None:
        try:
            self._verdicts = self._file.load() or ()
        except FilesDamaged as error:
            self._damage = error

    def all(self) -> tuple[Verdict, ...]:
        if self._damage:
            raise self._damage
        return self._verdicts

    def add(
        self,
        question: str,
        *,
        good: bool,
        by: str,
        plan: dict[str, Any] | None,
        sql: str,
        read: str = "",
    ) -> Verdict:
        """Replaces an earlier verdict on the same answer. LimitReached, StorageFull."""
        words, plain = " ".join(question.split()), " ".join(read.split())
        known = "" if plain == words else plain
        verdict = Verdict(secrets.token_hex(8), words, good, by, int(self._now()), plan, sql, known)
        others = tuple(each for each in self.all() if not _same(each, verdict))
        if len(others) >= MOST:
            raise LimitReached(
                f"{MOST} answers are marked. An admin can remove some.", used=MOST, allowed=MOST
            )
        self._save((verdict, *others))
        return verdict

    def remove(self, verdict_id: str) -> None:
        """NotFound."""
        kept = tuple(each for each in self.all() if each.id != verdict_id)
        if len(kept) == len(self._verdicts):
            raise NotFound("There is no such verdict. It may have been removed.")
        self._save(kept)

    def verified(self, question: str) -> Verdict | None:
        """The newest right answer to a question that asks the same; a damaged file knows none.
        Here and below the question comes with the glossary's terms replaced."""
        key = likeness_key(question)
        return next(
            (each for each in self._verdicts if each.good and key and each.key == key), None
        )

    def with_doubts(self, answer: Answer, question: str) -> Answer:
        """The answer, with a note when somebody marked exactly this one as wrong."""
        key = likeness_key(question)
        for each in self._verdicts:
            said = not each.good and each.key == key
            if said and _plain(each.plan) == _plain(answer.plan):
                note = f"{each.by} marked this answer as wrong. Check how the question was read."
                return replace(answer, notes=(*answer.notes, note))
        return answer

    def _save(self, verdicts: tuple[Verdict, ...]) -> None:
        self._file.save(verdicts)
        self._verdicts = verdicts


def _same(one: Verdict, other: Verdict) -> bool:
    return (one.key, _plain(one.plan), one.sql) == (other.key, _plain(other.plan), other.sql)


def _plain(plan: dict[str, Any] | None) -> str:
    """Equal for equal plans, whether they come from JSON or not, with or without empty members."""
    said = {key: value for key, value in (plan or {}).items() if value not in (None, (), [])}
    return json.dumps(said, sort_keys=True)


def _encode(verdicts: tuple[Verdict, ...]) -> dict[str, Any]:
    return {"verdicts": [asdict(verdict) for verdict in verdicts]}


def _decode(document: dict[str, Any]) -> tuple[Verdict, ...]:
    return tuple(Verdict(**entry) for entry in document["verdicts"])

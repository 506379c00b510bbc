"""questions.json: answers that somebody saved, to see them again with the data of then."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from data_agent.durable import DurableJson
from data_agent.errors import FilesDamaged, LimitReached, NotFound

MOST = 200


@dataclass(frozen=True)
class Question:
    """A saved answer: its words and, unless it is only words, the plan or statement that answers
    it. `created_at` is in seconds since 1970."""

    id: str
    question: str
    by: str
    created_at: int
    plan: dict[str, Any] | None = None
    sql: str = ""


class Questions:
    """Saved answers of all users, the newest first; the same words are kept once."""

    def __init__(self, data_dir: Path, *, now: Callable[[], float]) -> None:
        self._now = now
        self._file = DurableJson(data_dir / "questions.json", _encode, _decode)
        self._questions: tuple[Question, ...] = ()
        self._damage: FilesDamaged | None = None

    def load(self) -> None:
        try:
            self._questions = self._file.load() or ()
        except FilesDamaged as error:
            self._damage = error

    def all(self) -> tuple[Question, ...]:
        if self._damage:
            raise self._damage
        return self._questions

    def get(self, question_id: str) -> Question:
        """NotFound."""
        for question in self.all():
            if question.id == question_id:
                return question
        raise NotFound("There is no such saved answer. It may have been deleted.")

    def add(
        self, text: str, *, by: str, plan: dict[str, Any] | None = None, sql: str = ""
    ) -> Question:
        """Save, or give the one with these words the plan that it has now.
        LimitReached, StorageFull."""
        words = " ".join(text.split())
        same = (q for q in self.all() if q.question.casefold() == words.casefold())
        if (known := next(same, None)) is not None:
            return self._renew(known, plan, sql)
        used = len(self._questions)
        if used >= MOST:
            raise LimitReached(
                f"{used} answers are saved. Remove one first.", used=used, allowed=MOST
            )
        question = Question(secrets.token_hex(8), words, by, int(self._now()), plan, sql)
        self._save((question, *self._questions))
        return question

    def remove(self, question_id: str) -> None:
        """NotFound."""
        self.get(question_id)
        self._save(tuple(q for q in self._questions if q.id != question_id))

    def _renew(self, known: Question, plan: dict[str, Any] | None, sql: str) -> Question:
        newer = replace(known, plan=plan, sql=sql)
        if newer != known and (plan or sql):
            self._save(tuple(newer if q.id == known.id else q for q in self._questions))
            return newer
        return known

    def _save(self, questions: tuple[Question, ...]) -> None:
        self._file.save(questions)
        self._questions = questions


def _encode(questions: tuple[Question, ...]) -> dict[str, Any]:
    return {"questions": [asdict(question) for question in questions]}


def _decode(document: dict[str, Any]) -> tuple[Question, ...]:
    return tuple(Question(**entry) for entry in document["questions"])

"""Asks every question of the suite: one data directory with all tables, one worker."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from data_agent.asking.asker import understand
from data_agent.asking.lexicon import load
from data_agent.asking.schema import Schema
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.values import Answer, Declined

from tests.unit.agent.asking.suite import further, office, outside, shop, wider
from tests.unit.agent.asking.suite.judge import Verdict, judge
from tests.unit.agent.asking.suite.plain import Question
from tests.unit.agent.asking.suite.tables import TODAY, WORLD
from tests.unit.agent.asking.tables import as_csv

QUESTIONS: list[Question] = [
    *shop.QUESTIONS, *office.QUESTIONS, *outside.QUESTIONS, *further.QUESTIONS,
    *wider.QUESTIONS,
]  # fmt: skip


@dataclass(frozen=True)
class Asked:
    question: Question
    answer: Answer | Declined
    verdict: Verdict


@dataclass(frozen=True)
class Score:
    """Counts of one part of the suite. `answerable`: all but those that must be declined."""

    asked: int
    answerable: int
    right: int
    wrong: int
    rightly_declined: int
    wrongly_answered: int

    @property
    def answered_share(self) -> float:
        """Of the questions that have an answer."""
        return (self.right + self.wrong) / self.answerable if self.answerable else 1.0

    @property
    def correct_share(self) -> float:
        """Of all that was answered, those too that had no answer."""
        answered = self.right + self.wrong + self.wrongly_answered
        return self.right / answered if answered else 1.0


async def ask_all(directory: Path) -> list[Asked]:
    """Every question in order. Each sees only its own tables."""
    engine = _engine(directory)
    try:
        await _import_world(engine, directory)
        schema, lexicon = await engine.schema(), load()
        found = []
        for question in QUESTIONS:
            part = schema.only(question.tables)
            meant = understand(question.text, part, lexicon, today=TODAY)
            answer = (
                meant
                if isinstance(meant, Declined)
                else await engine.run_plan(meant.plan.to_json())
            )
            found.append(Asked(question, answer, judge(question.expected, answer)))
        return found
    finally:
        await engine.close()


async def schema_of_the_world(directory: Path) -> Schema:
    """The schema of all tables, as questions are read by it."""
    engine = _engine(directory)
    try:
        await _import_world(engine, directory)
        return await engine.schema()
    finally:
        await engine.close()


def _engine(directory: Path) -> WorkerEngine:
    settings = EngineSettings(data_dir=directory, idle_s=60, readers=1)
    return WorkerEngine(settings, today=lambda: TODAY)


async def _import_world(engine: WorkerEngine, directory: Path) -> None:
    for table, rows in WORLD.items():
        upload = directory / f"{table}.csv"
        upload.write_text(as_csv(rows))
        await engine.import_file(upload, filename=upload.name, table=table)


def score(asked: list[Asked]) -> Score:
    count = Counter(one.verdict for one in asked)
    answerable = count["right"] + count["wrong"] + count["declined"]
    return Score(
        len(asked),
        answerable,
        count["right"],
        count["wrong"],
        count["rightly declined"],
        count["should have been declined"],
    )

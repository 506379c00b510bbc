"""Asks a held-out set: its tables are imported as they are, and asked as a person would ask."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.values import Answer, Declined

from tests.questions_blind.judging import judge
from tests.questions_blind.questions import TABLES, Question, Truth, truths
from tests.unit.agent.asking.suite.judge import Verdict

TODAY = dt.date(2025, 11, 12)  # a Wednesday, the day after the data ends


@dataclass(frozen=True)
class Asked:
    truth: Truth
    answer: Answer | Declined
    verdict: Verdict


async def ask_set(name: str, directory: Path) -> list[Asked]:
    """Every question of the set, in one engine for each group of tables under `directory`."""
    groups: dict[tuple[str, ...], list[Truth]] = {}
    for truth in truths(name):
        groups.setdefault(truth.question.tables, []).append(truth)
    found = []
    for number, (tables, group) in enumerate(groups.items()):
        data_dir = directory / str(number)
        data_dir.mkdir()
        found += await _ask_group(data_dir, tables, group)
    return found


async def _ask_group(data_dir: Path, tables: Iterable[str], group: list[Truth]) -> list[Asked]:
    settings = EngineSettings(data_dir=data_dir, idle_s=60, readers=1)
    engine = WorkerEngine(settings, today=lambda: TODAY)
    try:
        for table in tables:
            upload = Path(shutil.copy(TABLES / f"{table}.csv", data_dir))
            report = await engine.import_file(upload, filename=upload.name, table=table)
            if report.rejected:
                raise AssertionError(f"{table}: {report.rejected} rows were rejected")
        answers = [(truth, await _ask(engine, truth.question)) for truth in group]
        return [Asked(truth, answer, judge(truth, answer)) for truth, answer in answers]
    finally:
        await engine.close()


async def _ask(engine: WorkerEngine, question: Question) -> Answer | Declined:
    """After its conversation: each answer's plan goes along with what is asked next."""
    previous = None
    for earlier in question.after:
        answer = await engine.ask(earlier, previous=previous)
        if isinstance(answer, Declined):
            return answer
        previous = answer.plan
    return await engine.ask(question.text, previous=previous)

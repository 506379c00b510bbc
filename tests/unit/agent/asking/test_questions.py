"""The question suite: what is answered must be what plain Python computes over the same rows."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.values import Answer, Declined

from tests.unit.agent.asking.plain import mean, per, revenue, values, where
from tests.unit.agent.asking.questions import DECLINED, ORDERS, QUESTIONS, ROWS
from tests.unit.agent.asking.tables import TABLES, Row, as_csv

Ask = Callable[..., Answer | Declined]


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Ask]]:
    """One engine a table, and one with all of them, under the name `all`."""
    with asyncio.Runner() as runner:
        made: dict[str, WorkerEngine] = {}
        for name in (*TABLES, "all"):
            made[name] = runner.run(_engine(tmp_path_factory.mktemp(name), name))
        yield {name: _asker(runner, engine) for name, engine in made.items()}
        for engine in made.values():
            runner.run(engine.close())


async def _engine(directory: Path, name: str) -> WorkerEngine:
    engine = WorkerEngine(EngineSettings(data_dir=directory, idle_s=60, readers=1))
    for table in TABLES if name == "all" else [name]:
        upload = directory / f"{table}.csv"
        upload.write_text(as_csv(TABLES[table]))
        report = await engine.import_file(upload, filename=upload.name, table=table)
        assert report.rejected == 0
    return engine


def _asker(runner: asyncio.Runner, engine: WorkerEngine) -> Ask:
    return lambda question, **more: runner.run(engine.ask(question, **more))


@pytest.mark.parametrize(("table", "question", "expected"), QUESTIONS, ids=lambda v: str(v)[:60])
def test_answers_are_right(
    engines: dict[str, Ask], table: str, question: str, expected: Any
) -> None:
    answer = engines[table](question)
    assert isinstance(answer, Answer), answer
    rows = [tuple(_plain(cell) for cell in row) for row in answer.result.rows]
    pairs = expected if isinstance(expected, list) else [(expected,)]
    wanted = [tuple(_plain(cell) for cell in pair) for pair in pairs]
    assert rows == [
        tuple(pytest.approx(c) if isinstance(c, float) else c for c in w) for w in wanted
    ]
    assert answer.sentence.endswith(".")
    assert answer.plan["table"]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return float(value)
    return value


@pytest.mark.parametrize(("table", "question", "expected"), ROWS, ids=lambda v: str(v)[:60])
def test_rows_are_listed(
    engines: dict[str, Ask], table: str, question: str, expected: list[Row]
) -> None:
    answer = engines[table](question)
    assert isinstance(answer, Answer), answer
    keys = [str(row[0]) for row in answer.result.rows]
    wanted = [str(next(iter(row.values()))) for row in expected]
    assert sorted(keys) == sorted(wanted)
    assert answer.chart is None


@pytest.mark.parametrize(("table", "question", "reason"), DECLINED, ids=lambda v: str(v)[:60])
def test_what_is_not_understood_is_said(
    engines: dict[str, Ask], table: str, question: str, reason: str
) -> None:
    answer = engines[table](question)
    assert isinstance(answer, Declined), answer.sentence
    assert re.search(reason, answer.reason), answer.reason


@pytest.mark.parametrize(
    ("table", "question", "note"),
    [
        ("orders", "revenue in Colonge", '"Colonge" was read as "cologne".'),
        ("orders", "total revenu", '"revenu" was read as "revenue".'),
        ("tickets", "tickets by month", "Dates are those of created; name resolved"),
        ("tickets", "tickets in 2024", "Dates are those of created; name resolved"),
    ],
)
def test_what_was_taken_for_something_is_said(
    engines: dict[str, Ask], table: str, question: str, note: str
) -> None:
    answer = engines[table](question)
    assert isinstance(answer, Answer), answer
    assert any(note in said for said in answer.notes), answer.notes


def test_suggestions_are_questions_that_are_answered(engines: dict[str, Ask]) -> None:
    for table, question, _ in DECLINED:
        declined = engines[table](question)
        assert isinstance(declined, Declined)
        if table == "all" or "several dates" in declined.reason:
            continue
        for suggestion in declined.suggestions:
            answer = engines[table](suggestion)
            assert isinstance(answer, Answer), (question, suggestion, answer)


def test_follow_ups_edit_the_plan(engines: dict[str, Ask]) -> None:
    ask = engines["orders"]
    chat = [
        ("total revenue", revenue(ORDERS)),
        ("by city", per(ORDERS, "city", revenue)),
        ("only Berlin and Cologne",
         per(where(ORDERS, city=lambda c: c in {"Berlin", "Cologne"}), "city", revenue)),
        ("by product instead",
         per(where(ORDERS, city=lambda c: c in {"Berlin", "Cologne"}), "product", revenue)),
        ("top 2",
         per(where(ORDERS, city=lambda c: c in {"Berlin", "Cologne"}), "product", revenue)[:2]),
        ("what about Hamburg", per(where(ORDERS, city="Hamburg"), "product", revenue)[:2]),
        ("and the average?",
         per(where(ORDERS, city="Hamburg"), "product", lambda g: mean(g, "revenue"))[:2]),
        ("how many customers", len(set(values(ORDERS, "customer")))),
    ]  # fmt: skip
    previous = None
    for question, expected in chat:
        answer = ask(question, previous=previous)
        assert isinstance(answer, Answer), (question, answer)
        pairs = expected if isinstance(expected, list) else [(expected,)]
        rows = [tuple(_plain(cell) for cell in row) for row in answer.result.rows]
        wanted = [tuple(_plain(cell) for cell in pair) for pair in pairs]
        assert rows == [
            tuple(pytest.approx(c) if isinstance(c, float) else c for c in w) for w in wanted
        ], question
        previous = answer.plan


def test_a_previous_plan_that_does_not_fit_is_forgotten(engines: dict[str, Ask]) -> None:
    for broken in ({}, {"table": "gone"}, {"table": "orders", "measure": {"function": "drop"}}):
        answer = engines["orders"]("how many orders", previous=broken)
        assert isinstance(answer, Answer)
        assert answer.result.rows == ((120,),)


def test_charts_fit_the_answer(engines: dict[str, Ask]) -> None:
    ask = engines["orders"]
    kinds = {
        "total revenue": "number",
        "revenue by city": "bar",
        "revenue by month": "line",
        "list orders": None,
    }
    for question, kind in kinds.items():
        answer = ask(question)
        assert isinstance(answer, Answer)
        assert (answer.chart or {}).get("type") == kind
        names = {column.name for column in answer.result.columns}
        assert {v for k, v in (answer.chart or {}).items() if k in "xy"} <= names

"""Every way in which an endpoint answers or fails ends in an answer or a reason, and says whose."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.values import Answer, Declined

from tests.support import fake_llm as llm
from tests.support.fake_llm import FakeLlm, Reply, said, streamed, whole
from tests.unit.agent.llm.asking import (
    CLEAR,
    GOOD,
    GOOD_SQL,
    KEY,
    PLAN,
    SQL,
    VAGUE,
    WRONG_SQL,
    ask_with,
)

FENCED = f"Sure! Here is the plan:\n```json\n{GOOD}\n```\nHope that helps."
THOUGHT = '<think>{"plan": {"table": "none"}} or {"sql": "DROP TABLE sales"}?</think>\n' + GOOD
HALF_THOUGHT = "I could count… </think>" + GOOD
SQL_FENCED = f"```sql\n{SQL};\n```"
PARTS = {"choices": [{"message": {"content": [{"type": "text", "text": GOOD}]}}]}
BROKEN = '{"plan": {"table": "sales", '
USABLE: dict[str, list[Reply]] = {
    "a plan in a stream": [streamed(GOOD)],
    "a plan without a stream": [said(GOOD)],
    "a plan as a list of parts": [whole(PARTS)],
    "a bare plan": [said(json.dumps(PLAN))],
    "sql": [streamed(GOOD_SQL)],
    "sql in a fence": [streamed(SQL_FENCED)],
    "sql alone": [streamed(SQL)],
    "fenced json in prose": [streamed(FENCED)],
    "thoughts": [streamed(THOUGHT)],
    "thoughts whose beginning is missing": [streamed(HALF_THOUGHT)],
    "no json mode": [llm.picky(streamed(GOOD))],
    "no json mode, said in another way": [llm.picky(streamed(GOOD), 501)],
    "no json mode, and a server that fails": [llm.picky(streamed(GOOD), 500)],
    "busy, then not": [whole({}, 429, retry_after="0"), streamed(GOOD)],
    "overloaded, then not": [whole({}, 529), streamed(GOOD)],
    "a failing server, then not": [whole({}, 500), whole({}, 502), streamed(GOOD)],
    "a cut stream, then a whole one": [streamed(GOOD, cut_after=3), streamed(GOOD)],
    "not json, then json": [streamed(BROKEN), streamed(GOOD)],
    "a wrong name, then the right one": [streamed(WRONG_SQL), streamed(GOOD)],
    "two repairs": [streamed(WRONG_SQL), streamed("hm"), streamed(GOOD)],
}
HOPELESS: dict[str, tuple[list[Reply], str]] = {
    "prose": ([streamed(f"I think {n} is nice.") for n in range(3)], "held no query"),
    "garbage": ([streamed("\x00\ufffd{{{")], "the same again after it was told: its answer held"),
    "the same wrong sql": ([streamed(WRONG_SQL)], "the same again"),
    "wrong three times": (
        [streamed(json.dumps({"sql": f"SELECT x{n} FROM sales"})) for n in range(3)],
        "after 2 repairs",
    ),
    "a write": (
        [streamed('{"sql": "DROP TABLE sales"}')],
        "the same again after it was told: Only questions about your tables",
    ),
    "400 whatever is sent": ([whole({}, 400)], "HTTP 400"),
    "wrong key": ([whole({}, 401)], "refused the key (HTTP 401)"),
    "unknown model": ([whole({}, 404)], "HTTP 404"),
    "moved": ([whole({}, 307, location="http://127.0.0.1:1/")], "has moved"),
    "busy for an hour": ([whole({}, 429, retry_after="3600")], "HTTP 429"),
    "always overloaded": ([whole({}, 529)], "is overloaded (HTTP 529)"),
    "always broken off": ([streamed(GOOD, cut_after=1)], "broke off its answer"),
    "an error in the stream": ([llm.failing_midway], "broke off with an error of its own"),
    "endless": ([llm.endless], "far too long"),
    "no http": ([llm.no_http], "broke off its answer"),
    "no model's answer": ([whole({"hello": "world"})], "not that of a language model"),
}


@pytest.mark.parametrize("name", USABLE)
@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_usable_answer_is_checked_run_and_said_to_be_a_models(
    tmp_path: Path, name: str, provider: Any
) -> None:
    if provider == "anthropic" and name.startswith(("a plan without", "a plan as", "no json")):
        pytest.skip("an answer of the other dialect")

    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        answer = await engine.ask(VAGUE)
        assert isinstance(answer, Answer), answer
        assert answer.source == "llm"
        assert "A language model wrote this query" in answer.notes[0]
        assert answer.sql.startswith("SELECT")
        rows = {row[0]: row[1] for row in answer.result.rows}
        assert rows in ({"Berlin": 20.25, "Cologne": 14.75}, {"Berlin": 20.25, "Cologne": 10.5})
        assert len(fake.heard) <= 4

    ask_with(tmp_path, USABLE[name], scenario, provider=provider)


@pytest.mark.parametrize("name", HOPELESS)
def test_a_hopeless_model_leaves_the_grammars_answer_with_the_reason(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    replies, reason = HOPELESS[name]
    caplog.set_level(logging.DEBUG)

    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        declined = await engine.ask(VAGUE)
        assert isinstance(declined, Declined)
        assert "The language model did not help." in declined.reason
        assert reason in declined.reason
        fake.heard.clear()
        answer = await engine.ask(CLEAR, model_first=True)
        assert isinstance(answer, Answer)
        assert (answer.source, answer.result.rows) == ("grammar", ((35,),))
        assert answer.notes[-1].startswith("Answered by the agent's own rules. The language")
        assert KEY not in declined.reason + answer.notes[-1]

    ask_with(tmp_path, replies, scenario)
    assert KEY not in caplog.text
    assert "Cologne" not in caplog.text
    assert VAGUE not in caplog.text


@pytest.mark.parametrize("reply", [llm.dripping, llm.silent])
def test_an_answer_that_never_comes_ends_at_the_deadline_and_the_line_is_closed(
    tmp_path: Path, reply: Reply
) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        declined = await engine.ask(VAGUE)
        assert isinstance(declined, Declined)
        assert "The language model took longer than 1 seconds." in declined.reason
        await fake.gone.wait()

    ask_with(tmp_path, [reply], scenario, deadline_s=1.0)


def test_what_the_grammar_is_sure_of_reaches_no_model(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        answer = await engine.ask(CLEAR)
        assert isinstance(answer, Answer) and answer.source == "grammar"
        assert not fake.heard
        answer = await engine.ask(CLEAR, model_first=True)
        assert isinstance(answer, Answer) and answer.source == "llm"
        assert len(fake.heard) == 1

    ask_with(tmp_path, [streamed(GOOD)], scenario)


def test_a_model_that_finds_no_answer_is_quoted_beside_the_grammars_reason(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        declined = await engine.ask("what will the weather be?")
        assert isinstance(declined, Declined)
        assert declined.reason.endswith(
            "The language model finds no answer in your tables: No weather here."
        )
        assert declined.suggestions

    ask_with(tmp_path, [streamed('{"cannot": "No\\u202e weather\\nhere."}')], scenario)


def test_a_query_that_no_plan_can_say_can_be_asked_again_and_followed_up(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        first = await engine.ask(VAGUE)
        assert isinstance(first, Answer)
        assert first.plan == {"sql": SQL}
        assert first.sentence == "2 rows with city, best."
        assert first.chart == {"type": "bar", "x": "city", "y": "best"}
        again = await engine.run_plan(first.plan)
        assert (again.result.rows, again.source) == (first.result.rows, "llm")
        followed = await engine.ask("only Cologne", previous=first.plan)
        assert isinstance(followed, Answer) and followed.source == "llm"
        assert "max(amount)" in fake.heard[-1].text

    ask_with(tmp_path, [streamed(GOOD_SQL)], scenario)


def test_a_wait_is_told(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        told: list[str] = []
        answer = await engine.ask(VAGUE, tell=told.append)
        assert isinstance(answer, Answer) and answer.source == "llm"
        assert told[1] == "No answer of the language model yet; asking again in 1 s…"

    ask_with(tmp_path, [whole({}, 429, retry_after="1"), streamed(GOOD)], scenario)


def test_steps_are_told_as_they_happen(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        told: list[str] = []
        await engine.ask(VAGUE, tell=told.append)
        assert [line.split()[0] for line in told] == [
            "Asking",
            "Checking",
            "Asking",
            "Checking",
            "Running",
        ]

    ask_with(tmp_path, [streamed(WRONG_SQL), streamed(GOOD)], scenario)

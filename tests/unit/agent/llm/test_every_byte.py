"""What may leave for a language model, byte for byte, in each of the three privacy settings.

Everything that reaches the endpoint is compared with what is written down here: headers, rules,
tables, question, and what a model is told when its query did not do.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from data_agent.asking.glossary import Glossary, Term
from data_agent.engine.engine import WorkerEngine
from data_agent.llm.text.plan_shape import plan_shape
from data_agent.llm.text.prompt import RULES
from data_agent.llm.text.veil import Veil
from data_agent.values import Answer

from tests.support.fake_llm import FakeLlm, streamed
from tests.unit.agent.llm.asking import GOOD, KEY, PLAN, SALES, VAGUE, ask_with

CELLS = [cell for line in SALES.splitlines()[1:] for cell in line.split(",")]
NAMED = [
    {"name": "city", "type": "VARCHAR"},
    {"name": "amount", "type": "DECIMAL(18,2)"},
    {"name": "day", "type": "DATE"},
]
SAMPLED = [{**NAMED[0], "values": ["Berlin", "Cologne"]}, *NAMED[1:]]
TOLD = {"names": NAMED, "samples": SAMPLED}
ASK_ON = "Send a corrected one, as one JSON object. Do not send the same query again."
IN_COLOGNE = {**PLAN, "filters": [{"column": "city", "operator": "eq", "values": ["Cologne"]}]}
IN_SQL = {"sql": "SELECT sum(amount) FROM sales WHERE city = 'Cologne' -- not Berlin"}


def system(privacy: str) -> str:
    table = {"table": "sales", "rows": 3, "columns": TOLD[privacy]}
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return RULES % {"shape": plan_shape(), "today": today, "tables": json.dumps(table)}


def check(fake: FakeLlm, privacy: str, talks: list[list[str]]) -> None:
    """Each request is exactly its talk: the question, then model and evidence by turns."""
    assert [told(heard.body) for heard in fake.heard] == [
        [system(privacy), *talk] for talk in talks
    ]
    for heard in fake.heard:
        length = str(len(json.dumps(heard.body)))
        assert heard.headers == {
            "host": f"127.0.0.1:{fake.port}",
            "content-type": "application/json",
            "accept": "text/event-stream, application/json",
            "accept-encoding": "identity",
            "authorization": f"Bearer {KEY}",
            "connection": "close",
            "content-length": length,
        }
        head, _, body = heard.raw.partition(b"\r\n\r\n")
        assert body == json.dumps(heard.body).encode()
        assert head.startswith(b"POST /v1/chat/completions HTTP/1.1\r\n")
        cells = [cell for cell in CELLS if cell.encode() in heard.raw]
        assert set(cells) <= ({"Cologne", "Berlin"} if privacy == "samples" else set())


def told(body: dict[str, Any]) -> list[str]:
    """The texts, once it is sure that there is nothing else."""
    rest = {key: value for key, value in body.items() if key != "messages"}
    assert rest == {
        "model": "a-model",
        "stream": True,
        "temperature": 0,
        "response_format": {"type": "json_object"},
        "stream_options": {"include_usage": True},
    }
    roles = ["system", "user", *["assistant", "user"] * len(body["messages"])]
    assert all(message.keys() == {"role", "content"} for message in body["messages"])
    assert [m["role"] for m in body["messages"]] == roles[: len(body["messages"])]
    return [message["content"] for message in body["messages"]]


@pytest.mark.parametrize("privacy", ["names", "samples"])
def test_a_question_and_two_repairs(tmp_path: Path, privacy: Any) -> None:
    wrong = json.dumps({"plan": {**PLAN, "measure": {"function": "sum", "column": "amuont"}}})
    fails = json.dumps({"sql": "SELECT sum(CAST(city AS INTEGER)) FROM sales"})
    asked = f"Question: {VAGUE}"
    first = (
        "That query was refused: This question no longer fits your tables: amuont is not there.\n"
        f"Near 'amuont': amount in sales.\n{ASK_ON}"
    )
    second = f"That query was refused: Conversion Error while it ran\n{ASK_ON}"

    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        answer = await engine.ask(VAGUE)
        assert isinstance(answer, Answer) and answer.source == "llm"
        talk = [asked, wrong, first, fails, second]
        check(fake, privacy, [talk[:1], talk[:3], talk])

    replies = [streamed(wrong), streamed(fails), streamed(GOOD)]
    ask_with(tmp_path, replies, scenario, privacy=privacy)


@pytest.mark.parametrize(("privacy", "city"), [("names", "value-1"), ("samples", "Cologne")])
@pytest.mark.parametrize("previous", [IN_COLOGNE, IN_SQL])
def test_a_follow_up_whose_query_fails_with_the_text_in_its_error(
    tmp_path: Path, privacy: Any, city: str, previous: Any
) -> None:
    misfit = json.dumps({"sql": f"SELECT sum(amuont) FROM sales WHERE amount = '{city}'"})
    before = (
        {**PLAN, "filters": [{**IN_COLOGNE["filters"][0], "values": [city]}]}
        if previous is IN_COLOGNE
        else {"sql": f"SELECT sum(amount) FROM sales WHERE city = '{city}'  "}
    )
    asked = (
        "The question before this one was read as:\n"
        f"{json.dumps(before)}\n\nQuestion: and elsewhere, {VAGUE}"
    )
    reply = json.dumps(
        {"plan": {**PLAN, "filters": [{**IN_COLOGNE["filters"][0], "values": [city]}]}}
    )

    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        answer = await engine.ask(f"and elsewhere, {VAGUE}", previous=previous, model_first=True)
        assert isinstance(answer, Answer) and answer.source == "llm"
        assert answer.result.rows == (("Cologne", 14.75),)
        evidence = told(fake.heard[1].body)[-1]
        assert "Near 'amuont': amount in sales." in evidence
        check(fake, privacy, [[asked], [asked, misfit, evidence]])

    ask_with(tmp_path, [streamed(misfit), streamed(reply)], scenario, privacy=privacy)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM sales WHERE amount = 'value-1'",
        "SELECT * FROM 'value-1'",
        "SELECT nofunction('value-1') FROM sales",
        "SELECT CAST('value-1' AS INTEGER) FROM sales",
        "SELECT 'value-1' FROM sales WHERE",
        "SELECT date_trunc('value-1', day) FROM sales",
    ],
)
def test_no_error_of_a_query_tells_what_a_mark_stands_for(tmp_path: Path, statement: str) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        await engine.ask(f"and {VAGUE}", previous=IN_COLOGNE, model_first=True)
        assert len(fake.heard) == 2
        assert b"value-1" in fake.heard[1].raw
        for heard in fake.heard:
            assert not [cell for cell in CELLS if cell.lower().encode() in heard.raw.lower()]

    ask_with(tmp_path, [streamed(json.dumps({"sql": statement}))], scenario)


@pytest.mark.parametrize("key", ["operator", "column", "values"])
def test_a_mark_in_any_place_of_a_plan_is_not_told_back(tmp_path: Path, key: str) -> None:
    condition = {"column": "amount", "operator": "eq", "values": ["value-1"]}
    condition[key] = ["value-1"] if key == "values" else "value-1"
    plan = {**PLAN, "filters": [condition]}

    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        await engine.ask(f"and {VAGUE}", previous=IN_COLOGNE, model_first=True)
        assert len(fake.heard) == 2
        assert not any(cell.encode() in heard.raw for heard in fake.heard for cell in CELLS)

    ask_with(tmp_path, [streamed(json.dumps({"plan": plan}))], scenario)


def test_a_cell_that_we_spelled_for_the_model_is_not_told_back(tmp_path: Path) -> None:
    """It wrote `cologne`, the cell is `Cologne`: DuckDB's error would quote the cell."""
    plan = {
        **PLAN,
        "filters": [{"column": "city", "operator": "eq", "values": ["cologne"]}],
        "having": [
            {"measure": {"function": "sum", "column": "city"}, "operator": "gt", "values": [1]}
        ],
    }

    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        await engine.ask(VAGUE)
        assert len(fake.heard) == 2
        assert not any(b"Cologne" in heard.raw for heard in fake.heard)

    ask_with(tmp_path, [streamed(json.dumps({"plan": plan}))], scenario)


@pytest.mark.parametrize(
    ("privacy", "told_words"), [("names", ["GMV"]), ("samples", ["GMV", "HQ"])]
)
def test_own_words_are_told_where_they_are_no_values(
    tmp_path: Path, privacy: Any, told_words: list[str]
) -> None:
    means = {"GMV": "total amount", "HQ": "Cologne", "unused": "amount"}
    question = f"GMV of HQ, {VAGUE}"
    told_of = json.dumps({word: means[word] for word in told_words})
    asked = f"Of these words the customer says what they mean: {told_of}\n\nQuestion: {question}"

    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        glossary = Glossary(tuple(Term(*pair) for pair in means.items()))
        engine.glossary.save(glossary)
        answer = await engine.ask(question, model_first=True)
        assert isinstance(answer, Answer) and answer.source == "llm"
        check(fake, privacy, [[asked]])

    ask_with(tmp_path, [streamed(GOOD)], scenario, privacy=privacy)


@pytest.mark.parametrize("gateway", [False, True])
def test_nothing_means_that_not_one_byte_is_sent(tmp_path: Path, gateway: bool) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        for previous in (None, IN_COLOGNE, IN_SQL):
            await engine.ask(VAGUE, previous=previous, model_first=True)
        assert (fake.heard, fake.statuses) == ([], [])

    changes: dict[str, Any] = {"gateway": "yes"} if gateway else {}
    ask_with(tmp_path, [streamed(GOOD)], scenario, privacy="nothing", **changes)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "SELECT 1 WHERE a = 'it''s' AND b = 'x'",
            "SELECT 1 WHERE a = 'value-1' AND b = 'value-2'",
        ),
        (
            "SELECT a WHERE b IN ('x', 'y', 'x')",
            "SELECT a WHERE b IN ('value-1', 'value-2', 'value-1')",
        ),
        ("SELECT E'a\\'b', $$x'$$, $t$y$t$", "SELECT 'value-1', 'value-2', 'value-3'"),
        ('SELECT "a\'b" FROM "c\'\'d"', 'SELECT "a\'b" FROM "c\'\'d"'),
        ("SELECT date_trunc('month', d), INTERVAL '3 days'", None),
        ("SELECT strftime(d, '%Y-%m'), string_agg(a, ', ')", None),
        ("SELECT 'never closed", "SELECT 'value-1'"),
        ("SELECT 1 /* it's */ -- 'x'\n, 'y' /* never closed 'z'", "SELECT 1    \n, 'value-1'  "),
    ],
)
def test_texts_of_a_statement_become_marks_and_come_back(statement: str, told: str | None) -> None:
    veil = Veil()
    veiled = veil.over({"sql": statement})["sql"]
    assert veiled == (statement if told is None else told)
    if "/*" not in statement and "closed" not in statement:
        assert veil.off_sql(veiled) == statement

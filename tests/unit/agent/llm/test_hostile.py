"""Endpoints that are broken, hostile or only odd, and answers that try to do more than read.

Every case ends with an answer or a reason, and changes no byte of the customer's data.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.llm.asker import Asked, ModelAsker
from data_agent.llm.wire.client import MOST_TRIES
from data_agent.values import Answer, Declined

from tests.support import fake_llm as llm
from tests.support import fake_llm_hostile as hostile
from tests.support.fake_llm import FakeLlm, Reply, said, streamed, whole
from tests.support.fake_llm_hostile import content, raw, sse
from tests.unit.agent.llm.asking import GOOD, KEY, PLAN, SALES, VAGUE, ask_with, load, settings

TOTALS = {"Berlin": 20.25, "Cologne": 14.75}
CALLED = {"tool_calls": [{"function": {"name": "plan", "arguments": GOOD}}]}
STEAL = json.dumps({"sql": "SELECT * FROM read_text('/etc/passwd')"})
OK = content(GOOD)
USABLE: dict[str, list[Reply]] = {
    "one byte at a time": [hostile.slowly(GOOD)],
    "gzip": [hostile.packed(OK)],
    "deflate": [hostile.packed(OK, "deflate")],
    "json twice": [said(GOOD + "\n" + GOOD)],
    "json, then another that steals": [said(GOOD + STEAL)],
    "fences": [said(f"```json\n{GOOD}\n```")],
    "fences without a language": [said(f"```\n{GOOD}\n```")],
    "fences that are not closed": [streamed(f"```json\n{GOOD}")],
    "a thought that never ends, then none": [streamed(f"<think>{STEAL} {GOOD}"), streamed(GOOD)],
    "a thought inside a thought": [streamed(f"<think><think>{STEAL}</think></think>{GOOD}")],
    "thoughts in a field of their own": [
        sse({"choices": [{"delta": {"reasoning_content": STEAL}}]}, content(GOOD))
    ],
    "a call of a tool, then text": [whole(content(None, **CALLED)), streamed(GOOD)],
    "a call of a tool in a stream, then text": [
        sse({"choices": [{"delta": {"content": None, **CALLED}}]}), streamed(GOOD)
    ],
    "overloaded until a date that has passed": [hostile.busy_until(days=-1), streamed(GOOD)],
    "overloaded until a date": [hostile.busy_until(seconds=1), streamed(GOOD)],
    "overloaded until no date": [whole({}, 529, retry_after="soon, I hope"), streamed(GOOD)],
    "shorter than it says, then whole": [raw(b"{", length=900), said(GOOD)],
    "longer than it says": [
        raw(json.dumps(OK).encode() + b"GET /", length=len(json.dumps(OK)))
    ],
    "no choices, then one": [whole({"choices": []}), said(GOOD)],
    "a choice that is none, then one": [whole({"choices": [None, 7]}), said(GOOD)],
    "an error with status 200, then an answer": [whole({"error": {"message": KEY}}), said(GOOD)],
    "nothing at all, then an answer": [sse(), said(GOOD)],
    "many interim answers": [hostile.before_it(b"HTTP/1.1 103 Early\r\n\r\n" * 500, said(GOOD))],
    "events that are none": [
        sse("event: x\nid: 1\nretry: 5\n\ndata: [1]\n\ndata: {\n\n", content(GOOD))
    ],
    "a plan with a statement in it": [
        said(json.dumps({"plan": {**PLAN, "sql": STEAL}})),
        said(GOOD),
    ],
    "a plan with a key of its own": [said(json.dumps({"plan": {**PLAN, "skip": 3}})), said(GOOD)],
    "halves of letters": [said(GOOD.replace("city", "\\ud800", 1)), said(GOOD)],
    "halves of letters in words": [said(GOOD.replace("total amount", "\\ud800"))],
    "an unknown column, then a known one": [said(GOOD.replace("amount", "amuont")), said(GOOD)],
}  # fmt: skip
HOPELESS: dict[str, tuple[Reply, str, int]] = {  # reply, what is said, requests
    "html": (raw(b"<html>it works", kind="text/html"), "not that of a language model", 1),
    "html as json": (raw(b"<html>it works"), "not that of a language model", 1),
    "an endless answer": (hostile.endless_whole, "far too", 1),
    "an endless stream of comments": (hostile.endless_comments, "far too long", 1),
    "an endless line": (hostile.endless_line, "far too long", 1),
    "an endless text": (llm.endless, "far too long", 1),
    "a bomb": (hostile.bomb(), "far too", 1),
    "gzip that is none": (raw(b"hello", encoding="gzip"), "cannot be unpacked", 1),
    "packed in another way": (raw(b"hello", encoding="br"), "in a way (br)", 1),
    "a huge header": (hostile.headers_of(10**6), "does not speak HTTP", 1),
    "many headers": (hostile.headers_of(500, 500), "does not speak HTTP", 1),
    "broken chunks": (hostile.bad_chunks, "does not speak HTTP", 1),
    "always shorter than it says": (raw(b"{", length=9), "broke off its answer", MOST_TRIES),
    "an error with status 200": (whole({"error": "no"}), "error of its own", MOST_TRIES),
    "no choices": (whole({"choices": []}), "held no query", 2),
    "only calls of tools": (whole(content(None, **CALLED)), "held no query", 2),
    "a refusal": (whole(content(None, refusal="I must not.")), "refuses to answer", 1),
    "a refusal in a stream": (
        sse({"choices": [{"delta": {"refusal": "I must"}}]}), "refuses to answer", 1
    ),
    "a filter": (
        sse({"choices": [{"delta": {}, "finish_reason": "content_filter"}]}), "refuses to", 1
    ),
    "Anthropic's refusal": (
        sse({"type": "message_delta", "delta": {"stop_reason": "refusal"}}), "refuses to answer", 1
    ),
    "a refusal in words": (said("I'm sorry, but I cannot help with that."), "held no query", 2),
    "never a known column": (said(GOOD.replace("amount", "amuont")), "amuont is not there", 2),
    "overloaded until tomorrow": (hostile.busy_until(days=1), "is overloaded (HTTP 529)", 1),
    "bytes that are no text": (raw(b"\xff\xfe\x00{", kind="text/event-stream"), "held no query", 2),
}  # fmt: skip
NASTY = (
    '{"sql": "SELECT \'\\ud800\' AS \\"\\ud800\\" FROM sales", "reading": "\\ud800"}',
    '{"cannot": "\\ud800\\u0000"}',
    '{"plan": {"table": "\\ud800", "filters": ["\\ud800"]}}',
    '{"sql": "SELECT \\u0000"}',
    '{"sql": "SELECT ' + "(" * 9000 + '1"}',
    '{"sql": "SELECT ' + "1 UNION ALL SELECT " * 900 + '1"}',
    "{" * 60_000,
    '{"a":' * 12_000,
    *('{"plan": ' + '{"a":' * deep + "1" + "}" * (deep + 1) for deep in range(100, 1000, 90)),
    *('{"plan": {"filters": ' + "[" * deep + "]" * deep + "}}" for deep in range(100, 1000, 90)),
)
REFUSED = (
    "SELECT 1; DELETE FROM sales",
    "SELECT 1; SELECT 2",
    "DELETE FROM sales",
    "COPY sales TO '/tmp/stolen.csv'",
    "COPY (SELECT 1) TO '/tmp/stolen.csv'",
    "ATTACH '/tmp/other.duckdb' AS other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "EXPORT DATABASE '/tmp/stolen'",
    "SELECT * FROM 'http://127.0.0.1:9/x.csv'",
    "SELECT * FROM secrets",
    "CREATE TABLE t AS SELECT 1",
    "/* SELECT */ UPDATE sales SET amount = 0",
    "SELECT * FROM query('DROP TABLE sales')",
)


@dataclass(frozen=True)
class World:
    """One agent with one table, and the endpoint that it asks."""

    runner: asyncio.Runner
    engine: WorkerEngine
    fake: FakeLlm
    directory: Path

    def ask(self, *replies: Reply) -> Answer | Declined:
        self.fake.replies = list(replies)
        self.fake.heard.clear()
        return self.runner.run(asyncio.wait_for(self.engine.ask(VAGUE), 60))

    def state(self) -> tuple[Any, ...]:
        """All that a model might change."""
        rows = self.runner.run(self.engine.sql("SELECT * FROM sales ORDER BY ALL")).rows
        names = sorted(path.name for path in self.directory.iterdir())
        return rows, self.runner.run(self.engine.tables()), names


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    directory = tmp_path_factory.mktemp("hostile")
    with asyncio.Runner() as runner:
        fake = runner.run(FakeLlm([]).__aenter__())
        model = ModelAsker(settings(directory, fake, {}))
        engine = WorkerEngine(EngineSettings(data_dir=directory, idle_s=60), model)
        runner.run(load(engine, directory, SALES))
        yield World(runner, engine, fake, directory)
        runner.run(engine.close())
        runner.run(fake.__aexit__())


@pytest.mark.parametrize("name", USABLE)
def test_odd_and_usable(world: World, name: str) -> None:
    before = world.state()
    answer = world.ask(*USABLE[name])
    assert isinstance(answer, Answer), answer
    assert (answer.source, dict(answer.result.rows)) == ("llm", TOTALS)
    assert len(world.fake.heard) == len(USABLE[name])
    assert world.state() == before


@pytest.mark.parametrize("name", HOPELESS)
def test_hopeless(world: World, name: str) -> None:
    reply, reason, requests = HOPELESS[name]
    before = world.state()
    declined = world.ask(reply)
    assert isinstance(declined, Declined), declined
    assert reason in declined.reason.split("The language model did not help. ")[1]
    assert KEY not in declined.reason
    assert len(world.fake.heard) == requests
    assert world.state() == before


def test_nothing_that_a_model_writes_is_an_error_of_ours(world: World) -> None:
    before = world.state()
    for text in NASTY:
        found = world.ask(streamed(text))
        assert str(found).encode()
        if isinstance(found, Declined):
            assert "language model" in found.reason, text[:60]
    assert world.state() == before


@pytest.mark.parametrize("statement", REFUSED)
def test_statements_that_do_more_than_read(world: World, statement: str) -> None:
    before = world.state()
    declined = world.ask(said(json.dumps({"sql": statement})))
    assert isinstance(declined, Declined), declined
    assert "It sent the same again after it was told" in declined.reason
    assert len(world.fake.heard) == 2
    assert world.state() == before
    assert not any(path.name.startswith("stolen") for path in Path("/tmp").iterdir())


def test_at_most_two_repairs_each_with_the_nearest_names(world: World) -> None:
    wrong = [said(GOOD.replace("amount", name)) for name in ("amuont", "amoumt", "amonut")]
    declined = world.ask(*wrong)
    assert isinstance(declined, Declined) and "also after 2 repairs" in declined.reason
    assert len(world.fake.heard) == 3
    told = [turn["content"] for turn in world.fake.heard[2].body["messages"][1:]]
    assert "Near 'amuont': amount in sales." in told[2]
    assert "Near 'amoumt': amount in sales." in told[4]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_neither_question_nor_key_along(tmp_path: Path, status: int) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        async with FakeLlm([streamed(GOOD)]) as other:
            fake.replies = [whole({}, status, location=f"{other.url}/chat/completions")]
            declined = await engine.ask(VAGUE)
            assert isinstance(declined, Declined) and "has moved" in declined.reason
            assert (len(fake.heard), other.heard) == (1, [])

    ask_with(tmp_path, [], scenario)


async def no_tls(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


def test_http_where_tls_should_be(world: World) -> None:
    async def asked() -> Answer | Declined:
        async with await asyncio.start_server(no_tls, "127.0.0.1", 0) as server:
            url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
            model = ModelAsker(settings(world.directory, world.fake, {"base_url": url}))
            return await model.answer(
                Asked(VAGUE, await world.engine.schema()), world.engine, nothing_found
            )

    declined = world.runner.run(asked())
    assert isinstance(declined, Declined) and "does not speak TLS as it should" in declined.reason


async def nothing_found() -> Declined:
    return Declined("Nothing.")

"""Every way in which the platform's gateway gives no answer: said in words, with who can mend it,
and asked again only where that may help."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.llm.settings import LlmSettings
from data_agent.llm.text.problems import KINDS, Problem, of_status
from data_agent.llm.wire.access import Access
from data_agent.llm.wire.client import MOST_TRIES
from data_agent.values import Answer, Declined

from orchestrator.edge.llm_gateway import kinds as gateways
from tests.support.fake_llm import FakeLlm, Line, Reply, streamed, whole
from tests.unit.agent.llm.asking import CLEAR, GOOD, KEY, VAGUE, ask_with

OPEN = {"configured": True, "provider": "openai", "model": "house"}
SECRET = "what-the-platform-said-in-detail"
MENDERS = ("operator", "in other words", "Ask it again")


def problem(kind: str, **more: str) -> Reply:
    """The gateway's problem document of this kind, as it is sent."""
    error = gateways.refusal(kind, SECRET)  # type: ignore[arg-type] - one of its own or a new one
    document = {"status": error.status, "kind": kind, "again": error.again, "detail": SECRET}
    return whole(document, error.status, content_type="application/problem+json", **more)


def broken_off(kind: str) -> Reply:
    """A stream that the gateway has to end with this kind."""

    async def reply(line: Line) -> None:
        await line.head(200, content_type="text/event-stream", transfer_encoding="chunked")
        await line.chunk('data: {"choices": [{"delta": {"content": "{"}}]}\n\n')
        error = {"type": "error", "error": {"type": kind, "message": SECRET}}
        await line.chunk(f"\n\nevent: error\ndata: {json.dumps(error)}\n\n")
        await line.send(b"0\r\n\r\n")

    return reply


def test_both_tables_are_of_one_mind() -> None:
    assert set(KINDS) == set(gateways.KINDS) == set(get_args(gateways.Kind))
    for kind, way in gateways.KINDS.items():
        assert KINDS[kind].again == way.again, kind


def test_every_kind_that_the_gateway_raises_is_in_the_table() -> None:
    """The type checker holds the words at each place; this holds that no other way is left."""
    package = Path(gateways.__file__).parent
    texts = {path.name: path.read_text() for path in package.glob("*.py")}
    raised = {kind for text in texts.values() for kind in re.findall(r'refusal\(\s*"(\w+)"', text)}
    assert raised == set(gateways.KINDS)
    assert [
        name for name, text in texts.items() if "LlmError(\n" in text or 'LlmError("' in text
    ] == ["kinds.py"]


@pytest.mark.parametrize("said", [*KINDS.values(), *map(of_status, (302, 400, 401, 402, 403, 404))])
def test_what_happened_and_who_can_mend_it(said: Problem) -> None:
    for sentence in (said.what, said.mend):
        assert re.fullmatch(r"[A-Z].*\.", sentence), sentence
    assert any(who in said.mend for who in MENDERS)
    assert "LLM" not in str(said)


@pytest.mark.parametrize("reply", [problem, broken_off])
@pytest.mark.parametrize("kind", KINDS)
def test_the_rules_answer_instead_and_say_why(tmp_path: Path, kind: str, reply: Any) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        answer = await engine.ask(CLEAR, model_first=True)
        assert isinstance(answer, Answer)
        assert (answer.source, answer.result.rows) == ("grammar", ((35,),))
        why = f"The language model did not help. {KINDS[kind]}"
        assert answer.notes[-1] == f"Answered by the agent's own rules. {why}"
        assert len(fake.heard) == (MOST_TRIES if KINDS[kind].again else 1)
        declined = await engine.ask(VAGUE)
        assert isinstance(declined, Declined) and declined.reason.endswith(why)
        assert SECRET not in declined.reason and KEY not in declined.reason

    ask_with(tmp_path, [reply(kind)], scenario, gateway="yes", fake_status=OPEN)


@pytest.mark.parametrize("kind", [kind for kind, said in KINDS.items() if said.again])
def test_what_passes_is_asked_again_and_answered(tmp_path: Path, kind: str) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        answer = await engine.ask(VAGUE)
        assert isinstance(answer, Answer) and answer.source == "llm"
        assert len(fake.heard) == 3

    replies = [problem(kind, retry_after="0"), broken_off(kind), streamed(GOOD)]
    ask_with(tmp_path, replies, scenario, gateway="yes", fake_status=OPEN)


@pytest.mark.parametrize("kind", ["books", "concurrency"])
def test_a_wait_beyond_the_deadline_is_not_begun(tmp_path: Path, kind: str) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        declined = await engine.ask(VAGUE)
        assert isinstance(declined, Declined) and KINDS[kind].what in declined.reason
        assert len(fake.heard) == 1

    replies = [problem(kind, retry_after="3600"), streamed(GOOD)]
    ask_with(tmp_path, replies, scenario, gateway="yes", fake_status=OPEN)


def test_a_platform_that_changed_its_provider_is_asked_in_the_new_way(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        fake.replies = [streamed(GOOD), problem("path"), streamed(GOOD)]
        assert isinstance(await engine.ask(VAGUE), Answer)
        fake.status = {**OPEN, "provider": "anthropic"}
        answer = await engine.ask(VAGUE)
        assert isinstance(answer, Answer) and answer.source == "llm"
        assert [heard.path[3:] for heard in fake.heard] == [
            "/chat/completions", "/chat/completions", "/messages",
        ]  # fmt: skip

    ask_with(tmp_path, [], scenario, gateway="yes", fake_status=OPEN)


def test_a_gateway_that_restarts_is_waited_for(tmp_path: Path) -> None:
    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        await fake.__aexit__()
        back: list[asyncio.Task[FakeLlm]] = []

        def begin_again(step: str) -> None:
            if step.startswith("No answer") and not back:
                back.append(asyncio.create_task(fake.__aenter__()))

        answer = await engine.ask(VAGUE, tell=begin_again)
        assert isinstance(answer, Answer) and answer.source == "llm"
        assert len(back) == 1 and len(fake.heard) == 1

    changes: dict[str, Any] = {"backoff_s": 1.0, "keep_problem_s": 0.0}
    ask_with(tmp_path, [streamed(GOOD)], scenario, gateway="yes", fake_status=OPEN, **changes)


@pytest.mark.parametrize(("again", "tries"), [(True, MOST_TRIES), (False, 1)])
def test_a_kind_of_a_newer_platform_is_said_in_its_words(
    tmp_path: Path, again: bool, tries: int
) -> None:
    document = {"kind": "quota_of_the_moon", "again": again, "detail": "The moon\u202e is full."}
    reply = whole(document, 503, content_type="application/problem+json")

    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        declined = await engine.ask(VAGUE)
        assert isinstance(declined, Declined)
        assert declined.reason.endswith("The moon is full. Only the operator can mend it.")
        assert len(fake.heard) == tries

    ask_with(tmp_path, [reply], scenario, gateway="yes", fake_status=OPEN)


def test_a_foreign_refusal_that_looks_like_ours_is_not_believed(tmp_path: Path) -> None:
    document = {"kind": "budget", "detail": SECRET}

    async def scenario(engine: WorkerEngine, fake: FakeLlm) -> None:
        declined = await engine.ask(VAGUE)
        assert isinstance(declined, Declined)
        assert declined.reason.endswith(str(of_status(402)))

    ask_with(tmp_path, [whole(document, 402)], scenario, gateway="yes", fake_status=OPEN)


def test_pages_ask_for_the_status_now_and_then_and_questions_always_when_it_failed() -> None:
    async def scenario() -> list[int]:
        async with FakeLlm([], status=OPEN) as fake:
            clock = [100.0]
            access = Access(LlmSettings(gateway="http://127.0.0.1:9/v1"), lambda: clock[0])
            assert (await access.status()).passes and not access.expected
            access._settings = LlmSettings(gateway=fake.url)
            counts = []
            for seconds, ask in ((5, access.refresh), (0, access.status), (29, access.refresh),
                                 (0, access.status), (1, access.refresh)):  # fmt: skip
                clock[0] += seconds
                await ask()
                counts.append(len(fake.statuses))
            assert access.expected
            return counts

    assert asyncio.run(scenario()) == [0, 1, 1, 1, 2]

"""The agent, the platform's own gateway and an endpoint, on real sockets."""

from __future__ import annotations

import asyncio
import http.client
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.llm.asker import ModelAsker
from data_agent.llm.settings import LlmSettings
from data_agent.llm.text.problems import KINDS
from data_agent.llm.wire.client import MOST_TRIES
from data_agent.values import Answer, Declined

from orchestrator.edge.llm_gateway import books as gateways_books
from orchestrator.edge.llm_gateway.exchange import WHOLE_MAX
from orchestrator.edge.llm_gateway.slots import Slots
from orchestrator.llm_settings import LlmSettings as OperatorsSettings
from tests.support import fake_llm as llm
from tests.support.fake_llm import Line, Reply, streamed, whole
from tests.support.fake_llm_thread import Endpoint
from tests.support.llm_gateway import (
    QUESTION,
    Books,
    Served,
    gateway_tenant,
    served,
    token,
    until,
)
from tests.unit.agent.llm.asking import GOOD, KEY, SALES, VAGUE, load

MIB = 1024 * 1024


def ask(
    directory: Path, gateway: Served, token_file: Path, *, question: str = VAGUE, **changes: Any
) -> tuple[Answer | Declined, Any]:
    async def asked() -> tuple[Answer | Declined, Any]:
        url = f"http://127.9.1.1:{gateway.port}/v1"
        settings = LlmSettings(gateway=url, token_file=token_file, backoff_s=0.02)
        model = ModelAsker(replace(settings, **changes))
        engine = WorkerEngine(EngineSettings(data_dir=directory), model)
        try:
            await load(engine, directory, SALES)
            return await engine.ask(question), await model.access.status()
        finally:
            await engine.close()

    return asyncio.run(asked())


def says(found: tuple[Answer | Declined, Any], kind: str) -> bool:
    declined, _ = found
    assert isinstance(declined, Declined), declined
    assert declined.reason.endswith(f"The language model did not help. {KINDS[kind]}")
    return True


def set_up(directory: Path, endpoint: Endpoint, provider: Any) -> OperatorsSettings:
    (directory / "operators-key").write_text(KEY)
    (directory / "token").write_text(token(1))
    return OperatorsSettings(
        provider, "big-model", endpoint.fake.url, directory / "operators-key", deadline_s=20
    )


def own_books(budget: int | None = None) -> Books:
    books = Books()
    books.tenants = {"127.0.0.1": gateway_tenant(1, budget)}
    return books


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_a_question_goes_through_and_is_metered(tmp_path: Path, provider: str) -> None:
    with Endpoint([streamed(GOOD)]) as endpoint:
        settings = set_up(tmp_path, endpoint, provider)
        with served(own_books(), settings) as gateway:
            answer, status = ask(tmp_path, gateway, tmp_path / "token")
        assert isinstance(answer, Answer) and answer.source == "llm", answer
        assert (status.configured, status.provider, status.model) == (True, provider, "big-model")
        (heard,) = endpoint.fake.heard
        assert heard.body["model"] == "big-model"
        assert KEY in heard.text + str(heard.headers)
        assert token(1) not in heard.text + str(heard.headers)


def test_a_budget_holds_and_a_stranger_is_none(tmp_path: Path) -> None:
    with Endpoint([streamed(GOOD)]) as endpoint:
        settings = set_up(tmp_path, endpoint, "openai")
        with served(own_books(budget=1), settings) as gateway:
            ask(tmp_path, gateway, tmp_path / "token")  # begun before the budget was used up
            assert says(ask(tmp_path, gateway, tmp_path / "token"), "budget")
            (tmp_path / "token").write_text("another")
            assert says(ask(tmp_path, gateway, tmp_path / "token"), "unknown")
        assert len(endpoint.fake.heard) == 1


async def too_much(line: Line) -> None:
    """More than the gateway passes on of an answer that is no stream."""
    size = WHOLE_MAX + 1
    await line.head(200, content_type="application/json", content_length=str(size))
    for _ in range(size // MIB + 1):
        await line.send(b" " * MIB)


ENDPOINTS: dict[str, Reply] = {
    "cut_off": streamed(GOOD, cut_after=2),
    "deadline": llm.dripping,
    "key_refused": whole({}, 401),
    "moved": whole({}, 308, location="http://127.0.0.1:1/"),
    "too_long": too_much,
}


@pytest.mark.parametrize("kind", ENDPOINTS)
def test_an_endpoint_that_fails_behind_it(tmp_path: Path, kind: str) -> None:
    with Endpoint([ENDPOINTS[kind]]) as endpoint:
        settings = replace(set_up(tmp_path, endpoint, "openai"), deadline_s=2)
        with served(own_books(), settings) as gateway:
            assert says(ask(tmp_path, gateway, tmp_path / "token"), kind)
        assert len(endpoint.fake.heard) == (MOST_TRIES if KINDS[kind].again else 1)


def test_an_endpoint_that_is_not_there(tmp_path: Path) -> None:
    with Endpoint([streamed(GOOD)]) as endpoint:
        settings = set_up(tmp_path, endpoint, "openai")
        with served(own_books(), replace(settings, base_url="http://127.0.0.1:9/v1")) as gateway:
            assert says(ask(tmp_path, gateway, tmp_path / "token", deadline_s=9.0), "unreachable")


def test_a_key_that_cannot_be_sent(tmp_path: Path) -> None:
    with Endpoint([streamed(GOOD)]) as endpoint:
        settings = set_up(tmp_path, endpoint, "openai")
        settings.key_file.write_text("two\nlines")
        with served(own_books(), settings) as gateway:
            assert says(ask(tmp_path, gateway, tmp_path / "token"), "not_configured")
        assert endpoint.fake.heard == []


def test_a_question_that_cannot_be_sent_on(tmp_path: Path) -> None:
    with Endpoint([streamed(GOOD)]) as endpoint:
        settings = set_up(tmp_path, endpoint, "openai")
        with served(own_books(), settings) as gateway:
            half = f"{VAGUE} \ud800"  # of a pair, which no server reads
            assert says(ask(tmp_path, gateway, tmp_path / "token", question=half), "body")
        assert endpoint.fake.heard == []


def test_books_that_are_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways_books.Books.__init__, "__defaults__", (0,))  # pending_max
    with Endpoint([streamed(GOOD)]) as endpoint:
        settings = set_up(tmp_path, endpoint, "openai")
        with served(own_books(), settings) as gateway:
            assert says(ask(tmp_path, gateway, tmp_path / "token", deadline_s=20.0), "books")
        assert endpoint.fake.heard == []


def test_too_many_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Slots.__init__, "__defaults__", (0.05,))  # patience_s
    with Endpoint([llm.silent]) as endpoint:
        settings = replace(set_up(tmp_path, endpoint, "openai"), concurrency=1)
        with served(own_books(), settings) as gateway:
            other = http.client.HTTPConnection("127.9.1.1", gateway.port, timeout=60)
            headers = {"authorization": f"Bearer {token(1)}"}
            other.request("POST", "/v1/chat/completions", json.dumps(QUESTION), headers)
            until(lambda: endpoint.fake.heard)
            assert says(ask(tmp_path, gateway, tmp_path / "token"), "concurrency")
            other.close()


@pytest.mark.parametrize("reply", [llm.picky(streamed(GOOD)), whole({}, 500)])
def test_a_simple_or_failing_endpoint_behind_it(tmp_path: Path, reply: Reply) -> None:
    with Endpoint([reply]) as endpoint:
        settings = set_up(tmp_path, endpoint, "openai")
        with served(own_books(), settings) as gateway:
            answer, _ = ask(tmp_path, gateway, tmp_path / "token")
        if isinstance(answer, Declined):
            assert "HTTP 500" in answer.reason
        else:
            assert answer.source == "llm"


def test_without_an_endpoint_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(token(1))
    with served(own_books(), None) as gateway:
        declined, status = ask(tmp_path, gateway, tmp_path / "token")
    assert isinstance(declined, Declined) and "model" not in declined.reason
    assert not status.configured and not status.problem

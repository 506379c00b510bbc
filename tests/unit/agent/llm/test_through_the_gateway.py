"""The agent, the platform's own gateway and an endpoint, on real sockets."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.llm.asker import ModelAsker
from data_agent.llm.settings import LlmSettings
from data_agent.values import Answer, Declined

from orchestrator.llm_settings import LlmSettings as OperatorsSettings
from tests.support import fake_llm as llm
from tests.support.fake_llm import streamed, whole
from tests.support.fake_llm_thread import Endpoint
from tests.support.llm_gateway import Books, Served, gateway_tenant, served, token
from tests.unit.agent.llm.asking import GOOD, KEY, SALES, VAGUE, load


def ask(directory: Path, gateway: Served, token_file: Path) -> tuple[Answer | Declined, Any]:
    async def asked() -> tuple[Answer | Declined, Any]:
        url = f"http://127.9.1.1:{gateway.port}/v1"
        model = ModelAsker(LlmSettings(gateway=url, token_file=token_file, backoff_s=0.02))
        engine = WorkerEngine(EngineSettings(data_dir=directory), model)
        try:
            await load(engine, directory, SALES)
            return await engine.ask(VAGUE), await model.access.status()
        finally:
            await engine.close()

    return asyncio.run(asked())


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


def test_what_the_gateway_refuses_is_said_in_its_words(tmp_path: Path) -> None:
    with Endpoint([streamed(GOOD)]) as endpoint:
        settings = set_up(tmp_path, endpoint, "openai")
        with served(own_books(budget=1), settings) as gateway:
            ask(tmp_path, gateway, tmp_path / "token")  # begun before the budget was used up
            declined, _ = ask(tmp_path, gateway, tmp_path / "token")
            assert isinstance(declined, Declined)
            assert (
                "tokens" in declined.reason and "The language model did not help" in declined.reason
            )
            (tmp_path / "token").write_text("another")
            declined, _ = ask(tmp_path, gateway, tmp_path / "token")
            assert isinstance(declined, Declined) and "HTTP 401" in declined.reason
        assert len(endpoint.fake.heard) == 1


@pytest.mark.parametrize("reply", [llm.picky(streamed(GOOD)), whole({}, 500)])
def test_a_simple_or_failing_endpoint_behind_it(tmp_path: Path, reply: llm.Reply) -> None:
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

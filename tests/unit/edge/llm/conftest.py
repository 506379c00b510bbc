"""The gateway served, in front of an endpoint that behaves as a test tells it to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.llm_settings import LlmSettings
from tests.support.llm_endpoint import Endpoint, endpoint
from tests.support.llm_gateway import KEY, Books, Served, gateway_tenant, served


@pytest.fixture(scope="module")
def llm() -> Iterator[Endpoint]:
    with endpoint() as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path, llm: Endpoint) -> LlmSettings:
    llm.behave("good")
    (tmp_path / "key").write_text(f"{KEY}\n")
    return LlmSettings("openai", "big-model", llm.url, tmp_path / "key", deadline_s=20)


@pytest.fixture
def books() -> Books:
    made = Books()
    made.serve(gateway_tenant(1), gateway_tenant(2))
    return made


@pytest.fixture
def gateway(settings: LlmSettings, books: Books) -> Iterator[Served]:
    with served(books, settings) as made:
        yield made

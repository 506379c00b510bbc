"""A platform of its own, with an endpoint on this machine for an LLM."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.support.llm_endpoint import Endpoint, endpoint
from tests.support.stack import Stack
from tests.support.stack_fixtures import (  # noqa: F401
    fleet,
    platform_images,
    pytest_runtest_makereport,
)

EDGE_GROUP = 65532
KEY = "sk-marker-of-the-operators-key-5e1f"


@pytest.fixture(scope="session")
def llm() -> Iterator[Endpoint]:
    with endpoint() as made:
        yield made


@pytest.fixture(scope="session")
def stack(
    platform_images: None,  # noqa: F811
    llm: Endpoint,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("llm-stack"))
    made.settings |= {
        "LLM_PROVIDER": "openai", "LLM_MODEL": "the-operators-model", "LLM_BASE_URL": llm.url,
    }  # fmt: skip
    try:
        made.prepare()
        give_key(made, KEY)
        made.start()
        yield made
    finally:
        made.remove()


def give_key(stack: Stack, key: str) -> None:
    """As docs/operations.md tells operators to: a new file, for the edge's group to read."""
    path = stack.root / "platform/llm/key"
    new = path.with_name("key.new")
    new.write_text(f"{key}\n")
    new.chmod(0o640)
    os.chown(new, 0, EDGE_GROUP)
    new.replace(path)

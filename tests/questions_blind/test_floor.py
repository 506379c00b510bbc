"""The held-out sets as a test: of what is answered, hardly anything is wrong."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.questions_blind.asking import ask_set
from tests.questions_blind.questions import sets
from tests.questions_blind.reporting import details, score

LEAST_CORRECT = 0.95  # a floor to be raised: it holds what was reached, not what is aimed at


@pytest.mark.parametrize("name", sets())
def test_hardly_any_answer_is_wrong(name: str, tmp_path: Path) -> None:
    asked = asyncio.run(ask_set(name, tmp_path))
    assert score(asked).correct_share >= LEAST_CORRECT, "\n".join(details(asked))

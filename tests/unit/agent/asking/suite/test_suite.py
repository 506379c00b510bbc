"""The suite as a test: what is answered is right, and what has no answer is declined."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.agent.asking.suite.plain import DECLINED
from tests.unit.agent.asking.suite.run import QUESTIONS, Asked, ask_all, score
from tests.unit.agent.asking.suite.tables import WORLD

LEAST_QUESTIONS, LEAST_DECLINES, LEAST_TABLES = 300, 40, 10
LEAST_CORRECT, LEAST_ANSWERED = 0.98, 0.92


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> list[Asked]:
    return asyncio.run(ask_all(tmp_path_factory.mktemp("suite")))


def test_it_is_large_enough() -> None:
    assert len({(question.tables, question.text) for question in QUESTIONS}) == len(QUESTIONS)
    assert len(QUESTIONS) >= LEAST_QUESTIONS
    assert sum(question.expected is DECLINED for question in QUESTIONS) >= LEAST_DECLINES
    assert len(WORLD) >= LEAST_TABLES


def test_what_is_answered_is_right(asked: list[Asked]) -> None:
    wrong = [one.question.text for one in asked if one.verdict == "wrong"]
    assert score(asked).correct_share >= LEAST_CORRECT, wrong


def test_most_is_answered(asked: list[Asked]) -> None:
    declined = [one.question.text for one in asked if one.verdict == "declined"]
    assert score(asked).answered_share >= LEAST_ANSWERED, declined


def test_what_has_no_answer_is_declined(asked: list[Asked]) -> None:
    assert not [one.question.text for one in asked if one.verdict == "should have been declined"]

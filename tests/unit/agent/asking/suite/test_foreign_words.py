"""A word that means something is never dropped: with it, a question is declined or answered anew.

Each question of the suite that is answered gets one foreign word at a random place. The same plan
as before, with no note about the word, would be a silently wrong answer.
"""

from __future__ import annotations

import asyncio
from random import Random

import pytest
from data_agent.asking.asker import Understood, understand
from data_agent.asking.lexicon import load
from data_agent.asking.schema import Schema
from data_agent.asking.vocabularies import Vocabularies

from tests.unit.agent.asking.suite.run import QUESTIONS, schema_of_the_world
from tests.unit.agent.asking.suite.tables import TODAY

# Nothing in the tables or in the language of questions has these meanings.
UNKNOWN = (
    "purple", "before lunch", "twice", "half", "unless", "almost", "neither", "again", "both",
    "hardly", "roughly", "nor", "more",
)  # fmt: skip
# These mean something: the plan has to change with them.
NEGATIONS = ("not", "except", "without", "excluding", "other than", "except Sundays", "never")
OTHERS = (
    "or",
    "or more",
    "older than",
    "either",
    "hours",
    "€",
    "only half of",
    "first",
    "7",
    "5th",
    "March",
    "why",
    "empty",
    "under",
    "outliers",
)
TRIES = 1  # places per question and list of words


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return asyncio.run(schema_of_the_world(tmp_path_factory.mktemp("words")))


@pytest.mark.parametrize("words", [UNKNOWN, NEGATIONS, OTHERS], ids=["unknown", "not", "others"])
def test_no_word_is_dropped(words: tuple[str, ...], schema: Schema) -> None:
    dice = Random(7)
    parts = {q.tables: Vocabularies(schema.only(q.tables), load()) for q in QUESTIONS}
    dropped = []
    for question in QUESTIONS:
        known = parts[question.tables]
        before = _plan(question.text, known)
        for _ in range(TRIES if before else 0):
            word = dice.choice(words)
            text = _with_word(question.text, word, dice)
            after = _plan(text, known)
            same = before is not None and after is not None and after.plan == before.plan
            known_word = word not in UNKNOWN
            if after is not None and (same or not known_word) and not _said(after, word):
                dropped.append(text)
    assert not dropped


def _plan(text: str, known: Vocabularies) -> Understood | None:
    meant = understand(text, known.schema, known.lexicon, today=TODAY, known=known)
    return meant if isinstance(meant, Understood) else None


def _with_word(text: str, word: str, dice: Random) -> str:
    words = text.split()
    place = dice.randrange(len(words) + 1)
    return " ".join([*words[:place], word, *words[place:]])


def _said(meant: Understood, word: str) -> bool:
    """In a note, or in a condition of the plan, which the sentence repeats."""
    values = [str(value) for item in meant.plan.filters for value in item.values]
    return any(word in text for text in (*meant.notes, *values))

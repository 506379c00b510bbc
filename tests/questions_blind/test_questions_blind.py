"""The held-out sets are well made: their SELECTs run and say something, their tables are theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.questions_blind.make_tables import TABLES as MAKERS
from tests.questions_blind.make_tables import main as make_tables
from tests.questions_blind.questions import TABLES, Truth, load, sets, truths

LEAST_QUESTIONS = {"first": 150, "second": 60, "third": 80, "fourth": 60}
LEAST_DECLINED_SHARE = 0.12


@pytest.fixture(scope="module", params=sets())
def made(request: pytest.FixtureRequest) -> tuple[str, list[Truth]]:
    return request.param, truths(request.param)


def test_every_expected_answer_says_something(made: tuple[str, list[Truth]]) -> None:
    for truth in made[1]:
        question = truth.question
        assert question.declined or truth.readings, question.text
        for rows in truth.readings:
            assert rows, question.text
            cells = [cell for row in rows for cell in row]
            assert question.declined or any(cell is not None for cell in cells), question.text


def test_it_asks_enough_and_asks_the_impossible(made: tuple[str, list[Truth]]) -> None:
    name, found = made
    declined = sum(truth.question.declined for truth in found)
    assert len(found) >= LEAST_QUESTIONS[name]
    assert declined / len(found) >= LEAST_DECLINED_SHARE


def test_no_question_stands_in_it_twice() -> None:
    asked = [(q.tables, q.after, q.text) for name in sets() for q in load(name)]
    assert len(set(asked)) == len(asked)


def test_every_table_is_there(made: tuple[str, list[Truth]]) -> None:
    for truth in made[1]:
        for table in truth.question.tables:
            assert table in MAKERS, truth.question.text


def test_the_tables_are_what_their_maker_writes(tmp_path: Path) -> None:
    make_tables(tmp_path)
    for path in TABLES.glob("*.csv"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name

"""A held-out set's result: one line of the questions' table, and what went wrong in words."""

from __future__ import annotations

from collections import Counter

from data_agent.values import Answer

from tests.questions_blind.asking import Asked
from tests.unit.agent.asking.suite.run import Score

GOOD = {"right", "rightly declined"}


def score(asked: list[Asked]) -> Score:
    count = Counter(one.verdict for one in asked)
    return Score(
        asked=len(asked),
        answerable=count["right"] + count["wrong"] + count["declined"],
        right=count["right"],
        wrong=count["wrong"],
        rightly_declined=count["rightly declined"],
        wrongly_answered=count["should have been declined"],
    )


def line(name: str, asked: list[Asked]) -> str:
    """In the columns of the question suite's own table."""
    found = score(asked)
    cells = (
        name, found.asked, found.answerable, f"{found.answered_share:.0%}",
        f"{found.correct_share:.1%}", found.rightly_declined + found.wrongly_answered,
        found.rightly_declined,
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def details(asked: list[Asked]) -> list[str]:
    """What was answered wrongly, should have been declined, or was declined; what was said."""
    lines = []
    for one in sorted(asked, key=lambda one: one.verdict, reverse=True):
        if one.verdict in GOOD:
            continue
        chat = " > ".join((*one.truth.question.after, one.truth.question.text))
        lines.append(f"{one.verdict}: {', '.join(one.truth.question.tables)}: {chat}")
        if isinstance(one.answer, Answer):
            lines.append(f"    {one.answer.sentence}")
            lines.append(f"    said  {_shown(one.answer.result.rows)}")
            lines += [f"    right {_shown(rows)}" for rows in one.truth.readings[:2]]
        else:
            lines.append(f"    {one.answer.reason}")
    return lines


def _shown(rows: object) -> str:
    text = str([tuple(map(str, row)) for row in rows])  # type: ignore[attr-defined]
    return text if len(text) <= 160 else f"{text[:160]}…"

"""The suite's result as a Markdown table."""

from __future__ import annotations

from tests.unit.agent.asking.suite.run import Asked, score


def table(asked: list[Asked]) -> list[str]:
    """One line per group of tables, and all together."""
    groups: dict[str, list[Asked]] = {}
    for one in asked:
        groups.setdefault(", ".join(one.question.tables), []).append(one)
    head = (
        "tables", "questions", "with an answer", "answered", "answered right",
        "to be declined", "declined",
    )  # fmt: skip
    lines = [head, ("---",) * len(head)]
    lines += [_line(name, part) for name, part in groups.items()]
    lines.append(_line("**all**", asked))
    return [f"| {' | '.join(line)} |" for line in lines]


def _line(name: str, asked: list[Asked]) -> tuple[str, ...]:
    found = score(asked)
    to_decline = found.rightly_declined + found.wrongly_answered
    return (
        name,
        str(found.asked),
        str(found.answerable),
        f"{found.answered_share:.0%}",
        f"{found.correct_share:.1%}",
        str(to_decline),
        str(found.rightly_declined),
    )

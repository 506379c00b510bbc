"""What the columns of an ordinary file most likely are, from rows of all of its parts. Pure.

A guess is only made where a look at the whole file could not choose between two readings; then the
rows are loaded as guessed, and the first value that does not fit ends that (worker/strict.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from data_agent.importing.candidates import Candidate, candidates, clean, next_checks
from data_agent.importing.decide import TEXT, Count, column_type
from data_agent.importing.form import Form

Guesses = tuple[Count | None, ...]  # per column; None: text


def guess(head: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> Guesses | None:
    """Per column; None when the file has to be looked at as a whole first.

    `head`: the first rows; `others`: rows from further below, all of the same width.
    """
    if not head:
        return None
    guesses: list[Count | None] = []
    for index in range(len(head[0])):
        cells = [row[index] for row in head if index < len(row)]
        found = _guess(cells, [row[index] for row in others if index < len(row)])
        if found is False:
            return None
        guesses.append(found)
    return tuple(guesses)


def _guess(head: Sequence[str], others: Sequence[str]) -> Count | Literal[False] | None:
    left = candidates(head)
    if not left:
        return None
    candidate = left[0]
    if len(next_checks(left)) > 1 or candidate.form.decorated:
        return False
    texts = [clean(cell) if candidate.cleaned else cell for cell in (*head, *others)]
    values = [text for text in texts if text]
    if not all(candidate.form.fits(value) for value in dict.fromkeys(values)):
        return False
    return _counted(candidate, values)


def _counted(candidate: Candidate, values: Sequence[str]) -> Count | Literal[False]:
    form = candidate.form
    if form.family != "number":
        return Count(candidate, 1, 1)
    parts = [_parts(form, value) for value in values]
    digits, scale = max(len(part[0]) for part in parts), max(len(part[1]) for part in parts)
    count = Count(candidate, 1, 1, scale=scale, digits=digits)
    # Without decimal places it depends on the whole file whether it is a number at all.
    return count if scale and column_type(form, count) != TEXT else False


def _parts(form: Form, value: str) -> tuple[str, str]:
    """The digits before and after the decimal sign."""
    bare = re.sub(form.group, "", value) if form.group else value
    before, _, after = bare.partition(form.point)
    return before.lstrip("-+"), after

"""Which forms a column may have, from a sample. One value that does not fit rules a form out for
the whole column, so the sample only ever narrows; what is left is checked over the whole file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data_agent.importing.form import MISSING, Form
from data_agent.importing.forms import BY_NAME, FORMS

NEAR = 0.8  # so many of the sample fit: worth telling that the column is nearly numbers or dates
EPSILON = 1e-9  # 1 - 0.8 is a little less than 0.2
PADDING = " \t\u00a0"


@dataclass(frozen=True)
class Candidate:
    """A form to check. `cleaned`: padding and words for "no value" are left out first."""

    form: Form
    cleaned: bool


def candidates(sample: Sequence[str]) -> tuple[Candidate, ...]:
    """The forms that every non-empty value of the sample fits, the preferred ones first.

    A column that is nearly numbers or dates gets its nearest form: it cannot hold, but the report
    can tell how many values do not fit, and which.
    """
    values = [value for value in sample if value]
    cleaned = [text for text in (clean(value) for value in values) if text]
    if not cleaned:
        return ()
    raw = _fitting(values)
    ordered = [Candidate(form, cleaned=False) for form in raw]
    ordered += [
        Candidate(form, cleaned=True) for form in (raw if cleaned == values else _fitting(cleaned))
    ]
    return tuple(ordered) or _near(cleaned)


def next_checks(left: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The preferred candidate, and the one that would read the same characters differently."""
    return tuple(c for c in left if c == left[0] or _rivals(left[0], c))


def without_misfit(left: Sequence[Candidate], misfit: str) -> tuple[Candidate, ...]:
    """The candidates that remain after the file showed a value that the checked ones do not fit."""
    cleaned = clean(misfit)
    return tuple(
        c
        for c in left
        if (c.form.fits(cleaned) or not cleaned if c.cleaned else c.form.fits(misfit))
    )


def clean(value: str) -> str:
    """The value without padding; empty when it is a word for "no value"."""
    text = value.strip(PADDING)
    return "" if text in MISSING else text


def rival(form: Form) -> Form | None:
    """The form that reads the same characters as something else: 1,234 or 03/04/2024."""
    suffix = " dressed" if form.decorated else ""
    other = _RIVALS.get(form.name.removesuffix(" dressed"))
    if other:
        return BY_NAME[other + suffix]
    if form.order == "dmy":
        return BY_NAME[_swapped(form.name)]
    return None


def _swapped(name: str) -> str:
    return f"m{name[1]}d{name[3:]}"


def _rivals(first: Candidate, other: Candidate) -> bool:
    return first.cleaned == other.cleaned and rival(first.form) == other.form


def _fitting(values: Sequence[str]) -> list[Form]:
    left = list(FORMS)
    for value in dict.fromkeys(values):
        if not any(char.isdigit() for char in value):
            return []  # every form has a digit
        left = [form for form in left if form.fits(value)]
        if not left:
            break
    return left


def _near(values: Sequence[str]) -> tuple[Candidate, ...]:
    distinct = list(dict.fromkeys(values))[:200]
    bearable = int(len(distinct) * (1 - NEAR) + EPSILON)
    counted = [(_fits(form, distinct, bearable), form) for form in FORMS]
    most, form = max(counted, key=lambda pair: pair[0])
    return (Candidate(form, cleaned=True),) if most > 1 else ()


def _fits(form: Form, values: Sequence[str], bearable: int) -> int:
    """How many of the values fit; 0 as soon as more do not than are bearable."""
    misfits = 0
    for value in values:
        if not form.fits(value):
            misfits += 1
            if misfits > bearable:
                return 0
    return len(values) - misfits


_RIVALS = {"comma": "comma groups", "point": "point groups"}

"""Types that a person chose for a column: which forms each choice allows, and what comes of it.

A choice is a kind, or a kind with " lossy" after it: then values that do not fit become empty,
which somebody confirmed after seeing them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from data_agent.errors import Invalid
from data_agent.importing.candidates import Candidate, clean
from data_agent.importing.decide import TEXT, Count, Typing, column_type
from data_agent.importing.form import Form
from data_agent.importing.forms import FORMS

BOOLEAN = Form(
    "boolean",
    "boolean",
    "(?i:yes|no|y|n|true|false|t|f|1|0|on|off|ja|nein|oui|non)",
    "yes or no",
)
# Codes with leading zeros are no numbers unless somebody says so.
PADDED = Form("padded integer", "integer", "-?[0-9]{1,18}", "whole numbers")
LOSSY = " lossy"
MAX_CHECKED = 4  # forms of one choice that the sample makes likely
_NUMBERS = ("integer", "number")
_DATES = ("date", "timestamp")

KINDS: Mapping[str, tuple[str, Callable[[Form], bool]]] = {
    "text": ("text", lambda _: False),
    "number": ("numbers", lambda form: form.family in _NUMBERS),
    "number_point": (
        "numbers like 1,234.56",
        lambda form: form.family in _NUMBERS and form.point == "." and form.group != "\\.",
    ),
    "number_comma": (
        "numbers like 1.234,56",
        lambda form: form.family == "integer" or (form.family == "number" and form.point == ","),
    ),
    "date_dmy": ("dates, day first", lambda form: form.family in _DATES and form.order != "mdy"),
    "date_mdy": ("dates, month first", lambda form: form.family in _DATES and form.order != "dmy"),
    "boolean": ("yes or no", lambda form: form is BOOLEAN),
}


def checked(choices: Mapping[str, str]) -> dict[str, str]:
    """The choices as they may be kept. Invalid."""
    for name, choice in choices.items():
        if choice.removesuffix(LOSSY) not in KINDS:
            raise Invalid(f'"{name}": a column can be {", ".join(KINDS)} or automatic.')
    return dict(choices)


def kind(choice: str) -> str:
    return choice.removesuffix(LOSSY)


def words(choice: str) -> str:
    """What the choice says, for people."""
    return KINDS[kind(choice)][0]


def chosen_candidates(choice: str, sample: Sequence[str]) -> tuple[Candidate, ...]:
    """The forms of this choice that most of the sample is written in, the likeliest first."""
    allowed = [form for form in (*FORMS, PADDED, BOOLEAN) if KINDS[kind(choice)][1](form)]
    values = [text for text in dict.fromkeys(map(clean, sample)) if text][:200]
    counted = [(sum(form.fits(value) for value in values), form) for form in allowed]
    likely = sorted(counted, key=lambda pair: -pair[0])[:MAX_CHECKED]
    return tuple(Candidate(form, cleaned=True) for _, form in likely)


def chosen_typing(name: str, choice: str, counts: Sequence[Count]) -> Typing:
    """The column as it was chosen. `counts`: of chosen_candidates; the best of them is taken."""
    if not counts:
        return Typing(TEXT, "chosen by a person")
    best = best_count(counts)
    type_name = (
        "BOOLEAN" if best.candidate.form is BOOLEAN else column_type(best.candidate.form, best)
    )
    if type_name == TEXT:
        return Typing(TEXT, "chosen as a number, but has more digits than one can hold exactly")
    notes = []
    if misfits(best):
        notes.append(
            f"{name}: {misfits(best):,} values that are no {words(choice)} became empty, as chosen."
        )
    if best.mark_low != best.mark_high:
        notes.append(
            f"{name}: the signs {best.mark_low or 'none'} and {best.mark_high} were taken off."
        )
    why = f"chosen by a person; {best.fits:,} values are {best.candidate.form.words}"
    return Typing(type_name, why, best.candidate, tuple(notes), lossy=misfits(best) > 0)


def best_count(counts: Sequence[Count]) -> Count:
    return max(counts, key=lambda count: count.fits)


def misfits(count: Count) -> int:
    return count.values - count.fits

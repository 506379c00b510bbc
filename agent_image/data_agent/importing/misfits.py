"""Where in a file the values stand that do not fit a form, by line, as people look for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from data_agent.errors import BadUpload
from data_agent.importing.candidates import clean
from data_agent.importing.form import Form
from data_agent.importing.source import Cleaned, Upload, kept_rows

MOST_SHOWN = 20
MAX_VALUE = 40


@dataclass(frozen=True)
class Misfit:
    """A value that does not fit, and the line on which its record begins."""

    line: int
    value: str


def first_misfits(upload: Upload, column: int, form: Form) -> tuple[Misfit, ...]:
    """The first MOST_SHOWN values of the column that are not written in this form."""
    found: list[Misfit] = []
    for line, cells in _rows(upload):
        value = clean(cells[column])
        if value and not _fits(form, value):
            found.append(Misfit(line, value[:MAX_VALUE]))
            if len(found) == MOST_SHOWN:
                break
    return tuple(found)


def described(name: str, words: str, count: int, found: tuple[Misfit, ...]) -> str:
    """One sentence: how many values, and where the first of them are."""
    shown = ", ".join(f"line {each.line:,} “{each.value}”" for each in found)
    more = f" and {count - len(found):,} more" if count > len(found) else ""
    verb = "value of {} is" if count == 1 else "values of {} are"
    return f"{count:,} {verb.format(name)} not {words}: {shown}{more}."


def _rows(upload: Upload) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from kept_rows(upload, Cleaned())
    except BadUpload:
        return  # too many rejects: the import itself says so


def _fits(form: Form, value: str) -> bool:
    """The pattern, and for plain dates the calendar: there is no 31 February."""
    if not form.fits(value):
        return False
    if form.family != "date":
        return True
    try:
        dt.datetime.strptime(value, form.strptime or "%Y-%m-%d")  # noqa: DTZ007  only its validity
    except ValueError:
        return False
    return True

"""From counts over the whole file to one type per column, with the reason in words. Pure.

A column is typed only if every value fits. Where the same characters can be read in two ways
(1,234 or 03/04/2024), another column of the same file that can be read in one way only decides;
without one, the column stays text and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data_agent.importing.candidates import Candidate, rival
from data_agent.importing.form import Form

MAX_SCALE = 6  # more decimal places are measurements, not money: DOUBLE
NARROW_DIGITS, WIDE_DIGITS = 18, 38  # DECIMAL(18) is 8 bytes, DECIMAL(38) is 16


@dataclass(frozen=True)
class Count:
    """What the whole file says about one candidate of one column."""

    candidate: Candidate
    values: int  # cells that are not empty (after cleaning, if the candidate cleans)
    fits: int
    scale: int = 0  # most digits after the decimal sign
    digits: int = 0  # most digits before it
    mark_low: str = ""  # smallest and largest currency or percent sign; equal: all have the same
    mark_high: str = ""
    misfit: str = ""  # an example that does not fit
    missing: int = 0  # cells that are words for "no value"

    @property
    def holds(self) -> bool:
        return self.values > 0 and self.fits == self.values and self.mark_low == self.mark_high


@dataclass(frozen=True)
class Typing:
    """The column's type. `candidate` None: text, as it stands in the file."""

    type: str
    why: str
    candidate: Candidate | None = None
    notes: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()  # choices (see choices.py) between which the file does not decide
    lossy: bool = False  # values that do not fit become empty


@dataclass(frozen=True)
class Evidence:
    """The habits that the file's other columns show: "." or ",", "dmy" or "mdy"; "" unknown."""

    point: str = ""
    order: str = ""


TEXT = "VARCHAR"


def decide_all(
    names: Sequence[str], counts: Mapping[int, Sequence[Count]], delimiter: str
) -> tuple[Typing, ...]:
    """A typing for every column, in their order. `counts`: per column index, preferred first."""
    evidence = _evidence(list(counts.values()))
    return tuple(
        _decide(name, counts.get(index, ()), evidence, delimiter)
        for index, name in enumerate(names)
    )


def settled(counts: Sequence[Count]) -> bool:
    """Whether one of these candidates holds, so that no further ones need checking."""
    return any(count.holds for count in counts)


def _decide(name: str, counts: Sequence[Count], evidence: Evidence, delimiter: str) -> Typing:
    holding = [count for count in counts if count.holds]
    if not holding:
        return _text(name, counts)
    first = holding[0]
    other = next((c for c in holding if _compete(first, c)), None)
    if other is None:
        return _typed(name, first)
    return _between(name, first, other, evidence, delimiter)


def _between(name: str, first: Count, other: Count, evidence: Evidence, delimiter: str) -> Typing:
    """Two readings hold: `first` (decimals, day first) against `other` (groups, month first)."""
    form, words = first.candidate.form, other.candidate.form.words
    if form.order:
        if evidence.order:
            winner = first if evidence.order == "dmy" else other
            return _typed(name, winner, "as the other dates of this file are written")
        return Typing(
            TEXT,
            "day and month cannot be told apart",
            notes=(f"{name} stays text: its dates could be day first or month first.",),
            ask=("date_dmy", "date_mdy"),
        )
    if evidence.point:
        winner = first if evidence.point == form.point else other
        return _typed(name, winner, "as the other numbers of this file are written")
    if form.decorated and first.mark_low not in {"", "%"}:
        return _typed(name, other, "amounts of money have no three decimal places")
    if delimiter != ";":
        winner = first if form.point == "." else other
        return _typed(name, winner, f"read as {winner.candidate.form.words}")
    return Typing(
        TEXT,
        "thousands and decimals cannot be told apart",
        notes=(f"{name} stays text: it could be {form.words} or {words}.",),
        ask=("number_comma", "number_point"),
    )


def _compete(first: Count, other: Count) -> bool:
    return (
        other.candidate.cleaned == first.candidate.cleaned
        and rival(first.candidate.form) == other.candidate.form
    )


def _typed(name: str, count: Count, extra: str = "") -> Typing:
    form = count.candidate.form
    kind = column_type(form, count)
    if kind == TEXT:
        return Typing(TEXT, "more digits than a number can hold exactly")
    why = f"all {count.fits:,} values are {form.words}" + (f"; {extra}" if extra else "")
    notes = [f"{name}: read as {form.words}, {extra}."] if extra else []
    if count.mark_low:
        meaning = "12.5 means 12.5 %" if count.mark_low == "%" else f"amounts in {count.mark_low}"
        notes.append(f"{name}: the sign {count.mark_low} was taken off ({meaning}).")
    if form.zone:
        notes.append(f"{name}: times were converted to UTC.")
    if count.missing:
        notes.append(f"{name}: {count.missing:,} cells such as N/A count as empty.")
    return Typing(kind, why, count.candidate, tuple(notes))


def column_type(form: Form, count: Count) -> str:
    """DuckDB's type for a form that holds. DECIMAL keeps money exact; it has a fixed scale."""
    if form.family == "integer":
        return "BIGINT"
    if form.family == "date":
        return "DATE"
    if form.family == "timestamp":
        return "TIMESTAMP"
    if form.name == "scientific" or count.scale > MAX_SCALE:
        return "DOUBLE"
    if count.digits + count.scale <= NARROW_DIGITS:
        return f"DECIMAL({NARROW_DIGITS},{count.scale})" if count.scale else "BIGINT"
    if count.scale and count.digits + count.scale <= WIDE_DIGITS:
        return f"DECIMAL({WIDE_DIGITS},{count.scale})"
    return TEXT


def _text(name: str, counts: Sequence[Count]) -> Typing:
    closest = max(counts, key=lambda count: count.fits, default=None)
    if closest is None or closest.values == 0:
        return Typing(TEXT, "text")
    words = closest.candidate.form.words
    if closest.fits == closest.values:
        return Typing(TEXT, "mixed signs", notes=(_mixed(name, closest),))
    misfits = closest.values - closest.fits
    if misfits * 2 > closest.values:
        return Typing(TEXT, "text")
    note = (
        f"{name} stays text: {misfits:,} of {closest.values:,} values are no {words}, "
        f"for example {closest.misfit[:60]!r}."
    )
    return Typing(TEXT, f"not all values are {words}", notes=(note,))


def _mixed(name: str, count: Count) -> str:
    signs = f"{count.mark_low or 'no sign'} and {count.mark_high or 'no sign'}"
    return f"{name} stays text: its numbers are in different units ({signs})."


def _evidence(columns: Sequence[Sequence[Count]]) -> Evidence:
    """Only what can be read in one way speaks for the others."""
    sure = []
    for column in columns:
        holding = [count for count in column if count.holds]
        if holding and not any(_compete(holding[0], other) for other in holding):
            sure.append(holding[0])
    points = {c.candidate.form.point for c in sure if _shows_point(c)}
    orders = {c.candidate.form.order for c in sure if c.candidate.form.order}
    return Evidence(
        point=points.pop() if len(points) == 1 else "",
        order=orders.pop() if len(orders) == 1 else "",
    )


def _shows_point(count: Count) -> bool:
    form = count.candidate.form
    return form.family == "number" and (count.scale > 0 or form.group in {",", "\\."})

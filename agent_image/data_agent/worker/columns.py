"""Find each column's type over the whole file: by what a person chose, else by what holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from data_agent.errors import DoesNotFit
from data_agent.importing.candidates import Candidate, candidates, next_checks, without_misfit
from data_agent.importing.choices import (
    LOSSY,
    best_count,
    chosen_candidates,
    chosen_typing,
    kind,
    misfits,
    words,
)
from data_agent.importing.decide import Count, Typing, decide_all, settled
from data_agent.importing.misfits import described, first_misfits
from data_agent.importing.source import Upload
from data_agent.values import Reading
from data_agent.worker.database import Connection
from data_agent.worker.profile import Profile, count, profile, text_sql
from data_agent.worker.strict import strict_sql


@dataclass(frozen=True)
class TableColumn:
    """A column of the new table: where it comes from and what it becomes."""

    index: int
    name: str
    source_name: str
    typing: Typing
    choice: str = ""
    guess: Count | None = None  # its values were not counted over the whole file yet

    @property
    def sql(self) -> str:
        """Its typed value, of the text columns c0, c1 …"""
        candidate = self.typing.candidate
        if candidate is None:
            return f"c{self.index}"
        if self.guess is not None:
            return strict_sql(self.index, candidate, self.typing.type, self.guess.scale)
        text, form = text_sql(self.index, candidate), candidate.form
        # Counted already: every value fits the pattern, so the cast alone is enough.
        typed = (form.sql if self.typing.lossy else form.typed_sql)(text, self.typing.type)
        return f"CAST({typed} AS {self.typing.type})"

    def values(self, found: Profile) -> int:
        """How many of its cells are not empty."""
        candidate = self.typing.candidate
        if candidate is None:
            return found.filled[self.index]
        return next(c.fits for c in found.counts[self.index] if c.candidate == candidate)


def type_columns(
    connection: Connection, source: str, upload: Upload, reading: Reading
) -> tuple[Profile, tuple[TableColumn, ...]]:
    """Check the likeliest form of each column over the whole file; where it fails, the next one
    that the value which failed it could have. DoesNotFit for a choice, when told to refuse."""
    width, choices = upload.layout.width, _choices(upload, reading)
    chosen = {i: chosen_candidates(each, _sample(upload, i)) for i, each in choices.items()}
    left = {i: candidates(_sample(upload, i)) for i in range(width)}
    checks = {i: next_checks(found) for i, found in left.items() if found and i not in chosen}
    found = profile(connection, source, width, {**checks, **{i: c for i, c in chosen.items() if c}})
    bad = _misfitting(upload, choices, chosen, found.counts, refuse=reading.refuse)
    checks |= {index: next_checks(left[index]) for index in bad if left[index]}
    counts = {i: c for i, c in found.counts.items() if i not in chosen}
    counts |= count(connection, source, {i: checks[i] for i in bad if i in checks})
    _check_more(connection, source, left, checks, counts)
    typings = list(decide_all(upload.names, counts, upload.layout.dialect.delimiter))
    for index in chosen.keys() - bad:
        name, choice = upload.names[index], choices[index]
        typings[index] = chosen_typing(name, choice, found.counts.get(index, ()))
        counts[index] = found.counts.get(index, ())
    for index, note in bad.items():
        typings[index] = replace(typings[index], notes=(note, *typings[index].notes))
    kept = {i: choice for i, choice in choices.items() if i not in bad}
    return replace(found, counts=counts), _columns(upload, found, typings, kept)


def _choices(upload: Upload, reading: Reading) -> dict[int, str]:
    """Per column index. Files of one table may spell its columns differently."""
    given = {name.casefold(): choice for name, choice in reading.choices.items()}
    names = [name.casefold() for name in upload.names]
    return {index: given[name] for index, name in enumerate(names) if name in given}


def _check_more(
    connection: Connection,
    source: str,
    left: dict[int, tuple[Candidate, ...]],
    checks: Mapping[int, Sequence[Candidate]],
    counts: dict[int, tuple[Count, ...]],
) -> None:
    """Go on with the columns of which no checked candidate holds, until none is left to check."""
    while True:
        checks = {i: next_checks(left[i]) for i in checks if _remaining(left, i, counts[i])}
        if not checks:
            return
        for index, more in count(connection, source, checks).items():
            counts[index] = (*more, *counts[index])


def _misfitting(
    upload: Upload,
    choices: Mapping[int, str],
    chosen: Mapping[int, Sequence[Candidate]],
    counts: Mapping[int, Sequence[Count]],
    *,
    refuse: bool,
) -> dict[int, str]:
    """The chosen columns that have values which do not fit and may not become empty, with why."""
    bad: dict[int, str] = {}
    for index, found in chosen.items():
        name, choice = upload.names[index], choices[index]
        best = best_count(counts[index]) if found else None
        if best is None or not misfits(best) or choice.endswith(LOSSY):
            continue
        if refuse:
            lines = first_misfits(upload, index, best.candidate.form)
            raise DoesNotFit(described(name, words(choice), misfits(best), lines))
        bad[index] = (
            f"{name}: {kind(choice)} was chosen for an earlier file, but {misfits(best):,} values "
            f"here are not {words(choice)}, for example {best.misfit!r}; read as found."
        )
    return bad


def _remaining(left: dict[int, tuple[Candidate, ...]], index: int, counts: Sequence[Count]) -> bool:
    """Narrow the column's candidates by what its checks found; whether any is left to check."""
    if settled(counts):
        return False
    checked = {count.candidate for count in counts}
    remaining = tuple(c for c in left[index] if c not in checked)
    for item in counts:
        remaining = without_misfit(remaining, item.misfit) if item.misfit else remaining
    left[index] = remaining
    return bool(remaining)


def _sample(upload: Upload, index: int) -> list[str]:
    return [row[index] for row in upload.sample if index < len(row)]


def _columns(
    upload: Upload, found: Profile, typings: Sequence[Typing], kept: Mapping[int, str]
) -> tuple[TableColumn, ...]:
    """Without columns that have neither a name nor a value: the trace of trailing delimiters."""
    header = upload.layout.header
    columns = [
        TableColumn(
            index, name, header[index] if header else "", typings[index], kept.get(index, "")
        )
        for index, name in enumerate(upload.names)
        if found.filled[index] or not header or header[index].strip()
    ]
    return tuple(columns) or (TableColumn(0, upload.names[0], "", typings[0], kept.get(0, "")),)

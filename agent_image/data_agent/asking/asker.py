"""Understand a question: the best reading over all tables, as a plan, or why there is none."""

from __future__ import annotations

import datetime as dt
import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from data_agent.asking.accounted import unaccounted
from data_agent.asking.bounds import in_order
from data_agent.asking.complete import Completed, complete
from data_agent.asking.doubts import doubt
from data_agent.asking.draft import Problem
from data_agent.asking.followup import edit, is_fragment
from data_agent.asking.glossary import Glossary, Term, applied
from data_agent.asking.grammar import blank, read
from data_agent.asking.lexicon import Lexicon
from data_agent.asking.plan import Group, Plan, PlanError, from_json
from data_agent.asking.schema import Schema, Table
from data_agent.asking.sets import with_members
from data_agent.asking.suggest import questions
from data_agent.asking.tags import Reading
from data_agent.asking.text import Token, fold
from data_agent.asking.vocabularies import Vocabularies
from data_agent.asking.words import filters_words, measure_words
from data_agent.values import Declined

MAX_WORDS = 60
NO_TERMS = Glossary()
NEAR_TIE = 0.15  # readings whose scores differ by less are both meant
CLEARLY = 0.5  # more, and a reading of another table is the better one
PROBLEM_COST = 5.0
MAX_SUGGESTIONS = 4
RELATIVE = {"relative", "near_day", "ago", "to_date"}


@dataclass(frozen=True)
class Understood:
    """What the question means."""

    plan: Plan
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Attempt:
    table: Table
    completed: Completed
    score: float
    words: float = 0.0  # the reading's own score, whatever came of it
    relative: bool = False  # counted from today


def understand(
    question: str,
    schema: Schema,
    lexicon: Lexicon,
    previous: Mapping[str, Any] | None = None,
    today: dt.date | None = None,
    glossary: Glossary = NO_TERMS,
    known: Vocabularies | None = None,
    zone: str = "UTC",
) -> Understood | Declined:
    """The question's plan; Declined names what is unknown or unclear and what could be asked.

    `today` is what "last month" is counted from; without it such words are not understood.
    `known` keeps the vocabularies of this schema and lexicon from one question to the next. `zone`
    is the time zone of `today`, for the note that names both.
    """
    known = known or Vocabularies(schema, lexicon)
    words, replaced = applied(glossary, question)
    words, reworded = applied(_rewrites(lexicon), words, "")
    words, defined = _defined(words, known)
    if not schema.tables:
        return Declined("There are no tables yet. Upload a CSV file first.")
    if not words:
        return Declined("Ask a question about your tables.", questions(schema, lexicon))
    if len(words) > MAX_WORDS:
        return Declined(f"The question is too long: at most {MAX_WORDS} words.")
    earlier = _earlier(previous, schema)
    attempts = sorted(_attempts(words, known, earlier, today), key=_rank)
    plans = [attempt for attempt in attempts if attempt.completed.plan is not None]
    if not plans:
        return _declined(attempts[0], known)
    best = plans[0]
    better = _better_but_unclear(attempts, best)
    if better is not None:
        return _declined(better, known)
    ties = _distinct(plan for plan in plans if best.score - plan.score < NEAR_TIE)
    if len(ties) > 1:
        return _unclear(ties)
    if best.completed.plan is None:
        return _declined(best, known)
    dated = [f'"Today" is {today.isoformat()} ({zone}).'] if best.relative and today else []
    return Understood(
        best.completed.plan, (*replaced, *reworded, *defined, *best.completed.notes, *dated)
    )


def _rewrites(lexicon: Lexicon) -> Glossary:
    return Glossary(tuple(Term(term, means) for term, means in lexicon.rewrites.items()))


def _rank(attempt: _Attempt) -> tuple[float, int]:
    """The best first; between equals the one in which more words are known."""
    return -attempt.score, sum(bool(problem.unknown) for problem in attempt.completed.problems)


def _defined(words: tuple[Token, ...], known: Vocabularies) -> tuple[tuple[Token, ...], list[str]]:
    """`margin = revenue - cost`: the name that nobody knows is what stands behind its sign."""
    places = [place for place, word in enumerate(words) if word.text == "=" and place]
    if len(places) != 1 or known.knows(words[places[0] - 1]):
        return words, []
    name, rest = words[places[0] - 1].text, words[places[0] + 1 :]
    said = " ".join(word.text for word in rest)
    return (*words[: places[0] - 1], *rest), [f'"{name}" was read as: {said}.']


def _earlier(previous: Mapping[str, Any] | None, schema: Schema) -> Plan | None:
    """The plan before; one that no longer fits the tables is forgotten."""
    if previous is None:
        return None
    try:
        return from_json(previous, schema)
    except PlanError:
        return None


def _attempts(
    words: Sequence[Token],
    known: Vocabularies,
    earlier: Plan | None,
    today: dt.date | None,
) -> Iterator[_Attempt]:
    best = -math.inf  # of the plans so far: what scores clearly less cannot matter any more
    for table in known.schema.tables:
        empty = blank(table, known.lexicon)
        for reading in map(in_order, known.of(table).readings(words)):
            if reading.score < best - NEAR_TIE:
                break
            draft = read(reading.tags, empty, today)
            if earlier is None or not is_fragment(draft):
                attempt = _attempt(table, reading, complete(draft, known.lexicon))
            elif earlier.table == table.name:
                attempt = _attempt(table, reading, edit(draft, earlier))
            else:
                continue
            best = max(best, attempt.score) if attempt.completed.plan is not None else best
            yield attempt


def _attempt(table: Table, reading: Reading, completed: Completed) -> _Attempt:
    completed = _checked(completed, reading, table)
    cost = PROBLEM_COST * len(completed.problems)
    relative = any(tag.kind in RELATIVE for tag in reading.tags)
    said = [tag.note for tag in reading.tags if tag.note]
    completed = replace(completed, notes=tuple(dict.fromkeys([*said, *completed.notes])))
    return _Attempt(table, completed, reading.score - cost, reading.score, relative)


def _checked(completed: Completed, reading: Reading, table: Table) -> Completed:
    """A plan only where every word of the question shows in it."""
    if completed.plan is None:
        return completed
    plan = with_members(reading.tags, completed.plan, table)
    completed = replace(completed, plan=plan)
    left = unaccounted(reading.tags, plan, table)
    if not left:
        doubtful = doubt(reading.tags, plan, table)
        return Completed(None, (doubtful,)) if doubtful else completed
    named = " and ".join(map(_quoted, left))
    reason = f"It is not clear what {named} should do in this question. Say it in other words."
    return Completed(None, (Problem(reason),))


def _better_but_unclear(attempts: Sequence[_Attempt], best: _Attempt) -> _Attempt | None:
    """A reading that explains the words better, and only needs to be asked back: then it is asked,
    and no lesser one is answered instead."""
    return next(
        (
            attempt
            for attempt in attempts
            if attempt.completed.plan is None
            and attempt.table.name != best.table.name
            and not any(problem.unknown for problem in attempt.completed.problems)
            and attempt.words > best.words + CLEARLY
        ),
        None,
    )


def _distinct(attempts: Iterator[_Attempt]) -> list[_Attempt]:
    found: dict[Plan | None, _Attempt] = {}
    for attempt in attempts:
        found.setdefault(attempt.completed.plan, attempt)
    return list(found.values())


def _unclear(ties: list[_Attempt]) -> Declined:
    """Two readings are equally good: name them, and let the person choose."""
    tables = {attempt.table.name for attempt in ties}
    meanings = [_meaning(attempt) for attempt in ties[:MAX_SUGGESTIONS]]
    if len(tables) > 1:
        reason = f"This could be about the tables {' or '.join(sorted(tables))}. Name one of them."
    else:
        reason = "This can be meant in more than one way: " + "; or ".join(meanings) + "."
    return Declined(reason, tuple(meanings))


def _meaning(attempt: _Attempt) -> str:
    plan = attempt.completed.plan
    if plan is None:
        return ""
    what = measure_words(plan.measure) if plan.measure else "list all rows"
    if plan.study is not None:
        what = " ".join([plan.study.kind, " and ".join(plan.study.columns)]).strip()
    by = f" by {_key(plan.group)}" if plan.group else ""
    return f"{what} of {plan.table}{by}{filters_words(plan, attempt.table)}"


def _key(group: Group) -> str:
    return f"{group.bucket} of {group.column}" if group.bucket else group.column


def _declined(attempt: _Attempt, known: Vocabularies) -> Declined:
    problems = attempt.completed.problems
    unknown = [problem.unknown for problem in problems if problem.unknown]
    firm = next((problem for problem in problems if problem.firm), None)
    if unknown and firm is None:
        return _unknown_words(list(dict.fromkeys(unknown)), known)
    first = firm or (problems[0] if problems else Problem("This question is not understood."))
    suggestions = first.suggestions or questions(known.schema, known.lexicon)
    return Declined(first.reason, suggestions[:MAX_SUGGESTIONS])


def _unknown_words(unknown: list[str], known: Vocabularies) -> Declined:
    """Name the words, and for each the nearest names and values there are."""
    schema, words = known.schema, known.words()
    reason = f"I do not understand {' and '.join(map(_quoted, unknown))}."
    near = [
        words[match]
        for word in unknown
        for match in difflib.get_close_matches(fold(word), words, n=2, cutoff=0.6)
    ]
    if near:
        reason += f" Did you mean {' or '.join(dict.fromkeys(near))}?"
    elif len(schema.tables) == 1:
        names = ", ".join(field.name for field in schema.tables[0].fields[:12])
        reason += f" The columns are: {names}."
    return Declined(reason, questions(schema, known.lexicon), tuple(unknown))


def _quoted(word: str) -> str:
    return f'"{word}"'

"""What the page of the glossary says about a term: whether its meaning is understood, and a first
example from the customer's own tables. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from data_agent.asking.glossary import Term
from data_agent.asking.lexicon import Lexicon
from data_agent.asking.schema import Field, Schema
from data_agent.asking.summing import is_additive
from data_agent.asking.tags import Vocabulary
from data_agent.asking.text import fold, tokens

NEAR = 0.6  # as near as asking/asker.py wants the names that it offers
LONGEST_VALUE = 24  # characters of a value that makes a good example
MOST_OFFERED = 200  # meanings to choose from while typing


@dataclass(frozen=True)
class ShownTerm:
    """`unknown`: words of its meaning that no table explains, `near`: names that come close.
    `hides`: the column or value of the customer's that has the same name."""

    term: str
    means: str
    unknown: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    hides: str = ""


def shown_terms(terms: Sequence[Term], schema: Schema, lexicon: Lexicon) -> tuple[ShownTerm, ...]:
    """All terms by name. Without a table there is nothing to compare them with."""
    books = [Vocabulary(table, schema, lexicon) for table in schema.tables]
    known = {name: written for book in books for name, written in book.words().items()}
    found = (_shown(each, books, known) for each in terms)
    return tuple(sorted(found, key=lambda each: fold(each.term)))


def example_terms(schema: Schema, lexicon: Lexicon) -> tuple[Term, ...]:
    """For a glossary that is still empty: a measure, a value and a column of the first table."""
    for table in schema.tables:
        amounts = [each for each in table.fields if is_additive(each, lexicon)]
        groups = [each for each in table.of_kind("text") if _short_values(each)]
        if amounts or groups:
            found = [Term("turnover", f"total {_plain(each.name)}") for each in amounts[:1]]
            for group in groups[:1]:
                value = _short_values(group)[0]
                found.append(Term(value[:3].upper(), value))
                found.append(Term("segment", _plain(group.name)))
            return tuple(each for each in found if fold(each.term) != fold(each.means))
    return ()


def offered_meanings(schema: Schema, lexicon: Lexicon) -> tuple[str, ...]:
    """What a term could mean, to choose from: totals, columns, values; no table's alone."""
    fields = [(each, _plain(each.name)) for table in schema.tables for each in table.fields]
    totals = [f"total {name}" for each, name in fields if is_additive(each, lexicon)]
    values = [value for each, _ in fields for value in each.values if len(value) <= LONGEST_VALUE]
    found = dict.fromkeys([*totals, *(name for _, name in fields), *values])
    return tuple(found)[:MOST_OFFERED]


def _shown(term: Term, books: Sequence[Vocabulary], known: dict[str, str]) -> ShownTerm:
    unknown = _unknown(term.means, books)
    near = [
        known[match]
        for word in unknown
        for match in difflib.get_close_matches(fold(word), known, n=2, cutoff=NEAR)
    ]
    hides = known.get(fold(term.term), "")
    return ShownTerm(term.term, term.means, unknown, tuple(dict.fromkeys(near)), hides)


def _unknown(means: str, books: Sequence[Vocabulary]) -> tuple[str, ...]:
    """The words that stay unexplained by the table that explains most."""
    words = tokens(means)
    readings = [reading for book in books for reading in book.readings(words)[:1]]
    left = [tuple(t.text for t in each.tags if t.kind == "unknown") for each in readings]
    return min(left, key=len, default=())


def _short_values(field: Field) -> list[str]:
    return [each for each in field.values if each.isalpha() and 4 <= len(each) <= LONGEST_VALUE]


def _plain(name: str) -> str:
    return name.replace("_", " ")

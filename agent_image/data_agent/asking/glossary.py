"""A customer's own words: `GMV` means `total revenue`. Pure; the file is glossary.json.

    {"version": 1, "terms": [{"term": "GMV", "means": "total revenue"}]}

A term is replaced by what it means before the question is read, and the answer says so. What a
term means may be a column, a value, or any part of a question; it is not looked up again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from data_agent.asking.text import Token, tokens

FILENAME = "glossary.json"
MAX_TERMS = 500
MAX_TERM, MAX_MEANING = 60, 200  # characters
MAX_WORDS = 6  # words of a term


class GlossaryError(ValueError):
    """What is wrong with a term, in a sentence for a person."""


@dataclass(frozen=True)
class Term:
    term: str
    means: str


@dataclass(frozen=True)
class Glossary:
    """The terms in the order in which they were added; no two have the same words."""

    terms: tuple[Term, ...] = ()

    def with_term(self, term: str, means: str) -> Glossary:
        """With this term, in the place of one with the same words. GlossaryError."""
        new = _checked(term, means)
        kept = tuple(item for item in self.terms if _words(item.term) != _words(new.term))
        if len(kept) >= MAX_TERMS:
            raise GlossaryError(f"A glossary has at most {MAX_TERMS} terms.")
        return replace(self, terms=(*kept, new))

    def without(self, term: str) -> Glossary:
        """Without this term; unchanged where there is none."""
        return replace(
            self, terms=tuple(item for item in self.terms if _words(item.term) != _words(term))
        )

    def to_json(self) -> dict[str, object]:
        return {
            "version": 1,
            "terms": [{"term": item.term, "means": item.means} for item in self.terms],
        }


def from_json(data: Mapping[str, Any]) -> Glossary:
    """The glossary that this JSON says. GlossaryError."""
    try:
        found = Glossary()
        for item in data["terms"]:
            found = found.with_term(item["term"], item["means"])
    except (KeyError, TypeError, AttributeError) as error:
        raise GlossaryError(f"{FILENAME} cannot be read: {error}") from error
    return found


def applied(
    glossary: Glossary, question: str | tuple[Token, ...], whose: str = " (your glossary)"
) -> tuple[tuple[Token, ...], tuple[str, ...]]:
    """The words of the question with every term replaced, longest first, and a note for each."""
    words = tokens(question) if isinstance(question, str) else question
    found: list[Token] = []
    notes: list[str] = []
    known = {_words(item.term): item for item in glossary.terms}
    place = 0
    while place < len(words):
        length, item = _term_at(words, place, known)
        if item is None:
            found.append(words[place])
        else:
            found += tokens(item.means)
            said = " ".join(token.text for token in words[place : place + length])
            notes.append(f'"{said}" was read as "{item.means}"{whose}.')
        place += length
    return tuple(found), tuple(dict.fromkeys(notes))


def _term_at(
    words: Sequence[Token], place: int, known: Mapping[tuple[str, ...], Term]
) -> tuple[int, Term | None]:
    for length in range(min(MAX_WORDS, len(words) - place), 0, -1):
        part = words[place : place + length]
        item = known.get(tuple(token.stem for token in part))
        if item is not None and not any(token.quoted for token in part):
            return length, item
    return 1, None


def _checked(term: str, means: str) -> Term:
    if not isinstance(term, str) or not isinstance(means, str):
        raise GlossaryError("A term and what it means are texts.")
    new = Term(" ".join(term.split()), " ".join(means.split()))
    rules = (
        (not _words(new.term), "A term needs at least one word."),
        (len(_words(new.term)) > MAX_WORDS, f"A term has at most {MAX_WORDS} words."),
        (len(new.term) > MAX_TERM, f"A term has at most {MAX_TERM} characters."),
        (not tokens(new.means), f'Say what "{new.term}" means, for example a column.'),
        (len(new.means) > MAX_MEANING, f"A meaning has at most {MAX_MEANING} characters."),
        (_words(new.term) == _words(new.means), f'"{new.term}" cannot mean itself.'),
    )
    for wrong, why in rules:
        if wrong:
            raise GlossaryError(why)
    return new


def _words(term: str) -> tuple[str, ...]:
    return tuple(token.stem for token in tokens(term))

"""The words of one language, read from its TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from data_agent.asking.text import fold, stem, tokens

FOLDER = Path(__file__).parent / "lexicon"
Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Word:
    """What a phrase of the language means: `kind` of word, and which one of its kind."""

    kind: str
    value: str


@dataclass(frozen=True)
class Adjective:
    """What `cheapest` is about: columns with one of these words; none: the number of rows.

    `grouped`: of all rows of a thing together (`best selling product`), not of one row.
    """

    direction: Literal["asc", "desc"]
    columns: frozenset[str]
    grouped: bool

    @property
    def summed(self) -> bool:
        return self.grouped and bool(self.columns)


@dataclass(frozen=True)
class StandIn:
    """`words` that mean the first of these `columns`; only in `tables` so called, if any are, and
    in none whose name or columns have a word of `never`: what is spent is not what is earned."""

    words: frozenset[str]
    columns: tuple[str, ...]
    tables: frozenset[str]
    never: frozenset[str]
    side: str = ""  # of zero, where a column has both: "lt" for what is spent


@dataclass(frozen=True)
class BesideValues:
    """Words by which homonyms.py tells a value from a word of the language that is spelled so."""

    places: frozenset[str]  # before a value: "at Total"
    times: frozenset[str]  # before a month: "in May"
    closed: frozenset[str]  # words that hold sentences together and name nothing
    codes: frozenset[str]  # of these those that people write small for a place: "us"
    articles: frozenset[str]
    owning: frozenset[str]  # before the name of a column that is filled or empty


@dataclass(frozen=True)
class DateWords:
    """What happens on a date, in words for the same: `delivery`, `delivered`."""

    groups: tuple[frozenset[str], ...]
    verbs: frozenset[str]  # those that say it of the rows: "who began in 2024"
    plain: frozenset[str]  # in the name of a column they only say that it is a date

    def same(self, word: str) -> frozenset[str]:
        """The word and all that mean the same."""
        return frozenset({word}).union(*(group for group in self.groups if word in group))


@dataclass(frozen=True)
class Lexicon:
    """`phrases`: stems in order to what they can mean."""

    phrases: Mapping[Phrase, tuple[Word, ...]]
    non_additive: frozenset[str]
    identifiers: frozenset[str]
    levels: frozenset[str]
    places: frozenset[str]
    ages: frozenset[str]
    births: frozenset[str]
    years: frozenset[str]
    persons: frozenset[str]
    flags: tuple[tuple[str, str], ...]  # folded: what says yes, what says no
    months: frozenset[str]
    modifiers: frozenset[str]
    fillers: frozenset[str]
    stand_ins: tuple[StandIn, ...]
    things: frozenset[str]
    kinds: frozenset[str]
    agents: tuple[str, ...]  # endings of words for people
    ratings: frozenset[str]
    usually_averaged: frozenset[str]
    stocks: frozenset[str]
    row_nouns: Mapping[str, frozenset[str]]
    rewrites: Mapping[str, str]
    beside_values: BesideValues
    date_words: DateWords
    adjectives: Mapping[str, Adjective]
    synonyms: tuple[frozenset[str], ...]

    def others(self, word: str) -> frozenset[str]:
        """The words that may stand for this one."""
        found = (group for group in self.synonyms if word in group)
        return frozenset().union(*found) - {word}


def load(language: str = "en") -> Lexicon:
    """The lexicon of a language. FileNotFoundError when there is none."""
    data = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    phrases: dict[Phrase, list[Word]] = {}
    for phrase, word in _words(data):
        meanings = phrases.setdefault(phrase, [])
        if word not in meanings:
            meanings.append(word)
    return Lexicon(
        phrases={phrase: tuple(words) for phrase, words in phrases.items()},
        non_additive=_stems(data, "non_additive") | _stems(data, "levels"),
        identifiers=_stems(data, "identifiers"),
        levels=_stems(data, "levels"),
        places=_stems(data, "places"),
        ages=_stems(data, "ages") | _stems(data, "births"),
        births=_stems(data, "births"),
        years=_stems(data, "years"),
        persons=_stems(data, "persons"),
        flags=tuple((fold(yes), fold(no)) for yes, no in data["flags"]["pairs"]),
        months=frozenset(fold(word) for words in data["months"].values() for word in words),
        modifiers=_stems(data, "modifiers"),
        fillers=_stems(data, "noise"),
        stand_ins=tuple(
            StandIn(
                frozenset(stem(word) for word in group["words"]),
                tuple(stem(word) for word in group["columns"]),
                frozenset(stem(word) for word in group.get("tables", ())),
                frozenset(stem(word) for word in group.get("never", ())),
                group.get("side", ""),
            )
            for group in data["stand_ins"]["groups"]
        ),
        row_nouns={
            kind: frozenset(stem(word) for word in words)
            for kind, words in data["row_nouns"].items()
        },
        things=_stems(data, "things"),
        kinds=_stems(data, "kinds"),
        agents=tuple(data["agents"]["endings"]),
        ratings=_stems(data, "ratings"),
        usually_averaged=_stems(data, "usually_averaged"),
        stocks=_stems(data, "stocks"),
        rewrites=data["rewrites"],
        beside_values=BesideValues(
            **{
                name: frozenset(stem(word) for word in words)
                for name, words in data["homonyms"].items()
            }
        ),
        date_words=DateWords(
            tuple(
                frozenset(stem(word) for word in group) for group in data["date_words"]["groups"]
            ),
            frozenset(stem(word) for word in data["date_words"]["verbs"]),
            frozenset(stem(word) for word in data["date_words"]["plain"]),
        ),
        adjectives={
            name: Adjective(
                item["direction"],
                frozenset(stem(word) for word in item["columns"]),
                item.get("grouped", False),
            )
            for name, item in data["adjectives"].items()
        },
        synonyms=tuple(
            frozenset(stem(word) for word in group) for group in data["synonyms"]["groups"]
        ),
    )


def _stems(data: Mapping[str, Mapping[str, list[str]]], section: str) -> frozenset[str]:
    return frozenset(stem(word) for word in data[section]["words"])


_KINDS = {
    "functions": "function",
    "extremes": "extreme",
    "operators": "operator",
    "buckets": "bucket",
    "adverbs": "adverb",
    "months": "month",
    "numbers": "number",
    "quarters": "quarter",
    "relative": "relative",
    "days": "near_day",
    "weekdays": "weekday",
    "calculations": "calc",
    "growth": "growth",
    "recent": "recent",
    "studies": "study",
    "unsupported": "unsupported",
    "bounds": "bound",
    "more": "more",
    "spans": "span",
}


def _words(data: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Phrase, Word]]:
    for section, kind in _KINDS.items():
        yield from _of((kind, value, words) for value, words in data[section].items())
    named = {name: item["words"] for name, item in data["adjectives"].items()}
    compared = {name: item.get("than", []) for name, item in data["adjectives"].items()}
    alone = {**data["grammar"], "noise": data["noise"]["words"]}
    yield from _of(("adjective", name, words) for name, words in named.items())
    yield from _of(("comparative", name, words) for name, words in compared.items())
    yield from _of((kind, "", words) for kind, words in alone.items())


def _of(entries: Iterable[tuple[str, str, list[str]]]) -> Iterator[tuple[Phrase, Word]]:
    for kind, value, phrases in entries:
        for phrase in phrases:
            yield _phrase(phrase), Word(kind, value)


def _phrase(text: str) -> Phrase:
    return tuple(token.stem for token in tokens(text))

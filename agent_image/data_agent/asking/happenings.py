"""Which date a noun or verb names: `month of delivery` is about the column Delivered, `by order
date` about Ordered, `who began in 2024` about Start Date. Pure.

A noun such as `delivery` is as often what the rows are; it names a date only beside a unit of time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data_agent.asking.lexicon import Lexicon
from data_agent.asking.schema import Field, Table
from data_agent.asking.text import Token, fold, stems

ARTICLES = {"the", "a", "an"}
BESIDE = {"with", "for"}
WHEN = {"in", "on", "since", "until", "before", "after", "between", "during", "last", "this"}
NOTE = '"{}" was read as the column {}.'


@dataclass(frozen=True)
class Dated:
    """A date that is meant by so many words."""

    field: Field
    words: int
    note: str


class Happenings:
    """The dates of one table, by the words of what happened on them."""

    def __init__(self, table: Table, lexicon: Lexicon) -> None:
        self._words = lexicon.date_words
        self._units = frozenset(
            phrase[0]
            for phrase, meanings in lexicon.phrases.items()
            if len(phrase) == 1 and any(word.kind == "bucket" for word in meanings)
        )
        self._named = {field: self._said(field) for field in table.of_kind("time")}

    def named(self, question: Sequence[Token], start: int) -> tuple[Dated, ...]:
        """The dates that a noun here can mean: `month of delivery`, `delivery date`."""
        token = question[start]
        if token.quoted or fold(token.text) != token.stem:
            return ()  # `orders by month` are the rows
        if self._before_unit(question, start):
            plain = question[start + 1].stem in self._words.plain  # `delivery date`
            return self._dated(token.stem, 1 + plain)
        if self._behind_unit(question, start) or self._with_period(question, start):
            return self._dated(token.stem)
        return ()

    def of_verb(self, word: str) -> tuple[Dated, ...]:
        """The dates that this verb can mean: `began`, `booked`."""
        return self._dated(word) if word in self._words.verbs else ()

    def _dated(self, word: str, words: int = 1) -> tuple[Dated, ...]:
        """Each with a note that tells of it; none where the word stands in its name."""
        return tuple(
            Dated(field, words, "" if word in stems(field.name) else NOTE.format(word, field.name))
            for field in self._called(word)
        )

    def _called(self, word: str) -> tuple[Field, ...]:
        """The columns with this word or one for the same; those of nothing else come first."""
        same = self._words.same(word)
        found = [field for field, said in self._named.items() if said & same]
        alone = [field for field in found if self._named[field] <= same]
        return tuple(alone or found)

    def _behind_unit(self, question: Sequence[Token], start: int) -> bool:
        """`month of delivery`, `day of the order`."""
        place = start - 1
        while place > 0 and question[place].stem in ARTICLES:
            place -= 1
        return place > 0 and question[place].stem == "of" and self._is_unit(question[place - 1])

    def _before_unit(self, question: Sequence[Token], start: int) -> bool:
        """`delivery month`, `order date`; but not `order month by month`."""
        if start + 1 >= len(question) or not self._is_unit(question[start + 1]):
            return False
        behind = question[start + 2 : start + 4]
        return not any(token.stem == question[start + 1].stem for token in behind)

    def _with_period(self, question: Sequence[Token], start: int) -> bool:
        """`with payment in March`: said beside the rows, so it is not them."""
        place = start - 1
        while place > 0 and question[place].stem in ARTICLES:
            place -= 1
        following = question[start + 1].stem if start + 1 < len(question) else ""
        return place > 0 and question[place].stem in BESIDE and following in WHEN

    def _is_unit(self, token: Token) -> bool:
        return token.stem in self._units and fold(token.text) == token.stem

    def _said(self, field: Field) -> frozenset[str]:
        """What the column's name says beside that it is a date."""
        return frozenset(stems(field.name)) - self._words.plain - self._units

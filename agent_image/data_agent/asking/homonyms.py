"""Words that the language has and that stand in the data as well: is `total` a sum or a station,
`or` a conjunction or Oregon, `no` a negation or what somebody answered? Pure.

Their place tells: such a word is a value where its column, a place word or another value of its
column stands beside it, and never where it does its work in the sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from data_agent.asking.lexicon import BesideValues, Phrase
from data_agent.asking.text import Token, stems

if TYPE_CHECKING:
    from data_agent.asking.schema import Field
    from data_agent.asking.tags import Tag

LONGEST = 4  # words of a column's name that are looked for beside a value
JOINING = {"and", "or", "nor"}
LOGIC = {*JOINING, "not", "either", "neither", "both"}
WORKING = {*LOGIC, "by", "is", "which", "who", "to", "new"}  # hold a sentence together
OF_NUMBERS = {"function", "extreme", "adverb", "bucket", "growth", "share", "recent"}
RANKS = {"extreme", "recent"}  # "top 5"
SAYING = {"is", "operator"}  # between a column and its value


class Homonyms:
    """Decides for one vocabulary, whose phrases `known` and `language` look up."""

    def __init__(
        self,
        words: BesideValues,
        language: Mapping[Phrase, Sequence[Tag]],
        known: Callable[[Phrase], Sequence[Tag]],
    ) -> None:
        self._words, self._language, self._known = words, language, known

    def is_value(self, question: Sequence[Token], start: int, length: int, tag: Tag) -> bool:
        """Whether the words at this place may mean the value of this tag."""
        phrase = tuple(token.stem for token in question[start : start + length])
        if question[start].quoted or tag.field is None:
            return True
        if self._owned(question, start, phrase):
            return False
        kinds = {other.kind for other in self._language.get(phrase, ())}
        if not kinds or self._behind_column(question, start, tag.field, kinds):
            return True
        if "month" in kinds:
            return not self._is_month(question, start, start + length)
        ranks = bool(kinds & RANKS) and _is_number(question, start + length)
        if kinds & OF_NUMBERS and (ranks or self._before_number(question, start + length)):
            return False
        closed = kinds == {"noise"} and phrase[0] in self._words.closed
        if not closed and not kinds & {*WORKING, "function"}:
            return True
        written = self._as_written(question, start, length, tag) and not kinds & LOGIC
        if written or self._joined(question, start, start + length, tag.field):
            return True
        return self._free(question, start) if closed else self._placed(question, start, kinds)

    def _owned(self, question: Sequence[Token], start: int, phrase: Phrase) -> bool:
        """`no email`, `do not have an email`: about the column of that name."""
        place = start - 1
        while place > 0 and question[place].stem in self._words.articles:
            place -= 1
        if not start or question[place].stem not in self._words.owning:
            return False
        return any(
            other.kind == "field" and other.field is not None and stems(other.field.label) == phrase
            for other in self._known(phrase)
        )

    def _behind_column(
        self, question: Sequence[Token], start: int, field: Field, kinds: set[str]
    ) -> bool:
        """`station Total`, `reminder is no`; but `by station total` groups."""
        place, between = start, SAYING if "not" in kinds else {*SAYING, "not"}
        while place and self._kinds(question, place - 1) & between:
            place -= 1
        for length in range(1, min(LONGEST, place) + 1):
            words = tuple(token.stem for token in question[place - length : place])
            if any(other.kind == "field" and other.field == field for other in self._known(words)):
                before = place - length - 1
                return before < 0 or "by" not in self._kinds(question, before)
        return False

    def _is_month(self, question: Sequence[Token], start: int, end: int) -> bool:
        """`in May`, `May 2025`."""
        if _is_number(question, end):
            return True
        before = question[start - 1] if start else None
        return before is not None and (
            before.stem in self._words.times or before.text[:1].isdecimal()
        )

    def _before_number(self, question: Sequence[Token], place: int) -> bool:
        """`total amount`, `average of the amount`, `total number of`."""
        while place < len(question) and question[place].stem in self._words.articles:
            place += 1
        for length in range(1, min(LONGEST, len(question) - place) + 1):
            words = tuple(token.stem for token in question[place : place + length])
            for other in self._known(words):
                number = other.field is not None and other.field.kind == "number"
                if other.kind == "function" or (other.kind == "field" and number):
                    return True
        return False

    def _joined(self, question: Sequence[Token], start: int, end: int, field: Field) -> bool:
        """`Aral or Total`, `Total vs Aral`."""
        joining = {*JOINING, "compare"}
        beside = []
        if start > 1 and self._kinds(question, start - 1) & joining:
            beside.append(question[start - 2])
        if end + 1 < len(question) and self._kinds(question, end) & joining:
            beside.append(question[end + 1])
        return any(
            other.kind == "value" and other.field == field
            for token in beside
            for other in self._known((token.stem,))
        )

    def _placed(self, question: Sequence[Token], start: int, kinds: set[str]) -> bool:
        """`at Total`, `from OR`, `excluding OR and WA`."""
        if not start or "not" in kinds:
            return False
        return question[start - 1].stem in self._words.places

    def _as_written(self, question: Sequence[Token], start: int, length: int, tag: Tag) -> bool:
        """`how many litres did Max use`: as in the data, within small letters."""
        text = " ".join(token.text for token in question[start : start + length])
        others = [t.text for at, t in enumerate(question) if not start <= at < start + length]
        small = sum(text.islower() for text in others)
        upper = sum(text[:1].isupper() for text in others)
        written = {value.strip() for value in tag.values}
        named = text.isupper() or (start > 0 and not text.islower())
        return text in written and named and small > upper

    def _free(self, question: Sequence[Token], start: int) -> bool:
        """`from us`, `us orders`; but not `tell us`, and `in` is no Indiana."""
        if question[start].stem not in self._words.codes:
            return False
        if not start or question[start - 1].stem in self._words.places:
            return True
        return not self._kinds(question, start - 1) & {"noise", *WORKING}

    def _kinds(self, question: Sequence[Token], place: int) -> set[str]:
        return {tag.kind for tag in self._language.get((question[place].stem,), ())}


def _is_number(question: Sequence[Token], place: int) -> bool:
    return place < len(question) and question[place].text[:1].isdecimal()

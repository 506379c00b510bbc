"""Read each word of a question in every way that it can be meant; keep the best few readings.

A reading is a row of tags that covers the whole question. Longer matches and the customer's names
and values count more than words of the language; what nothing explains is `unknown`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

from data_agent.asking.happenings import Dated, Happenings
from data_agent.asking.homonyms import Homonyms
from data_agent.asking.lexicon import Lexicon, Phrase, Word
from data_agent.asking.nouns import (
    OTHER_FORMS,
    SIDES,
    correctable,
    label_of,
    meant_instead,
    row_nouns,
    stand_ins,
    thing_nouns,
    titled,
    value_parts,
)
from data_agent.asking.schema import Field, Schema, Table
from data_agent.asking.text import Token, fold, said_stems, stems, value_stems

SAID = "\0"  # in a note: the word as the person wrote it
BEAM = 24  # readings kept at each word
MAX_PHRASE = 8  # words of the longest name or value that is looked for

# Points a word. A full name is worth more than part of one, and that more than a synonym.
NAME, PART, SYNONYM, SHORT, VALUE = 2.2, 1.2, 1.0, 1.9, 2.1
LANGUAGE, NOISE, NUMBER, UNKNOWN = 1.6, 0.8, 1.5, -4.0
FAR = 0.5  # less for what is two tables away
FOREIGN = 0.35  # less for what stands in another table: the table's own names come first
THING = 1.4  # a noun for the rows, more than a part of a column's name
OWN_TABLE = 0.3  # "how many customers" in a table `customers` that has a column `customer`
SHOWN = 3  # values that a note names
DATED = 0.5  # a word that says what happened rather names a date than the table
LONGER = 0.1  # for each further word of one match
BY_THE_WAY = {"noise", "spent"}  # what else such a word may mean comes first


@dataclass(frozen=True)
class Tag:
    """Some words of the question and one meaning. `kind` names the meaning, `value` says which."""

    kind: str
    value: str
    text: str
    score: float = 0.0
    field: Field | None = None
    values: tuple[str, ...] = ()  # of a value tag: as they are written in the data
    note: str = ""


@dataclass(frozen=True)
class Reading:
    tags: tuple[Tag, ...]
    score: float


class Vocabulary:
    """Every phrase that means something in questions about one table."""

    def __init__(
        self,
        table: Table,
        schema: Schema,
        lexicon: Lexicon,
        language: Mapping[Phrase, tuple[Tag, ...]] | None = None,
    ) -> None:
        self.table = table
        self._phrases: dict[Phrase, list[Tag]] = defaultdict(list)
        self._language = language or language_tags(lexicon)
        self._correctable = correctable(lexicon)
        self._months = lexicon.months  # "mars" is no plural of "mar"
        self._homonyms = Homonyms(lexicon.beside_values, self._language, self._meanings)
        self._happenings = Happenings(table, lexicon)
        for other in schema.tables:
            own = OWN_TABLE if other.name == table.name else 0.0
            named = stems(other.name)
            score = PART if self._is_amount(named) else NAME + own
            self._add(named, Tag("table", other.name, "", score))
            for word in named if len(named) > 1 else ():
                short = SHORT if word == named[-1] else PART
                if _only_one(word, schema):
                    self._add((word,), Tag("table", other.name, "", short + own))
        for field in table.fields:
            self._add_field(field, lexicon)
            self._add_values(field)
        for field in table.foreign:
            self._add_foreign(field, schema, lexicon)
        self._add_nouns(schema, lexicon)

    def readings(self, question: Sequence[Token]) -> list[Reading]:
        """The best readings of the whole question, best first."""
        beams: list[list[Reading]] = [[Reading((), 0.0)]] + [[] for _ in question]
        for start in range(len(question)):
            best = sorted(beams[start], key=lambda reading: -reading.score)[:BEAM]
            for length, tag in self._tags_at(question, start):
                beams[start + length] += [
                    Reading((*reading.tags, tag), reading.score + tag.score) for reading in best
                ]
        return sorted(beams[-1], key=lambda reading: -reading.score)[:BEAM]

    def knows(self, word: Token) -> bool:
        return bool(self._meanings((word.stem,)))

    def words(self) -> dict[str, str]:
        """What an unknown word might have been: folded name or value to how it is written."""
        known = {fold(field.name): field.name for field in self.table.fields}
        for field in (*self.table.fields, *self.table.foreign):
            known |= {fold(value): value for value in field.values}
        return known

    def _tags_at(self, question: Sequence[Token], start: int) -> Iterator[tuple[int, Tag]]:
        dates = self._happenings.named(question, start)
        yield from ((date.words, _dated(date, question[start])) for date in dates)
        for length in range(1 + bool(dates), min(MAX_PHRASE, len(question) - start) + 1):
            part = question[start : start + length]
            text = " ".join(item.text for item in part)
            for tag in self._meanings(said_stems(part)):
                if tag.kind == "month" and fold(text) not in self._months:
                    continue
                if tag.kind != "value" or self._homonyms.is_value(question, start, length, tag):
                    yield length, _scaled(tag, text, length)
        yield from ((1, tag) for tag in self._one_word(question[start]) if not dates)

    def _one_word(self, token: Token) -> Iterator[Tag]:
        """What a single word can mean besides what is looked up."""
        if token.quoted:
            yield Tag("text", token.text, token.text, NUMBER)
        elif token.text.lstrip("-")[:1].isdecimal():
            kind = "date" if "-" in token.text[1:] or "/" in token.text else "number"
            yield Tag(kind, token.text, token.text, NUMBER)
        elif len(token.text) == 2 and token.stem[0] == "q" and token.stem[1] in "1234":
            yield Tag("quarter", token.stem[1], token.text, LANGUAGE)
        elif not self._meanings((token.stem,)):
            yield from self._not_known(token)
        else:
            yield Tag("unknown", token.text, token.text, UNKNOWN)

    def _not_known(self, token: Token) -> Iterator[Tag]:
        """`began` for a start date, `hired` for `hire`, part of a value, or a slip."""
        dates, other = self._happenings.of_verb(token.stem), self._other_form(token)
        yield from (_dated(date, token) for date in dates)
        for tag in self._meanings(other) if other is not None else ():
            if not dates or tag.kind == "table":  # `customers who ordered`
                yield _scaled(tag, token.text, 1)
        if not dates and other is None:
            yield from self._nearly(token)

    def _nearly(self, token: Token) -> Iterator[Tag]:
        """A word that is part of values, or a known one with a slip; each says so."""
        found = self._parts.get(token.stem)
        if found is not None:
            field, values = found
            shown = ", ".join(values[:SHOWN]) + (" …" if len(values) > SHOWN else "")
            note = f'"{token.text}" was read as {field.name}: {shown}.'
            yield Tag("value", values[0], token.text, SYNONYM, field, values, note)
        elif (meant := meant_instead(token.stem, self._single_words())) is not None:
            note = f'"{token.text}" was read as "{meant}".'
            for tag in self._meanings((meant,)):
                yield replace(_scaled(tag, token.text, 1), note=note)
        else:
            yield Tag("unknown", token.text, token.text, UNKNOWN)

    def _single_words(self) -> Iterator[str]:
        return chain((p[0] for p in self._phrases if len(p) == 1), self._correctable)

    def _other_form(self, token: Token) -> Phrase | None:
        """A word that is not known as it stands: `hired` for `hire`, `skus` for `sku`."""
        if len(token.stem) < 4:
            return None
        for ending, instead in OTHER_FORMS:
            form = (token.stem.removesuffix(ending) + instead,)
            known = self._phrases.get(form, ())
            named = any(tag.field is not None or tag.kind == "table" for tag in known)
            if token.stem.endswith(ending) and named:
                return form
        return None

    def _add(self, phrase: Phrase, tag: Tag) -> None:
        if phrase and len(phrase) <= MAX_PHRASE:
            self._phrases[phrase].append(tag)

    def _is_amount(self, phrase: Phrase) -> bool:
        """In a table `population` with a column of that name, the column is rather meant."""
        return any(stems(field.name) == phrase for field in self.table.of_kind("number"))

    def _meanings(self, phrase: Phrase) -> tuple[Tag, ...]:
        return (*self._language.get(phrase, ()), *self._phrases.get(phrase, ()))

    def _add_field(self, field: Field, lexicon: Lexicon) -> None:
        name = stems(field.name)
        self._add(name, Tag("field", field.name, "", NAME, field))
        # `orders over 100` in the table `orders` is not about the column order_id.
        own = {*stems(self.table.name), *lexicon.modifiers, *lexicon.fillers}
        parts = {(word,) for word in name if word not in own} if len(name) > 1 else set()
        for part in parts:
            self._add(part, Tag("field", field.name, "", PART, field))
        for start, end in combinations(range(len(name) + 1), 2):
            ends = {name[start], name[end - 1]} & lexicon.fillers
            if 1 < end - start < len(name) and not ends:  # `first reply` of `first reply minutes`
                self._add(name[start:end], Tag("field", field.name, "", PART, field))
        for word in name:
            for other in lexicon.others(word):
                compares = any(w.kind == "operator" for w in lexicon.phrases.get((other,), ()))
                if compares or other in name or (len(name) > 1 and word in lexicon.modifiers):
                    continue  # "since July" is about no column called `customer since`
                same = tuple(other if item == word else item for item in name)
                note = f'"{SAID}" was read as the column {field.name}.'
                self._add(same, Tag("field", field.name, "", SYNONYM, field, note=note))
                if len(name) > 1:
                    self._add((other,), Tag("field", field.name, "", SYNONYM, field, note=note))

    def _add_nouns(self, schema: Schema, lexicon: Lexicon) -> None:
        for phrase, field, side in stand_ins(self.table, schema, lexicon):
            where = f" where it is {SIDES[side]} 0" if side else ""
            note = f'"{SAID}" was read as the column {field.name}{where}.'
            self._add(phrase, Tag("field", side or field.name, "", SYNONYM, field, note=note))
        for phrase in row_nouns(self.table, lexicon):
            self._add(phrase, Tag("rows", "", "", LANGUAGE))
        for phrase, field, sure in thing_nouns(self.table, lexicon):
            score = THING if sure else NAME - FOREIGN
            self._add(phrase, Tag("table", self.table.name, "", score, field))
        every = (*self.table.fields, *self.table.foreign)
        self._parts = value_parts(every)
        for phrase, field, values in titled(every):
            note = f'"{SAID}" was read as {field.name}: {", ".join(values[:SHOWN])}.'
            self._add(phrase, Tag("value", values[0], "", SYNONYM, field, values, note))

    def _add_foreign(self, field: Field, schema: Schema, lexicon: Lexicon) -> None:
        """A column over a key, by its name, with its table's name, or for its table's things."""
        name, other = stems(field.column), stems(field.source)
        less = FAR if self.table.join(field.source).via else FOREIGN
        self._add(name, Tag("field", field.name, "", NAME - less, field))
        if name[: len(other)] != other:
            self._add((*other, *name), Tag("field", field.name, "", NAME, field))
        told = {*other, *lexicon.modifiers, *lexicon.fillers}
        for part in {(word,) for word in name if len(name) > 1 and word not in told}:
            self._add(part, Tag("field", field.name, "", PART - less, field))
        if field == label_of(field.source, self.table, schema):
            note = f'"{SAID}" was read as the column {field.name}.'
            self._add(other, Tag("field", field.name, "", NAME - less, field, note=note))
        self._add_values(field, VALUE - less)

    def _add_values(self, field: Field, score: float = VALUE) -> None:
        written: dict[Phrase, list[str]] = defaultdict(list)
        for value in field.values:
            written[value_stems(value)].append(value)
        for phrase, values in written.items():
            self._add(phrase, Tag("value", values[0], "", score, field, tuple(values)))


def language_tags(lexicon: Lexicon) -> dict[Phrase, tuple[Tag, ...]]:
    """What the words of the language can mean, the same for every table."""
    return {
        phrase: tuple(_language_tag(word) for word in meanings)
        for phrase, meanings in lexicon.phrases.items()
    }


def _dated(date: Dated, token: Token) -> Tag:
    score = (NAME + DATED) * date.words
    return Tag("field", date.field.name, token.text, score, date.field, note=date.note)


def _only_one(word: str, schema: Schema) -> bool:
    """Whether `orders` can only be the table `shop_orders`."""
    return sum(word in stems(table.name) for table in schema.tables) == 1


def _language_tag(word: Word) -> Tag:
    return Tag(word.kind, word.value, "", NOISE if word.kind in BY_THE_WAY else LANGUAGE)


def _scaled(tag: Tag, text: str, length: int) -> Tag:
    return Tag(
        tag.kind,
        tag.value,
        text,
        tag.score * length + LONGER * (length - 1),
        tag.field,
        tag.values,
        tag.note.replace(SAID, text, 1),
    )

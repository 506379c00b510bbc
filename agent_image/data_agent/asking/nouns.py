"""Words that are no name of the customer's and still mean one: stand-ins, nouns for rows, slips."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from data_agent.asking.lexicon import Lexicon, Phrase
from data_agent.asking.schema import Field, Schema, Table
from data_agent.asking.text import fold, stems, tokens

EACH_ONE = 0.9  # share of different values from which on each row is taken to have its own
KEYS = {"text", "number"}
PERSONAL = 0.7  # share of different names from which on the rows are people
SHORTEST = 6  # letters of a word that may have a slip
OTHER_FORMS = (  # an ending, and what may stand there instead
    ("", "y"),
    ("", "ed"),
    ("ed", "y"),
    ("ation", "ed"),
    ("s", ""),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
)
CORRECTED = {"function", "extreme", "bucket", "adverb", "month", "weekday", "compare"}
SIDES = {"lt": "below", "gt": "above"}  # of zero
LONGEST_TITLE = 4  # letters of what stands before a name: Dr, Mrs, Prof
LEAST_PART = 3  # letters of a word that a value is found by


def stand_ins(
    table: Table, schema: Schema, lexicon: Lexicon
) -> Iterator[tuple[Phrase, Field, str]]:
    """`revenue` where no column of any table is called so but one is called `line total`; and on
    which side of zero they are, where the column has both."""
    numbers = {" ".join(stems(field.name)): field for field in table.of_kind("number")}
    known = {
        word for each in schema.tables for f in each.of_kind("number") for word in stems(f.name)
    }
    about = {*stems(table.name), *(word for f in table.fields for word in stems(f.name))}
    taken: set[str] = set()
    for group in lexicon.stand_ins:
        named = group.words | {other for word in group.words for other in lexicon.others(word)}
        elsewhere = group.tables and not group.tables & set(stems(table.name))
        if named & known or elsewhere or group.words & taken or group.never & about:
            continue
        field = next((numbers[name] for name in group.columns if name in numbers), None)
        if field is not None and (group.side != "gt" or _both_signs(field)):
            taken |= group.words
            side = group.side if _both_signs(field) else ""
            yield from (((word,), field, side) for word in group.words)


def _both_signs(field: Field) -> bool:
    """Whether the column has what comes in and what goes out."""
    try:
        return float(field.low or 0) < 0 < float(field.high or 0)
    except (TypeError, ValueError):
        return False


def row_nouns(table: Table, lexicon: Lexicon) -> Iterator[Phrase]:
    """`bookings` for rows with amounts and dates, `people` for rows that are one person each."""
    amounts = any(field.role == "measure" for field in table.of_kind("number"))
    if amounts and table.of_kind("time"):
        yield from ((word,) for word in lexicon.row_nouns["money"])
    names = [f for f in table.of_kind("text") if lexicon.persons & set(stems(f.name))]
    single = any((field.distinct or 0) >= PERSONAL * max(table.rows, 1) for field in names)
    parts = {" ".join(stems(field.name)) for field in names} >= {"first name", "last name"}
    persons = any(
        set(noun) & lexicon.persons for noun, _, sure in thing_nouns(table, lexicon) if sure
    )
    if single or parts or persons:
        yield from ((word,) for word in lexicon.row_nouns["people"])


def thing_nouns(table: Table, lexicon: Lexicon) -> Iterator[tuple[Phrase, Field, bool]]:
    """What a row is, by a column that is another one in each: `members` where each has a member
    id (True: surely the rows), `products` where each has a product (it may be the column)."""
    for field in table.fields:
        if (field.distinct or 0) < EACH_ONE * max(table.rows, 1) or field.kind not in KEYS:
            continue
        words = stems(field.name)
        noun = tuple(word for word in words if word not in lexicon.identifiers)
        if noun and noun != words:
            yield noun, field, True
        elif field.kind == "text" and len(words) == 1 and words[0] in lexicon.things:
            yield words, field, False


def value_parts(fields: Iterable[Field]) -> dict[str, tuple[Field, tuple[str, ...]]]:
    """Words of longer values, each that one column alone has: `dhl` of `DHL Paket GmbH`."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    known = {field.name: field for field in fields}
    for field in known.values():
        for value in field.values:
            words = {token.stem for token in tokens(value)}
            for word in words if len(words) > 1 else ():
                if len(word) >= LEAST_PART and not word.isdecimal():
                    found[word][field.name].append(value)
    return {
        word: (known[next(iter(where))], tuple(next(iter(where.values()))))
        for word, where in found.items()
        if len(where) == 1
    }


def titled(fields: Iterable[Field]) -> Iterator[tuple[Phrase, Field, tuple[str, ...]]]:
    """`Dr. Obi` for `Dr. Amara Obi`: a short first word and another one that is not next to it."""
    for field in dict.fromkeys(fields):
        found: dict[Phrase, list[str]] = defaultdict(list)
        for value in field.values:
            first, *rest = [token.stem for token in tokens(value)] or [""]
            for word in rest[1:] if 1 < len(first) <= LONGEST_TITLE and first.isalpha() else ():
                found[first, word].append(value)
        yield from ((phrase, field, tuple(values)) for phrase, values in found.items())


def correctable(lexicon: Lexicon) -> tuple[str, ...]:
    """The words of the language that are recognised with a slip in them."""
    return tuple(
        phrase[0]
        for phrase, words in lexicon.phrases.items()
        if len(phrase) == 1 and {word.kind for word in words} & CORRECTED
    )


def meant_instead(word: str, known: Iterable[str]) -> str | None:
    """The one known word that this is with one slip: a letter too many, too few, wrong, or two
    the wrong way round. None for short words, and where several could be meant."""
    slip = fold(word)
    if len(slip) < SHORTEST or not slip.isalpha():
        return None
    near = {other for other in known if other[:1] == slip[:1] and _one_slip(slip, other)}
    return near.pop() if len(near) == 1 else None


def _one_slip(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True  # one is the beginning of the other
    left, right = one[start:], other[start:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]


def label_of(other: str, table: Table, schema: Schema) -> Field | None:
    """The column that names the things of the other table: `name`, `title`, `product_name`."""
    wanted = {("name",), ("title",), (*stems(other), "name"), ("full", "name")}
    found = [f for f in table.foreign if f.source == other and stems(f.column) in wanted]
    known = {item.name for item in schema.tables}
    return found[0] if len(found) == 1 and other in known else None

"""Words of a question: split, folded, and cut to a stem, the same way for names and values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    "[^"]*" | “[^”]*” | „[^“”]*[“”] | (?<!\w)'[^']+'(?!\w)      # quoted: taken as it stands
    | \d{4}-\d{1,2}(?:-\d{1,2})?(?![\w-]) | \d{1,2}/\d{1,2}/\d{4}  # a date
    | \d{1,3}(?:st|nd|rd|th)\b                                  # 5th
    | (?<![\w)])-\d+(?:[.,]\d+)*(?!\w)                          # a number below zero
    | \d+(?:[.,]\d+)* %?                                        # a number
    | [€$£] | <> | [<>]=? | != | [=&≥≤≠×÷−*/+] | (?<!\w)[-–](?!\w)
    | [^\W\d_]+\d*[^\W_]*                                       # a word
    """,
    re.VERBOSE,
)
_CAMEL = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
CURRENCY_SIGNS = frozenset("€$£")
_QUOTES = "\"'“”„"


@dataclass(frozen=True)
class Token:
    """A word of the question: as written, and its stem (for quoted text the text itself)."""

    text: str
    stem: str
    quoted: bool = False


def tokens(question: str) -> tuple[Token, ...]:
    """The question's words, numbers, signs and quoted texts, in order."""
    found = []
    for match in _TOKEN.finditer(question):
        text = match.group().strip()
        if text[0] in _QUOTES and len(text) > 1:
            inner = text.strip(_QUOTES)
            found.append(Token(inner, inner, quoted=True))
        else:
            found.append(Token(text, stem(text)))
    return tuple(found)


def stems(name: str) -> tuple[str, ...]:
    """The stems of a name's words: `OrderDates` and `order_date` are both (order, date)."""
    spaced = _CAMEL.sub(" ", name).replace("_", " ")
    plain = spaced.replace('"', " ").replace("'", " ")
    return tuple(token.stem for token in tokens(plain) if token.text not in CURRENCY_SIGNS)


def value_stems(value: str) -> tuple[str, ...]:
    """The stems of what stands in a cell."""
    said = (token for token in tokens(value) if token.text not in CURRENCY_SIGNS)
    return tuple(token.stem if not token.quoted else fold(token.text) for token in said)


def said_stems(part: Sequence[Token]) -> tuple[str, ...]:
    """Those of some words of a question. Quoted text matches a value as a whole."""
    if len(part) == 1 and part[0].quoted:
        return tuple(token.stem for token in tokens(part[0].text))
    return tuple(token.stem for token in part)


def stem(word: str) -> str:
    """Folded (case, accents) and without an English plural ending."""
    folded = fold(word)
    if len(folded) > 2 and folded.isalpha():
        if folded.endswith("ies") and len(folded) > 4:
            return folded[:-3] + "y"
        if folded.endswith(("sses", "shes", "ches", "xes", "zes")):
            return folded[:-2]
        if folded.endswith("s") and not folded.endswith(("ss", "us", "is")):
            return folded[:-1]
    return folded


def fold(text: str) -> str:
    """Lower case without accents; `ß` is `ss`. The stroke of `≠` is no accent."""
    if text == "≠":
        return "!="
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))

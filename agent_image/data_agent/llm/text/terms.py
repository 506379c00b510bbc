"""The customer's own words in a question, as far as a model may be told what they mean. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from data_agent.asking.glossary import Glossary, Term, applied
from data_agent.asking.schema import Schema
from data_agent.asking.text import stem, stems, tokens
from data_agent.llm.settings import Privacy

MOST_TERMS = 20
# What a meaning may hold besides names where names are all that is told: no value is among these.
_PLAIN = frozenset(
    stem(word)
    for word in (
        "a all and average by count difference different distinct each highest how largest lowest "
        "many maximum mean median minimum much number of per row share smallest sum the times "
        "total unique + - * / minus plus"
    ).split()
)


def terms_text(question: str, terms: Sequence[Term], schema: Schema, privacy: Privacy) -> str:
    """One line of JSON, or nothing. A meaning that may hold a value is told with samples only."""
    used = [term for term in terms if applied(Glossary((term,)), question)[1]]
    if privacy != "samples":
        names = _names(schema)
        used = [term for term in used if _words(term.means) <= names]
    if not used:
        return ""
    told = {term.term: term.means for term in used[:MOST_TERMS]}
    return (
        f"Of these words the customer says what they mean: {json.dumps(told, ensure_ascii=False)}"
    )


def _names(schema: Schema) -> frozenset[str]:
    every = [table.name for table in schema.tables]
    every += [field.name for table in schema.tables for field in table.fields]
    return _PLAIN.union(*(stems(name) for name in every), (stem(name) for name in every))


def _words(text: str) -> frozenset[str]:
    return frozenset(token.stem for token in tokens(text))

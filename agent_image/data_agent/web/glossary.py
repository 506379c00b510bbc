"""The customer's own words, for those who read and edit them; the engine reads the same file."""

from __future__ import annotations

from pathlib import Path

from data_agent.asking.glossary import (
    FILENAME,
    MAX_TERMS,
    Glossary,
    GlossaryError,
    Term,
    applied,
    from_json,
)
from data_agent.asking.text import tokens
from data_agent.durable import DurableJson
from data_agent.errors import Conflict, FilesDamaged, Invalid, NotFound

MOST = MAX_TERMS


class GlossaryBook:
    """Reads the file at each use: it is small, and operators may have put another one there."""

    def __init__(self, data_dir: Path) -> None:
        self._file = DurableJson(data_dir / FILENAME, Glossary.to_json, from_json)

    def current(self) -> Glossary:
        """FilesDamaged when there is a file, but none that can be read: it is not overwritten."""
        return self._file.load() or Glossary()

    def get(self, term: str) -> Term:
        """The term of these words. NotFound."""
        found = _find(self.current(), term)
        if found is None:
            raise NotFound(f"“{term}” is not in the glossary. It may have been removed.")
        return found

    def add(self, term: str, means: str) -> Term:
        """A new term. Conflict when its words mean something already; Invalid, StorageFull."""
        self._check_free(term)
        return self.put(term, means)

    def put(self, term: str, means: str, *, instead_of: str = "") -> Term:
        """This term, in the place of one with the same words, and of `instead_of`.
        Conflict, Invalid, StorageFull."""
        if instead_of and _words(instead_of) != _words(term):
            self._check_free(term)
        try:
            changed = self.current().without(instead_of).with_term(term, means)
        except GlossaryError as error:
            raise Invalid(str(error)) from None
        self._file.save(changed)
        return changed.terms[-1]

    def remove(self, term: str) -> Term:
        """NotFound, StorageFull."""
        found = self.get(term)
        self._file.save(self.current().without(found.term))
        return found

    def in_plain_words(self, question: str) -> str:
        """The question with every term replaced by what it means; as it is where none is used."""
        try:
            words, notes = applied(self.current(), question)
        except FilesDamaged:  # questions go on without a glossary, as they do in the engine
            return question
        return " ".join(_written(word.text, word.quoted) for word in words) if notes else question

    def _check_free(self, term: str) -> None:
        known = _find(self.current(), term)
        if known is not None:
            raise Conflict(f"“{known.term}” already means “{known.means}”. Change that instead.")


def _find(glossary: Glossary, term: str) -> Term | None:
    wanted = _words(term)
    return next((item for item in glossary.terms if wanted and _words(item.term) == wanted), None)


def _words(term: str) -> tuple[str, ...]:
    return tuple(token.stem for token in tokens(term))


def _written(text: str, quoted: bool) -> str:
    return f'"{text}"' if quoted else text

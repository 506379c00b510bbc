"""The vocabularies of all tables, kept from one question to the next."""

from __future__ import annotations

from data_agent.asking.lexicon import Lexicon
from data_agent.asking.schema import Schema, Table
from data_agent.asking.tags import Vocabulary, language_tags
from data_agent.asking.text import Token, fold


class Vocabularies:
    """The vocabularies of a schema's tables, each made when it is needed first."""

    def __init__(self, schema: Schema, lexicon: Lexicon) -> None:
        self.schema, self.lexicon = schema, lexicon
        self._language = language_tags(lexicon)
        self._made: dict[str, Vocabulary] = {}

    def of(self, table: Table) -> Vocabulary:
        if table.name not in self._made:
            self._made[table.name] = Vocabulary(table, self.schema, self.lexicon, self._language)
        return self._made[table.name]

    def knows(self, word: Token) -> bool:
        """Whether any table or the language has this word by itself."""
        return any(self.of(table).knows(word) for table in self.schema.tables)

    def words(self) -> dict[str, str]:
        """What an unknown word might have been, over all tables."""
        found: dict[str, str] = {}
        for table in self.schema.tables:
            found |= {fold(table.name): table.name}
            found |= self.of(table).words()
        return found

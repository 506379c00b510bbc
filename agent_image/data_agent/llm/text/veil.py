"""Texts of an earlier query that a model may not be told travel as marks, and are put back.

They came from the question or from cells; a query does not say which. Those that it is told anyway,
as samples, stay as they are. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

MARK = "value-{}"
LONGEST_SQL = 6000  # characters of an earlier statement that are told
VALUE_KEYS = frozenset({"values", "value"})
_PIECES = re.compile(
    r"""(?P<name>"(?:""|[^"])*(?:"|\Z))
    |   (?P<comment>--[^\n]* | /\*.*?(?:\*/|\Z))
    |   (?P<plain>'(?:''|[^'])*(?:'|\Z))
    |   [eE]'(?:\\.|''|[^'\\])*(?:'|\Z) | \$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z)""",
    re.DOTALL | re.VERBOSE,
)
_UNIT = r"(?:microsecond|millisecond|second|minute|hour|day|week|month|quarter|year|decade)s?"
# What a text says of how to compute, and not what stands in cells: 'month', '3 days', '%Y-%m', ', '
_HOW = re.compile(rf"'(?:(?:\d+ )?{_UNIT}|iso(?:dow|year)|dow|doy|(?:%-?[A-Za-z]|[-/ :.,;_])*)'")


class Veil:
    """Marks for the texts of one query. `told`: texts that are no secret."""

    def __init__(self, told: frozenset[str] = frozenset()) -> None:
        self._told = told
        self._texts: dict[str, str] = {}  # by mark
        self._literals: dict[str, str] = {}  # by mark: those of a statement in some other spelling

    def over(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """A plan, or {"sql": …}, with its texts replaced by marks. Comments are left out."""
        veiled: dict[str, Any] = self._over(query, inside=False)
        if isinstance(query.get("sql"), str):
            veiled["sql"] = _PIECES.sub(self._over_piece, query["sql"][:LONGEST_SQL])
        return veiled

    def off(self, value: Any, *, inside: bool = False) -> Any:  # noqa: ANN401 - JSON
        """The plan with the texts back, wherever a mark is a value."""
        if isinstance(value, Mapping):
            return {k: self.off(v, inside=inside or k in VALUE_KEYS) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.off(item, inside=inside) for item in value]
        return self._texts.get(value, value) if inside and isinstance(value, str) else value

    def off_sql(self, statement: str) -> str:
        """The statement with the texts back, where a mark is a whole literal."""
        literals = {mark: _literal(text) for mark, text in self._texts.items()} | self._literals
        known = {f"'{mark}'": literal for mark, literal in literals.items()}
        return _PIECES.sub(lambda piece: known.get(piece[0], piece[0]), statement)

    def _over(self, value: Any, *, inside: bool) -> Any:  # noqa: ANN401 - JSON
        if isinstance(value, Mapping):
            return {k: self._over(v, inside=inside or k in VALUE_KEYS) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self._over(item, inside=inside) for item in value]
        if inside and isinstance(value, str) and value not in self._told:
            return self._mark(value, self._texts)
        return value

    def _over_piece(self, piece: re.Match[str]) -> str:
        if piece["comment"]:
            return " "
        if piece["name"] or _HOW.fullmatch(piece[0]):
            return piece[0]
        if not piece["plain"]:
            return f"'{self._mark(piece[0], self._literals)}'"
        text = piece[0][1:].removesuffix("'").replace("''", "'")
        return piece[0] if text in self._told else f"'{self._mark(text, self._texts)}'"

    def _mark(self, text: str, among: dict[str, str]) -> str:
        for mark, known in among.items():
            if known == text:
                return mark
        mark = MARK.format(len(self._texts) + len(self._literals) + 1)
        among[mark] = text
        return mark


def values_of(query: Any, *, inside: bool = False) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Every text among the values of a plan."""
    if isinstance(query, Mapping):
        for key, item in query.items():
            yield from values_of(item, inside=inside or key in VALUE_KEYS)
    elif isinstance(query, list | tuple):
        for item in query:
            yield from values_of(item, inside=inside)
    elif inside and isinstance(query, str):
        yield query


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

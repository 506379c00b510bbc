"""Where only names may be told, the texts in an earlier plan are told as marks and put back.

They came from the question or from cells; a plan does not say which.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MARK = "value-{}"
NAME_KEYS = frozenset({"table", "column", "columns"})
VALUE_KEYS = frozenset({"values", "value"})


class Veil:
    """Marks for the texts of one plan."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def over(self, value: Any, *, inside: bool = False) -> Any:  # noqa: ANN401 - JSON
        """The same JSON with every text among `values` replaced by its mark."""
        if isinstance(value, Mapping):
            return {k: self.over(v, inside=inside or k in VALUE_KEYS) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.over(item, inside=inside) for item in value]
        if inside and isinstance(value, str):
            return self._mark(value)
        return value

    def off(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        """The same JSON with the texts back, wherever a mark stands alone."""
        if isinstance(value, Mapping):
            return {k: self.off(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.off(item) for item in value]
        return self._texts.get(value, value) if isinstance(value, str) else value

    def off_sql(self, statement: str) -> str:
        """The statement with the texts back, where a mark is a whole literal."""
        for mark, text in self._texts.items():
            statement = statement.replace(f"'{mark}'", "'" + text.replace("'", "''") + "'")
        return statement

    def _mark(self, text: str) -> str:
        for mark, known in self._texts.items():
            if known == text:
                return mark
        mark = MARK.format(len(self._texts) + 1)
        self._texts[mark] = text
        return mark

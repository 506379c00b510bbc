"""A configuration file as a tree that knows its lines: what a parser hands to validation.

Scalars keep their text as it was written. What it means (a size, a number, an id) is decided by the
key that it stands under, so that `no`, `123` or `1e3` never turn into something else on the way.
`start` and `end` are offsets into the file's text, for edits that touch nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

NULL_WORDS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. `plain` is False when it stands in quotes (or is a block of text)."""

    text: str
    line: int
    start: int
    end: int
    plain: bool = True

    @property
    def is_null(self) -> bool:
        """Nothing was written, or one of YAML's words for nothing, without quotes."""
        return self.plain and self.text in NULL_WORDS


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key: value` of a mapping."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping; keys are unique (the parser reports and drops repeated ones)."""

    entries: tuple[Entry, ...]
    line: int
    start: int
    end: int
    flow: bool

    def get(self, key: str) -> Entry | None:
        """The entry of this key, or None."""
        return next((entry for entry in self.entries if entry.key.text == key), None)


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list."""

    items: tuple[Node, ...]
    line: int
    start: int
    end: int
    flow: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """A value that the parser could not accept and has reported already: say nothing more."""

    line: int
    start: int
    end: int


Node = Scalar | MapNode | ListNode | Broken


def plain_data(node: Node) -> object:
    """The tree without positions, to compare two of them: dicts, lists, texts and None."""
    match node:
        case Scalar():
            return None if node.is_null else node.text
        case MapNode():
            return {entry.key.text: plain_data(entry.value) for entry in node.entries}
        case ListNode():
            return [plain_data(item) for item in node.items]
        case Broken():
            return ...

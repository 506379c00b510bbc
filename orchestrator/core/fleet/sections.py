"""Reads one mapping of tenants.yaml by its table of keys, and reports whatever does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from orchestrator.core.document import Broken, Entry, ListNode, MapNode, Node, Scalar
from orchestrator.core.fleet import keys as k
from orchestrator.core.fleet import values
from orchestrator.core.fleet.keys import REQUIRED, Key
from orchestrator.core.problems import Problem, Problems, Unfit, cut, dotted

HOMES = (
    ("defaults or a tenant", frozenset(key.name for key in k.DEFAULT_KEYS)),
    ("a tier", frozenset(key.name for key in k.TIER_KEYS)),
    ("a tenant", frozenset(key.name for key in k.TENANT_KEYS)),
    ("the top of the file", frozenset(key.name for key in k.FILE_KEYS) | set(k.SECTIONS)),
)
LONGEST_KEY = 60  # compared for "did you mean"; longer ones are no typing mistakes


@dataclass(frozen=True)
class Place:
    """Where in the file, and which tenant a problem there holds back (None: the whole file)."""

    problems: Problems
    path: tuple[str, ...] = ()
    tenant: str | None = None

    def below(self, part: str) -> Place:
        """The place one step deeper."""
        return Place(self.problems, (*self.path, part), self.tenant)

    def report(self, line: int | None, message: str, mend: str) -> None:
        """Report a problem here."""
        self.problems.add(Problem(line, dotted(self.path), message, mend, self.tenant))


@dataclass(frozen=True)
class Section:
    """The good values of a mapping by field of the model, and the lines of all given keys.

    `meant` are keys that an unknown one seems to stand for: they are not reported as missing too.
    """

    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    meant: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Item:
    """One good item of a list."""

    index: int
    line: int
    value: Any


def read_section(
    node: Node, keys: Sequence[Key], place: Place, sections: Sequence[str] = ()
) -> Section:
    """Read every key; `sections` are further keys that are allowed and read by the caller."""
    found = Section()
    mapping = as_mapping(node, place)
    if mapping is None:
        return found
    known = {key.name: key for key in keys}
    for entry in mapping.entries:
        name = entry.key.text
        if name in known:
            found.lines[name] = entry.value.line
            _read_value(entry, known[name], place.below(name), found)
        elif name not in sections:
            found.meant.add(_report_unknown(entry.key, [*known, *sections], place))
    for key in keys:
        if key.default is REQUIRED and not {key.name} & (found.lines.keys() | found.meant):
            line = mapping.line if place.path else None
            place.below(key.name).report(line, "is missing", f"write {key.name}: {key.example}")
    return found


def as_mapping(node: Node, place: Place) -> MapNode | None:
    """The mapping; an empty one where nothing is written; None, and a report, for anything else."""
    match node:
        case MapNode():
            return node
        case Scalar() if node.is_null:
            return MapNode((), node.line, node.start, node.end, flow=True)
        case Broken():
            return None
    what = "a list" if isinstance(node, ListNode) else f"the text '{cut(node.text)}'"
    place.report(node.line, f"is {what}, not a mapping", "write 'key: value' lines below it")
    return None


def closest(word: str, known: Sequence[str]) -> str | None:
    """The known word that this one was probably meant to be."""
    if len(word) > LONGEST_KEY:
        return None
    matches = get_close_matches(word.lower(), known, n=1, cutoff=0.65)
    return matches[0] if matches else None


def _read_value(entry: Entry, key: Key, place: Place, found: Section) -> None:
    if not key.many:
        for value in _fitting(entry.value, key, place):
            found.values[key.target] = value
    elif isinstance(entry.value, ListNode):
        found.values[key.target] = tuple(
            Item(index, item.line, value)
            for index, item in enumerate(entry.value.items)
            for value in _fitting(item, key, place.below(f"[{index}]"))
        )
    elif isinstance(entry.value, Scalar) and entry.value.is_null:
        place.report(entry.value.line, "has no value", "give one, or remove the line")
    elif not isinstance(entry.value, Broken):
        place.report(entry.value.line, "is not a list", f"write {key.name}: {key.example}")


def _fitting(node: Node, key: Key, place: Place) -> Iterator[object]:
    """The value, or nothing and a report."""
    try:
        yield key.read(node)
    except values.AlreadyReported:
        return
    except Unfit as error:
        place.report(node.line, str(error), error.mend)


def _report_unknown(key: Scalar, known: Sequence[str], place: Place) -> str:
    """Report the key, and return the known one that was probably meant, or an empty text."""
    meant = None if place.problems.full else closest(key.text, known)
    if meant is not None:
        mend = f"did you mean '{meant}'?"
    else:
        homes = [home for home, keys in HOMES if key.text in keys]
        mend = f"it belongs to {homes[0]}" if homes else f"known here are {', '.join(known)}"
    place.below(key.text).report(key.line, "is not a known key", mend)
    return meant or ""

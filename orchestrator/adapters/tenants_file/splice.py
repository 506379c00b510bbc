"""Changes to one mapping in a YAML text that touch no other character of it.

All functions take the text with nodes that were parsed from it, and give the new text. They do what
is right for the ways in which people write such files; whoever calls them parses the outcome and
compares, so that a way nobody thought of is refused instead of damaged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from orchestrator.adapters.tenants_file.render import flow
from orchestrator.core.document import Entry, ListNode, MapNode, Node, Scalar

STEP = 2  # columns of indentation where the file does not show its own habit


def put(text: str, parent: Entry, key: str, value: object, *, step: int | None) -> str:
    """Set `key` in the mapping under `parent`.

    `step`: where that is empty so far, begin it in lines of its own, indented by so much more;
    None: begin it in braces.
    """
    mapping = parent.value
    if not isinstance(mapping, MapNode) or not mapping.entries:
        return _put_first(text, parent, key, value, step)
    if (entry := mapping.get(key)) is not None:
        return _replace(text, entry, value)
    return append(text, mapping, key, value)


def append(text: str, mapping: MapNode, key: str, value: object) -> str:
    """A new last entry in a mapping that has some."""
    last = mapping.entries[-1]
    at = _end(text, last)
    if not mapping.flow:
        return _insert_lines(text, at, _entry_lines(text, mapping, key, value))
    entry = f"{flow(key)}: {flow(value)}"
    # `{a:, b: 1}` is no YAML: an empty value needs the space.
    comma = " ," if text[at - 1] == ":" else ","
    tail = re.match(r"[ \t]*(,?)[ \t]*(?:#.*)?$", text[at : _line_end(text, at)])
    if tail is None or not _starts_line(text, last.key.start):
        return f"{text[:at]}{comma} {entry}{text[at:]}"
    line = " " * _column(text, last.key.start) + entry + tail[1]
    return _insert_lines(text[:at] + ("" if tail[1] else comma) + text[at:], at, [line])


def drop(text: str, mapping: MapNode, key: str) -> str:
    """The mapping without this entry, and without the lines that held nothing else."""
    number = next(i for i, entry in enumerate(mapping.entries) if entry.key.text == key)
    entry = mapping.entries[number]
    start, end = entry.key.start, _end(text, entry)
    if not mapping.flow:
        return text[: _line_start(text, start)] + text[_next_line(text, end) :]
    following = text[end : _line_end(text, end)].split("#")[0].strip(" \t,")
    if _starts_line(text, start) and not following:
        return text[: _line_start(text, start)] + text[_next_line(text, end) :]
    if number + 1 < len(mapping.entries):
        return text[:start] + text[mapping.entries[number + 1].key.start :]
    if number:
        before = text[: _end(text, mapping.entries[number - 1])]
        return before + (" " if before.endswith(":") else "") + text[end:]
    return text[:start] + text[end:].lstrip(" ,")


def block_step(text: str, mapping: MapNode) -> int | None:
    """How much deeper the last entry that is a mapping has its keys; None: it is in braces."""
    children = [entry for entry in mapping.entries if isinstance(entry.value, MapNode)]
    if not children or mapping.flow:
        return None
    last, inner = children[-1], children[-1].value
    if not isinstance(inner, MapNode) or inner.flow or not inner.entries:
        return None
    return _column(text, inner.entries[0].key.start) - _column(text, last.key.start)


def _put_first(text: str, parent: Entry, key: str, value: object, step: int | None) -> str:
    """The first entry below a key that has nothing, `~` or `{}` as its value."""
    if step is None:
        return _write_value(text, parent, f"{{{flow(key)}: {flow(value)}}}")
    start, end = _value_span(text, parent)
    before = text[:start].rstrip(" ")
    text = before + text[end:]
    indent = _column(text, parent.key.start) + step
    return _insert_lines(text, len(before), [f"{' ' * indent}{flow(key)}: {flow(value)}"])


def _replace(text: str, entry: Entry, value: object) -> str:
    old = entry.value
    if isinstance(old, MapNode | ListNode) and not old.flow:
        start, end = _line_start(text, old.start), _next_line(text, _node_end(text, old))
        colon = text.index(":", entry.key.end) + 1
        return f"{text[:colon]} {flow(value)}{text[colon:start]}{text[end:]}"
    first = text[old.start : old.start + 1]
    quote = first if isinstance(old, Scalar) and first in ("'", '"') else ""
    return _write_value(text, entry, flow(value, quote=quote))


def _write_value(text: str, entry: Entry, rendered: str) -> str:
    start, end = _value_span(text, entry)
    space = " " if start == end else ""
    return text[:start] + space + rendered + text[end:]


def _entry_lines(text: str, mapping: MapNode, key: str, value: object) -> list[str]:
    """A new entry, in the way of its last sibling that is a mapping."""
    indent = _column(text, mapping.entries[0].key.start)
    first = f"{' ' * indent}{flow(key)}:"
    step = block_step(text, mapping)
    if step is None or not isinstance(value, Mapping) or not value:
        return [f"{first} {flow(value)}"]
    inner = " " * (indent + step)
    return [first, *(f"{inner}{flow(name)}: {flow(item)}" for name, item in value.items())]


def _insert_lines(text: str, at: int, lines: list[str]) -> str:
    """Whole lines after the one that `at` is in."""
    end = _line_end(text, at)
    return text[:end] + "".join(f"{_eol(text)}{line}" for line in lines) + text[end:]


def _end(text: str, entry: Entry) -> int:
    """Offset after the entry's last character that is not white space."""
    return _value_span(text, entry)[1]


def _value_span(text: str, entry: Entry) -> tuple[int, int]:
    """Where the value stands; where nothing was written, the place after the colon."""
    value = entry.value
    if not isinstance(value, Scalar) or value.end > value.start:
        return value.start, _node_end(text, value)
    after = text[entry.key.end :]
    blanks = len(after) - len(after.lstrip(" "))
    place = entry.key.end + (blanks + 1 if after[blanks : blanks + 1] == ":" else 0)
    return place, place


def _node_end(text: str, node: Node) -> int:
    match node:
        case MapNode(entries=(*_, last), flow=False):
            return _end(text, last)
        case ListNode(items=(*_, last), flow=False):
            return _node_end(text, last)
    return node.start + len(text[node.start : node.end].rstrip())


def _eol(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """Offset of the line's end, before its `\\n` or `\\r\\n`."""
    end = text.find("\n", at)
    if end < 0:
        return len(text)
    return end - 1 if text[end - 1 : end] == "\r" and end > at else end


def _next_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _column(text: str, at: int) -> int:
    return at - _line_start(text, at)


def _starts_line(text: str, at: int) -> bool:
    return not text[_line_start(text, at) : at].strip()

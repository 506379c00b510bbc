"""YAML text → a tree with line numbers, by libyaml's events; nothing is ever constructed from it.

tenants.yaml is a small, plain part of YAML: one document of mappings, lists and single values.
Anchors, aliases, merge keys and tags are refused: what is shared between tenants belongs into
tiers and defaults, and a reader of one line should not have to look for its meaning elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from orchestrator.adapters.tenants_file.syntax import syntax_problem
from orchestrator.core.document import Broken, Entry, ListNode, MapNode, Node, Scalar
from orchestrator.core.problems import Problem, Problems, cut, dotted

MAX_DEPTH = 12  # the deepest place of the model is tenants.ID.domains[0]: four


@dataclass(frozen=True)
class Parsed:
    """`root` is None when the text as a whole is no YAML that we take."""

    root: Node | None
    problems: tuple[Problem, ...] = ()


def parse(text: str) -> Parsed:
    """Parse the whole text, and report everything that can be reported at once."""
    builder = _Builder()
    loader: Any = yaml.CSafeLoader(text)  # libyaml: ten times as fast as the one in Python
    try:
        while loader.check_event():
            builder.take(loader.get_event())
    except yaml.YAMLError as error:
        return Parsed(None, (syntax_problem(error, text),))
    except _TooMuch as stop:
        return Parsed(None, (stop.problem,))
    finally:
        loader.dispose()
    return Parsed(builder.root or Scalar("", 1, 0, 0), builder.problems.all())


class _TooMuch(Exception):
    """Stop reading: this is no file of ours."""

    def __init__(self, line: int, message: str, mend: str) -> None:
        super().__init__(message)
        self.problem = Problem(line, "", message, mend)


@dataclass
class _Open:
    """A mapping or list whose end has not come yet."""

    line: int
    start: int
    flow: bool
    is_map: bool
    key: Scalar | Broken | None = None  # of the entry whose value comes next
    entries: dict[str, Entry] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    end: int = 0  # of the last part so far


class _Builder:
    """Takes the parser's events one by one, and has the tree when they end."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.problems = Problems()
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: Any) -> None:  # noqa: ANN401 - libyaml's events have no common type
        """Take the next event."""
        line = event.start_mark.line + 1
        start, end = event.start_mark.index, event.end_mark.index
        match event:
            case yaml.DocumentStartEvent():
                self._begin_document(line)
            case yaml.AliasEvent():
                if not self._in_broken_entry:
                    self._report(line, f"refers to '*{cut(str(event.anchor))}'", _NO_ANCHORS)
                self._complete(Broken(line, start, end))
            case yaml.ScalarEvent():
                self._check_properties(event, line)
                plain = event.style is None or event.style == ""
                self._complete(Scalar(event.value, line, start, end, plain))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._check_properties(event, line)
                self._begin(_Open(line, start, bool(event.flow_style), _is_map(event), end=start))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._finish(end)

    def _begin_document(self, line: int) -> None:
        self._documents += 1
        if self._documents > 1:
            mend = "remove the line '---' and what follows, or join the two"
            raise _TooMuch(line, "a second document starts here", mend)

    def _begin(self, collection: _Open) -> None:
        if len(self._open) >= MAX_DEPTH:
            mend = "tenants.yaml needs four levels; look for a bracket too many"
            raise _TooMuch(collection.line, f"is nested more than {MAX_DEPTH} levels deep", mend)
        self._open.append(collection)

    def _finish(self, end: int) -> None:
        done = self._open.pop()
        # Block collections "end" where the next thing begins; theirs is the end of the last part.
        where = (done.line, done.start, end if done.flow else done.end, done.flow)
        if done.is_map:
            self._complete(MapNode(tuple(done.entries.values()), *where))
        else:
            self._complete(ListNode(tuple(done.items), *where))

    def _complete(self, node: Node) -> None:
        """A node is whole: it is the document, an item, a key or the value of the last key."""
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        parent.end = max(parent.end, node.end)
        if not parent.is_map:
            parent.items.append(node)
        elif parent.key is None:
            parent.key = self._key(node)
        else:
            if isinstance(parent.key, Scalar) and parent.key.text not in parent.entries:
                parent.entries[parent.key.text] = Entry(parent.key, node)
            parent.key = None

    def _key(self, node: Node) -> Scalar | Broken:
        if not isinstance(node, Scalar):
            if not isinstance(node, Broken):
                self._report(node.line, "has a list or mapping as a key", "a key is a single word")
            return Broken(node.line, node.start, node.end)
        if node.plain and node.text == "<<":
            self._report(node.line, "has a merge key '<<'", _NO_ANCHORS)
            return Broken(node.line, node.start, node.end)
        first = self._open[-1].entries.get(node.text)
        if first is not None:
            self._open[-1].key = node
            message = f"stands twice, in line {first.key.line} and in line {node.line}"
            self._report(node.line, message, "remove one of them, or give it another name")
        return node

    def _check_properties(self, event: Any, line: int) -> None:  # noqa: ANN401
        if event.anchor is not None:
            self._report(line, f"has an anchor '&{cut(event.anchor)}'", _NO_ANCHORS)
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._report(line, f"has a tag '{cut(tag)}'", "remove it: values need no type")

    @property
    def _in_broken_entry(self) -> bool:
        """The key has been reported: its value needs no report of its own."""
        return bool(self._open) and isinstance(self._open[-1].key, Broken)

    def _report(self, line: int, message: str, mend: str) -> None:
        path = self._path()
        tenant = path[1] if len(path) > 1 and path[0] == "tenants" else None
        self.problems.add(Problem(line, dotted(path), message, mend, tenant))

    def _path(self) -> list[str]:
        path = []
        for parent in self._open:
            if not parent.is_map:
                path.append(f"[{len(parent.items)}]")
            elif isinstance(parent.key, Scalar):
                path.append(parent.key.text)
        return path


_NO_ANCHORS = (
    "write it out, or move what tenants share into a tier or defaults (a text that starts with "
    "'*' or '&' needs quotes)"
)


def _is_map(event: object) -> bool:
    return isinstance(event, yaml.MappingStartEvent)

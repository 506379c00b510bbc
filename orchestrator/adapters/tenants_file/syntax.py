"""One sentence for a YAML syntax error: what libyaml says, where, and the usual reason."""

from __future__ import annotations

import re

import yaml

from orchestrator.core.problems import Problem, cut

_GENERAL = "check the brackets, quotes and indentation around this line"


def syntax_problem(error: yaml.YAMLError, text: str) -> Problem:
    """The error with its line, column and a mend that fits the text there."""
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return Problem(None, "", "is not valid YAML", _GENERAL)
    what = error.problem or "this cannot be read"
    began = error.context_mark
    if began is not None and (began.line, began.column) != (mark.line, mark.column):
        what += f" ({error.context or 'in what began'} in line {began.line + 1})"
    message = f"is not valid YAML in column {mark.column + 1}: {cut(what) if not began else what}"
    lines = text.splitlines()
    at = mark if began is None else began
    return Problem(mark.line + 1, "", message, _mend(lines, mark) or _mend(lines, at) or _GENERAL)


def _mend(lines: list[str], mark: yaml.Mark) -> str | None:
    """A guess from the text itself: the line, and the character that the parser stopped at."""
    line = lines[mark.line] if mark.line < len(lines) else ""
    rest = line[mark.column :]
    if re.match(r" *\t", line):
        return "indent with spaces, YAML allows no tabs there"
    if rest[:1] in ("*", "&", "@", "`", "%", "!"):
        return f"put the value that starts with '{rest[0]}' into quotes"
    if rest[:1] in ("[", "{"):
        return f"close the '{rest[0]}' of this line"
    if rest[:1] in ("'", '"'):
        return f"close the quote {rest[0]} of this line"
    if re.match(":[],}]", rest):
        return "write a value after the ':'"
    if rest[:1] == ":" and ":" in line[: mark.column]:
        return "put a value that contains ': ' into quotes"
    return None

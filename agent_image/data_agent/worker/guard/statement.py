"""One statement, parsed by DuckDB itself and let through by the walk, or Refused."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from data_agent.errors import QueryFailed, Refused
from data_agent.worker.database import Connection
from data_agent.worker.guard.walk import READ_ONLY, Walker

ONE = "Exactly one statement is allowed."
TOO_DEEP = "The statement is nested too deeply."


@dataclass(frozen=True)
class Allowed:
    """A statement that went through the guard; there is no other way to make one."""

    statement: str

    def limited(self, rows: int) -> str:
        """The statement with at most so many rows. Its text parses alone, so it parses inside."""
        return f"SELECT * FROM (\n{self.statement}\n) LIMIT {int(rows)}"


def guarded(connection: Connection, statement: str, *, tables: Collection[str]) -> Allowed:
    """The statement if it only reads the customer's `tables`. Refused, QueryFailed (syntax)."""
    text = _without_end(connection, statement)
    if not text:
        raise Refused("There is no statement. Try: SELECT * FROM your_table")
    try:
        parsed = _parse(connection, text)
        Walker(tables).query(parsed, frozenset())
    except RecursionError:
        raise Refused(TOO_DEEP) from None
    return Allowed(text)


def _parse(connection: Connection, text: str) -> dict[str, object]:
    answer = _serialized(connection, text)
    if answer["error"]:
        if answer.get("error_type") == "parser":
            raise QueryFailed(f"This is not valid SQL: {answer['error_message']}")
        raise Refused(READ_ONLY)
    statements = answer["statements"]
    if len(statements) != 1:
        raise Refused(ONE)
    if statements[0].get("named_param_map"):
        raise Refused("Parameters are not allowed; write the value itself.")
    node = statements[0]["node"]
    if not isinstance(node, dict) or "cte_map" not in node:
        raise Refused(READ_ONLY)
    return node


def _without_end(connection: Connection, statement: str) -> str:
    """Without what may stand after a statement but not inside parentheses: `; -- the end`."""
    text = statement.strip()
    while text.endswith(";"):
        text = text[:-1].rstrip()
    head, semicolon, tail = text.rpartition(";")
    if semicolon and tail.lstrip().startswith(("--", "/*")):
        # Cut only where DuckDB itself sees the same statement without the tail.
        whole, cut = _serialized(connection, text), _serialized(connection, head)
        if not whole["error"] and whole == cut:
            return head.rstrip()
    return text


def _serialized(connection: Connection, text: str) -> dict[str, Any]:
    row = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [text]).fetchone()
    parsed: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    return parsed

"""Walk a parsed statement and refuse the first thing that is on no list. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Any

from data_agent.errors import Refused
from data_agent.worker.guard import nodes
from data_agent.worker.guard.functions import FUNCTIONS, TABLE_FUNCTIONS, TYPES

Node = dict[str, Any]
READ_ONLY = "Only questions about your tables are allowed: one SELECT that changes nothing."


class Walker:
    """Checks one statement against the customer's `tables`."""

    def __init__(self, tables: Collection[str]) -> None:
        self._tables = {name.lower(): name for name in tables}

    def query(self, node: Node, scope: frozenset[str]) -> None:
        """A query node. `scope`: the names of the WITH parts that are visible here, lower case.

        A part sees only the parts before it: a name that is not visible yet would be looked up
        elsewhere, in the system's views or among files.
        """
        self._check_type(node)
        for name, part in _with_parts(node):
            self._visit(part, scope)
            scope = scope | {name.lower()}
        recursive = node.get("type") == "RECURSIVE_CTE_NODE"
        inner = scope | {str(node["cte_name"]).lower()} if recursive else scope
        for key, child in node.items():
            if key not in {"cte_map", "sample"}:
                self._visit(child, inner if recursive and key == "right" else scope)

    def _visit(self, value: object, scope: frozenset[str]) -> None:
        if isinstance(value, list):
            for item in value:
                self._visit(item, scope)
        elif isinstance(value, dict):
            self._node(value, scope)

    def _node(self, node: Node, scope: frozenset[str]) -> None:
        if "cte_map" in node:
            self.query(node, scope)
            return
        self._check_type(node)
        self._check_by_type(node, scope)
        is_table_function = node.get("type") == "TABLE_FUNCTION"
        for key, child in node.items():
            if is_table_function and key == "function":
                self._visit(child.get("arguments", []), scope)
            elif key != "sample":  # TABLESAMPLE holds values only, in records of another shape
                self._visit(child, scope)

    def _check_type(self, node: Node) -> None:
        kind = node.get("type")
        if kind is None and "class" not in node:
            return  # a plain record such as an argument or a CASE branch: its parts are visited
        if not isinstance(kind, str) or not nodes.allowed(str(node.get("class", "")), kind):
            raise Refused(READ_ONLY)

    def _check_by_type(self, node: Node, scope: frozenset[str]) -> None:
        kind, group = node.get("type"), node.get("class", "")
        if kind == "BASE_TABLE":
            self._table(node, scope)
        elif kind == "TABLE_FUNCTION":
            _named(node["function"], TABLE_FUNCTIONS, "table function")
        elif kind == "SHOW_REF" and not node.get("query"):
            raise Refused("SHOW is not allowed here; the list of tables shows what there is.")
        elif group in {"FUNCTION", "WINDOW"}:
            _named(node, FUNCTIONS, "function")
        elif group == "TYPE":
            _type(node)

    def _table(self, node: Node, scope: frozenset[str]) -> None:
        if node.get("at_clause"):
            raise Refused("AT is not allowed: tables have no versions here.")
        path = [str(part) for part in node["qualified_name"]["path"]]
        if len(path) == 1 and path[0].lower() in scope:
            return
        if len(path) == 2 and path[0].lower() == "main":
            path = path[1:]
        if len(path) != 1 or path[0].lower() not in self._tables:
            raise Refused(self._unknown_table(".".join(path)))

    def _unknown_table(self, name: str) -> str:
        near = difflib.get_close_matches(name.lower(), self._tables, n=1)
        if near:
            return f"There is no table {name}. Did you mean {self._tables[near[0]]}?"
        there = ", ".join(sorted(self._tables.values())[:10]) or "none yet"
        return f"There is no table {name}. Your tables: {there}."


def _with_parts(node: Node) -> list[tuple[str, object]]:
    return [(str(entry["key"]), entry["value"]) for entry in node["cte_map"]["map"]]


def _named(node: Node, allowed: frozenset[str], what: str) -> None:
    path = [str(part) for part in node["qualified_name"]["path"]]
    name = ".".join(path)
    if len(path) != 1 or name.lower() not in allowed:
        raise Refused(f"The {what} {name} is not allowed.")


def _type(node: Node) -> None:
    path = [str(part) for part in node["qualified_name"]["path"]]
    name = ".".join(path)
    if len(path) != 1 or name.lower() not in TYPES:
        raise Refused(f"The type {name} is not allowed.")

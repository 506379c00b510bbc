"""Answers requests: finds the command, runs it, and turns every failure into a reply.

An error of ours goes back by name. What DuckDB says goes back as QueryFailed. Memory that ran out
goes back as QueryFailed with a hint. After a fatal error the database is unusable until it is
opened again, so the process ends and the web process starts another.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from data_agent.errors import DataAgentError, QueryFailed
from data_agent.worker import commands
from data_agent.worker.database import DatabaseError, FatalError, OutOfMemory
from data_agent.worker.limits import allow_cpu
from data_agent.worker.orders import Orders

OUT_OF_MEMORY = (
    "This needs more memory than your tier has. "
    "Ask for fewer rows or columns, filter first, or group by something with fewer values."
)
Command = Callable[..., object]


class Service:
    """One worker's commands over one lazily opened database."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._store = commands.Store(orders)
        self._commands: Mapping[str, Command] = commands.of_mode(orders.mode)

    def answer(self, message: object) -> dict[str, object]:
        """The reply to one request. Ends the process after a fatal database error."""
        allow_cpu(self._orders.cpu_s)
        try:
            name, arguments = _read(message)
            return {"ok": self._commands[name](self._store, **arguments)}
        except DataAgentError as error:
            return _failure(type(error).__name__, str(error))
        except (OutOfMemory, MemoryError):
            return _failure(QueryFailed.__name__, OUT_OF_MEMORY)
        except FatalError as error:
            print(f"worker: fatal database error: {type(error).__name__}", file=sys.stderr)  # noqa: T201
            raise
        except DatabaseError as error:
            return _failure(QueryFailed.__name__, _first_lines(str(error)))

    def close(self) -> None:
        """Checkpoint and close, when anything was opened."""
        self._store.close()


def _read(message: object) -> tuple[str, dict[str, Any]]:
    if not isinstance(message, dict):
        raise TypeError("a request is an object")
    return str(message["do"]), dict(message.get("with") or {})


def _failure(kind: str, message: str) -> dict[str, object]:
    return {"error": {"type": kind, "message": message}}


def _first_lines(text: str) -> str:
    """DuckDB's own words without its possible solutions, which name settings that are locked."""
    kept = text.split("\n\nPossible solutions")[0].split("\n\nLINE ")[0].strip()
    return kept[:600]

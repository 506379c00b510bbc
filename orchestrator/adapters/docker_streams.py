"""Answers of the engine that do not end by themselves: events and followed logs.

Each is an iterator with `close()`, which may be called from another thread and ends a wait.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Self

import requests

from orchestrator.adapters import docker_text
from orchestrator.adapters.docker_errors import MEND_UNAVAILABLE, engine_errors
from orchestrator.core import names
from orchestrator.errors import EngineUnavailable

NAME_PREFIX = names.container_name("")


class Stream:
    """Lines of text of one unending answer. Closed, it ends."""

    def __init__(self, response: requests.Response, lines: Iterator[str], doing: str) -> None:
        self._response = response
        self._lines = lines
        self._doing = doing
        self._closed = False
        self._wait_for_ever()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        """EngineUnavailable when the engine cuts it off."""
        try:
            with engine_errors(self._doing):
                return next(self._lines)
        except EngineUnavailable:
            if self._closed:
                raise StopIteration from None
            raise

    def close(self) -> None:
        """End it, from any thread; a second time does nothing."""
        self._closed = True
        with suppress(OSError, ValueError, RuntimeError):  # ended or closed already
            self._response.raw.shutdown()

    def __del__(self) -> None:
        self.close()
        self._response.close()

    def _wait_for_ever(self) -> None:
        """The time-out was for the start of the answer; a quiet tenant is no error."""
        connection = self._response.raw.connection
        if connection is not None and connection.sock is not None:
            connection.sock.settimeout(None)


class LogStream(Stream):
    """Lines of a container's log, safe for a terminal; ends when the container does."""

    def __init__(self, response: requests.Response, doing: str) -> None:
        super().__init__(response, docker_text.lines(_chunks(response)), doing)


class EventStream(Stream):
    """Ids of tenants that something happened to. It never ends but by `close()` or an error.

    `on_update` is told the id of each container whose limits were changed, before its tenant's id
    comes.
    """

    def __init__(
        self, response: requests.Response, instance: str, on_update: Callable[[str], None]
    ) -> None:
        found = _tenants(response, instance, on_update)
        super().__init__(response, found, "follow the engine's events")

    def __next__(self) -> str:
        try:
            return super().__next__()
        except StopIteration:
            if self._closed:
                raise
            raise EngineUnavailable(
                "The Docker engine ended its stream of events", mend=MEND_UNAVAILABLE
            ) from None


def _chunks(response: requests.Response) -> Iterator[bytes]:
    return response.iter_content(chunk_size=None)


def _tenants(
    response: requests.Response, instance: str, on_update: Callable[[str], None]
) -> Iterator[str]:
    for line in response.iter_lines(chunk_size=None):
        if not line:
            continue
        event = json.loads(line)
        tenant = event_tenant(event, instance)
        if tenant is None:
            continue
        if event["Action"] == "update":
            on_update(str(event["Actor"]["ID"]))
        yield tenant


def event_tenant(event: dict[str, Any], instance: str) -> str | None:
    """The tenant that an event is about; None when it is about none of ours.

    Events of containers carry our labels. Those of networks carry only a name: a foreign network
    of such a name costs one look too many and nothing else.
    """
    attributes = event["Actor"]["Attributes"]
    if event["Type"] == "container":
        ours = attributes.get(names.LABEL_INSTANCE) == instance
        return attributes.get(names.LABEL_TENANT) if ours else None
    name = str(attributes.get("name", ""))
    return name.removeprefix(NAME_PREFIX) if name.startswith(NAME_PREFIX) else None

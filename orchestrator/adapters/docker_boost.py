"""Processor time lent to a container while somebody waits for it: from its start until it is ready,
and while it ends. Within its own limits both take up to four times as long beside busy neighbours.

What is lent is taken back by what the container's label says that it was made with, so that no
memory of this process is needed for it: a container that still has it is seen as `boosted`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Protocol

from orchestrator.adapters import docker_profile
from orchestrator.adapters.docker_errors import engine_errors
from orchestrator.adapters.docker_observe import ours
from orchestrator.errors import EngineError

Json = Mapping[str, Any]

CORE = 1_000_000_000  # in `NanoCpus`
CORES = 2  # an agent's start uses one and a half
WITHIN_S = 2  # somebody waits; an update takes 20 ms


class Ask(Protocol):
    """One call of the engine's API; errors as the SDK's."""

    def __call__(
        self, method: str, path: str, *, body: Json | None = None, timeout_s: float | None = None
    ) -> Any: ...  # noqa: ANN401 - a requests.Response


class Boost:
    """Lends to containers, and takes back. `Ask` raises as the SDK does."""

    def __init__(self, ask: Ask, instance: str, log: logging.Logger) -> None:
        self._ask = ask
        self._instance = instance
        self._log = log

    def lend(self, found: Json) -> None:
        """To an inspected container, unless its label is no good, or it has as much of its own.

        One that gets none starts and ends all the same, slower: no error comes out of this.
        """
        own = self._own(found)
        if own and own["CpuShares"] < docker_profile.BOOSTED_SHARES:
            with self._quietly("lend processor time to", found):
                cores = max(own["NanoCpus"], min(CORES, self._cores) * CORE)
                more = {"NanoCpus": cores, "CpuShares": docker_profile.BOOSTED_SHARES}
                self._update(found, more)

    def take_back_quietly(self, found: Json) -> None:
        """Of one that has ended: it does no harm until its next start, whose end takes it back."""
        with self._quietly("take processor time back from", found):
            self.take_back(found)

    def is_lent(self, found: Json) -> bool:
        """Whether it has other limits than its own."""
        own = self._own(found) or {}
        return any(found["HostConfig"][field] != limit for field, limit in own.items())

    def take_back(self, found: Json) -> None:
        """Give it its own limits again."""
        if own := self._own(found):
            self._update(found, own)

    @contextmanager
    def _quietly(self, doing: str, found: Json) -> Iterator[None]:
        doing = f"{doing} container {str(found['Name']).removeprefix('/')}"
        try:
            with engine_errors(doing):
                yield
        except EngineError as error:
            self._log.warning("%s", error)

    def _own(self, found: Json) -> dict[str, int] | None:
        """Its own limits; None when its label does not tell them."""
        owner = ours(found["Config"]["Labels"], self._instance)
        return docker_profile.made_with(owner.fields) if owner else None

    def _update(self, found: Json, limits: Mapping[str, int]) -> None:
        path = f"/containers/{found['Id']}/update"
        self._ask("POST", path, body=limits, timeout_s=WITHIN_S)

    @cached_property
    def _cores(self) -> int:
        return int(self._ask("GET", "/info", timeout_s=WITHIN_S).json()["NCPU"])

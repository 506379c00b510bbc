"""One look at the engine: two lists, and an inspect per container that changed since the last.

A list does not tell that somebody ran `docker update`. An event does (`forget`), and for the case
that it was missed each look also inspects a few of those again that were inspected longest ago.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from docker import APIClient
from docker.errors import NotFound

from orchestrator.adapters import docker_altered, docker_observe
from orchestrator.adapters.docker_errors import MEND_UNAVAILABLE, engine_errors
from orchestrator.adapters.docker_observe import Details, Ours
from orchestrator.core import names
from orchestrator.core.observed import ObservedContainer, ObservedNetwork
from orchestrator.errors import EngineError, EngineUnavailable
from orchestrator.ports import EngineSnapshot

Json = Mapping[str, Any]

DOING = "look at containers and networks"
NAME_PREFIX = names.container_name("")
AGAIN = 4  # inspected again by each look, at 1 to 2 ms each


class Look:
    """Remembers what inspects told: 1,000 tenants at rest cost two calls and `AGAIN` inspects."""

    def __init__(self, client: APIClient, instance: str) -> None:
        self._client = client
        self._instance = instance
        self._known: dict[tuple[str, ...], Details] = {}  # inspected longest ago first
        self._stale: set[str] = set()  # ids of containers that were changed since
        self._enforced: frozenset[str] | None = None
        self._doubts = docker_altered.Doubts()

    def snapshot(self) -> EngineSnapshot:
        """EngineUnavailable for every failure, refusals too: half a world is none."""
        try:
            with engine_errors(DOING):
                return self._snapshot()
        except EngineUnavailable:
            raise
        except EngineError as error:
            raise EngineUnavailable(str(error), mend=MEND_UNAVAILABLE) from error

    def forget(self, container_id: str) -> None:
        """Somebody changed it: inspect it at the next look. From any thread."""
        self._stale.add(container_id)

    def _snapshot(self) -> EngineSnapshot:
        containers = self._client.containers(all=True)
        networks = self._client.networks()
        foreign = {
            *self._foreign((docker_observe.listed_name(entry), entry) for entry in containers),
            *self._foreign((entry["Name"], entry) for entry in networks),
        }
        return EngineSnapshot(
            containers=self._containers(containers),
            networks=self._networks(networks),
            foreign_names=frozenset(foreign),
        )

    def _foreign(self, named: Iterable[tuple[str, Json]]) -> Iterable[str]:
        for name, entry in named:
            if name.startswith(NAME_PREFIX) and self._owner(entry) is None:
                yield name

    def _containers(self, entries: Iterable[Json]) -> Mapping[str, tuple[ObservedContainer, ...]]:
        found: defaultdict[str, tuple[ObservedContainer, ...]] = defaultdict(tuple)
        known, fresh = self._remembered(), {}
        kept: dict[tuple[str, ...], Details] = {}
        for entry in entries:
            owner = self._owner(entry)
            if owner is None:
                continue
            key = docker_observe.incarnation(entry)
            details = known.get(key) if docker_observe.is_telling(entry) else None
            if details is not None:
                kept[key] = details
            elif (details := self._inspect(entry, owner)) is not None:
                fresh[key] = details
            if details is not None:
                found[owner.tenant] += (docker_observe.container(entry, owner, details),)
        self._known = {key: kept[key] for key in known if key in kept} | fresh
        return dict(found)

    def _remembered(self) -> Mapping[tuple[str, ...], Details]:
        """What earlier inspects told, without those that are due again."""
        stale, self._stale = self._stale, set()
        known = {key: one for key, one in self._known.items() if key[0] not in stale}
        return dict(islice(known.items(), AGAIN, None))

    def _inspect(self, entry: Json, owner: Ours) -> Details | None:
        """None when it vanished between the list and the inspect."""
        if self._enforced is None:
            self._enforced = docker_altered.enforced(self._client.info())
        try:
            found = self._client.inspect_container(entry["Id"])
        except NotFound:
            return None
        details = docker_observe.details(found, owner, self._enforced)
        if details.boosted:  # it is judged by its own limits, once it has them again
            return replace(details, altered=())
        believed = self._doubts.told(owner.tenant, str(entry["Id"]), details.altered)
        return replace(details, altered=believed)

    def _networks(self, entries: Iterable[Json]) -> Mapping[str, ObservedNetwork]:
        found: dict[str, ObservedNetwork] = {}
        for entry in entries:
            owner = self._owner(entry)
            if owner and (owner.tenant not in found or _canonical(entry, owner)):
                found[owner.tenant] = docker_observe.network(entry, owner)
        return found

    def _owner(self, entry: Json) -> Ours | None:
        return docker_observe.ours(entry["Labels"], self._instance)


def _canonical(entry: Json, owner: Ours) -> bool:
    return bool(entry["Name"] == names.network_name(owner.tenant))

"""One look at the engine: two lists, and an inspect per container that changed since the last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from docker import APIClient
from docker.errors import NotFound

from orchestrator.adapters import docker_observe
from orchestrator.adapters.docker_errors import MEND_UNAVAILABLE, engine_errors
from orchestrator.adapters.docker_observe import Details, Ours
from orchestrator.core import names
from orchestrator.core.observed import ObservedContainer, ObservedNetwork
from orchestrator.errors import EngineError, EngineUnavailable
from orchestrator.ports import EngineSnapshot

Json = Mapping[str, Any]

DOING = "look at containers and networks"
NAME_PREFIX = names.container_name("")


class Look:
    """Remembers what inspects told, so that 1,000 tenants at rest cost two calls a look."""

    def __init__(self, client: APIClient, instance: str) -> None:
        self._client = client
        self._instance = instance
        self._known: Mapping[tuple[str, ...], Details] = {}

    def snapshot(self) -> EngineSnapshot:
        """EngineUnavailable for every failure, refusals too: half a world is none."""
        try:
            with engine_errors(DOING):
                return self._snapshot()
        except EngineUnavailable:
            raise
        except EngineError as error:
            raise EngineUnavailable(str(error), mend=MEND_UNAVAILABLE) from error

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
        known: dict[tuple[str, ...], Details] = {}
        for entry in entries:
            owner = self._owner(entry)
            key = docker_observe.incarnation(entry)
            details = self._details(key, entry) if owner else None
            if owner is None or details is None:
                continue
            known[key] = details
            found[owner.tenant] += (docker_observe.container(entry, owner, details),)
        self._known = known
        return dict(found)

    def _details(self, key: tuple[str, ...], entry: Json) -> Details | None:
        """None when it vanished between the list and the inspect."""
        if key in self._known and docker_observe.is_telling(entry):
            return self._known[key]
        try:
            return docker_observe.details(self._client.inspect_container(entry["Id"]))
        except NotFound:
            return None

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

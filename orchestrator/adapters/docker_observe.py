"""From the engine's JSON to what was observed. Pure; raises KeyError, TypeError or ValueError on
JSON of another shape, which the engine adapter takes for "no usable answer"."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from orchestrator.adapters import docker_altered
from orchestrator.adapters.docker_profile import BRIDGE_ICC, BRIDGE_NAME
from orchestrator.core import names
from orchestrator.core.observed import ContainerState, ObservedContainer, ObservedNetwork

Json = Mapping[str, Any]

STATES: Mapping[str, ContainerState] = {state: state for state in get_args(ContainerState)}
OUR_NAME = "tenant-"


@dataclass(frozen=True)
class Ours:
    """What the labels say."""

    tenant: str
    index: int
    fingerprint: str
    fields: Mapping[str, object]


@dataclass(frozen=True)
class Details:
    """What only an inspect tells."""

    created_at: str
    started_at: str
    finished_at: str
    exit_code: int | None
    oom_killed: bool
    altered: tuple[str, ...] = ()  # by `docker update`
    boosted: bool = False


def ours(labels: Mapping[str, str] | None, instance: str) -> Ours | None:
    """Who this belongs to. None when it is not ours, or its labels are not whole."""
    if not labels or labels.get(names.LABEL_INSTANCE) != instance:
        return None
    tenant, index = labels.get(names.LABEL_TENANT, ""), labels.get(names.LABEL_INDEX, "")
    if names.id_problem(tenant) or not (index.isascii() and index.isdigit()):
        return None
    return Ours(
        tenant=tenant,
        index=int(index),
        fingerprint=labels.get(names.LABEL_FINGERPRINT, ""),
        fields=_fields(labels.get(names.LABEL_SPEC, "")),
    )


def listed_name(entry: Json) -> str:
    """Name of a listed container: of its names the one that is not a link's."""
    own = [name for name in entry["Names"] or () if name.count("/") == 1]
    return str(own[0]).removeprefix("/") if own else ""


def incarnation(entry: Json) -> tuple[str, ...]:
    """A value that changes when a container starts, stops or changes state.

    Each start gives it new endpoints, so that a list alone tells whether an earlier inspect still
    holds. Of those that do not run, the status text ("Exited (1) 5 minutes ago") tells it, once
    `is_telling`.
    """
    endpoints = sorted(str(end.get("EndpointID", "")) for end in _attached(entry).values())
    status = "" if entry["State"] == "running" else str(entry["Status"])
    return (str(entry["Id"]), str(entry["State"]), status, *endpoints)


def is_telling(entry: Json) -> bool:
    """Whether `incarnation` tells this life from the next. Not in the first minute after an exit:
    a crash loop says "Exited (1) 1 second ago" again and again, each time of another exit."""
    return entry["State"] == "running" or "second" not in str(entry["Status"])


def details(inspect: Json, owner: Ours, enforced: Collection[str]) -> Details:
    """From `GET /containers/ID/json`; `enforced` are the limits that this engine can hold."""
    state = inspect["State"]
    ended = state["Status"] in ("exited", "dead")
    return Details(
        created_at=str(inspect["Created"]),
        started_at=str(state["StartedAt"]),
        finished_at=str(state["FinishedAt"]),
        exit_code=int(state["ExitCode"]) if ended else None,
        oom_killed=bool(state["OOMKilled"]),
        altered=tuple(docker_altered.host_config(inspect["HostConfig"], owner.fields, enforced)),
        boosted=docker_altered.is_boosted(inspect["HostConfig"], owner.fields),
    )


def container(entry: Json, owner: Ours, known: Details) -> ObservedContainer:
    """From an entry of `GET /containers/json` and an earlier or fresh inspect."""
    networks = _attached(entry)
    attached = networks.get(names.network_name(owner.tenant))
    return ObservedContainer(
        id=str(entry["Id"]),
        name=listed_name(entry),
        tenant=owner.tenant,
        state=STATES[entry["State"]],
        fingerprint=owner.fingerprint,
        fields=owner.fields,
        image_id=str(entry["ImageID"]),
        index=owner.index,
        address=_address(attached) if attached is not None else None,
        created_at=known.created_at,
        started_at=known.started_at,
        finished_at=known.finished_at,
        exit_code=known.exit_code,
        oom_killed=known.oom_killed,
        boosted=known.boosted,
        altered=(*known.altered, *docker_altered.networks(networks, owner.tenant)),
    )


def network(entry: Json, owner: Ours) -> ObservedNetwork:
    """From an entry of `GET /networks`."""
    options = entry["Options"] or {}
    return ObservedNetwork(
        id=str(entry["Id"]),
        name=str(entry["Name"]),
        tenant=owner.tenant,
        index=owner.index,
        subnet=next(iter(subnets(entry)), ""),
        bridge=str(options.get(BRIDGE_NAME, "")),
        internal=bool(entry["Internal"]),
        icc=options.get(BRIDGE_ICC, "true") != "false",
    )


def subnets(entry: Json) -> tuple[str, ...]:
    """All subnets of a listed network."""
    configured = (entry["IPAM"] or {}).get("Config") or ()
    return tuple(str(pool["Subnet"]) for pool in configured if pool.get("Subnet"))


def _attached(entry: Json) -> Mapping[str, Json]:
    return (entry.get("NetworkSettings") or {}).get("Networks") or {}


def _address(endpoint: Json) -> str | None:
    """Of one that runs; else the one that it will have."""
    wanted = (endpoint.get("IPAMConfig") or {}).get("IPv4Address")
    return endpoint.get("IPAddress") or wanted or None


def _fields(text: str) -> Mapping[str, object]:
    """Of the spec that made it; empty when the label cannot be read (then everything differs)."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

"""Field-level differences between what runs and what is wanted, in words."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.core.case import Case
from orchestrator.core.plan import FieldChange
from orchestrator.core.routes import entry
from orchestrator.core.units import format_cpus, format_size

NOT_SET = "—"
DIGEST_SHOWN = 19  # `sha256:` and 12 hex digits, as docker prints image ids


def changes(case: Case) -> tuple[FieldChange, ...]:
    """What differs between the tenant's container (and route) and its spec."""
    return (*_container_changes(case), *_route_changes(case))


def _container_changes(case: Case) -> tuple[FieldChange, ...]:
    container = case.container
    if container is None or container.fingerprint == case.spec.fingerprint:
        return ()
    wanted = case.spec.container_fields
    return tuple(
        FieldChange(_label(key), _shown(key, container.fields.get(key)), _shown(key, wanted[key]))
        for key in wanted
        if container.fields.get(key) != wanted[key]
    )


def _route_changes(case: Case) -> tuple[FieldChange, ...]:
    if case.route is None:
        return ()
    held, wanted = case.route, entry(case.spec)
    rows = (
        ("hosts", ", ".join(held.hosts), ", ".join(wanted.hosts)),
        ("requests per second", _own(held.per_s), _own(wanted.per_s)),
        ("requests at once", _own(held.in_flight), _own(wanted.in_flight)),
    )
    return tuple(FieldChange(name, old, new) for name, old, new in rows if old != new)


def _own(limit: int | None) -> str:
    return NOT_SET if limit is None else str(limit)


def _label(key: str) -> str:
    return _NAMES.get(key, key.removeprefix("limits."))


def _shown(key: str, value: object) -> str:
    if value is None:
        return "unlimited" if key.startswith("limits.") else NOT_SET
    formatter = _FORMATS.get(key, str)
    return formatter(value)


def _size(value: object) -> str:
    return format_size(int(str(value)))


def _cpus(value: object) -> str:
    return format_cpus(int(str(value)))


def _digest(value: object) -> str:
    return str(value)[:DIGEST_SHOWN]


_NAMES = {
    "limits.memory_bytes": "memory",
    "limits.millicpus": "cpus",
    "limits.disk_bytes": "disk",
    "llm_port": "LLM port",
    "llm_privacy": "LLM privacy",
    "profile": "container profile",
}
_FORMATS: dict[str, Callable[[object], str]] = {
    "limits.memory_bytes": _size,
    "limits.disk_bytes": _size,
    "limits.millicpus": _cpus,
    "image": _digest,
}

"""Add, remove and change one tenant in the text of tenants.yaml, and say what was changed.

Every change is a splice; afterwards the text is parsed again and compared with what was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.adapters.tenants_file import splice
from orchestrator.adapters.tenants_file.render import data, flow
from orchestrator.adapters.tenants_file.tree import parse
from orchestrator.core.document import Entry, MapNode, Scalar, plain_data
from orchestrator.core.problems import cut
from orchestrator.errors import FleetInvalid, Refused, UnknownTenant

Settings = Mapping[str, object]
BY_HAND = "edit the file by hand this time"


@dataclass(frozen=True)
class Edit:
    """The new text, and one sentence per change; no sentence, no change."""

    text: str
    changes: tuple[str, ...] = ()


def add(text: str, tenant_id: str, settings: Settings) -> Edit:
    """A new last tenant. Settings that are None are left out. Refused when it is there already."""
    root = _root(text)
    given = {key: value for key, value in settings.items() if value is not None}
    entry = root.get("tenants")
    if entry is None:
        return add(splice.append(text, root, "tenants", {}), tenant_id, settings)
    if _tenants(entry).get(tenant_id) is not None:
        mend = f"choose another id, or change it with: tenantctl set {tenant_id} …"
        raise Refused(f"there is a tenant {tenant_id} already", mend=mend)
    new = splice.put(text, entry, tenant_id, given, step=None if root.flow else splice.STEP)
    expected = _with(plain_data(root), ("tenants", tenant_id), data(given))
    return Edit(_checked(new, expected), (f"tenants.{tenant_id} added",))


def remove(text: str, tenant_id: str) -> Edit:
    """The file without this tenant; comments around it stay. UnknownTenant."""
    root = _root(text)
    tenants, _ = _find(root, tenant_id)
    new = splice.drop(text, tenants, tenant_id)
    expected = _with(plain_data(root), ("tenants", tenant_id), _GONE)
    return Edit(_checked(new, expected), (f"tenants.{tenant_id} removed",))


def set_values(text: str, tenant_id: str, settings: Settings) -> Edit:
    """Change keys of a tenant; None removes a key. UnknownTenant."""
    _find(_root(text), tenant_id)
    changes: list[str] = []
    for key, value in settings.items():
        edit = _set_one(text, tenant_id, key, value)
        text = edit.text
        changes += edit.changes
    return Edit(text, tuple(changes))


def _set_one(text: str, tenant_id: str, key: str, value: object) -> Edit:
    root = _root(text)
    tenants, tenant = _find(root, tenant_id)
    own = tenant.value if isinstance(tenant.value, MapNode) else None
    old = own.get(key) if own is not None else None
    path = f"tenants.{tenant_id}.{key}"
    if value is None:
        if own is None or old is None:
            return Edit(text)
        new, change = (
            splice.drop(text, own, key),
            f"{path} removed, it was {_said(plain_data(old.value))}",
        )
    elif old is not None and plain_data(old.value) == data(value):
        return Edit(text)
    else:
        new = splice.put(text, tenant, key, value, step=splice.block_step(text, tenants))
        before = f"{_said(plain_data(old.value))} → " if old is not None else ""
        change = f"{path}: {before}{_said(value)}"
    final = _GONE if value is None else data(value)
    expected = _with(plain_data(root), ("tenants", tenant_id, key), final)
    return Edit(_checked(new, expected), (change,))


def set_default(text: str, key: str, value: object) -> Edit:
    """Set a key under `defaults`. Refused for a file that cannot be edited."""
    root = _root(text)
    entry = root.get("defaults")
    if entry is None:
        return set_default(splice.append(text, root, "defaults", {}), key, value)
    own = entry.value if isinstance(entry.value, MapNode) else None
    old = own.get(key) if own is not None else None
    if old is not None and plain_data(old.value) == data(value):
        return Edit(text)
    new = splice.put(text, entry, key, value, step=None if root.flow else splice.STEP)
    before = f"{_said(plain_data(old.value))} → " if old is not None else ""
    expected = _with(plain_data(root), ("defaults", key), data(value))
    return Edit(_checked(new, expected), (f"defaults.{key}: {before}{_said(value)}",))


_GONE = object()


def _root(text: str) -> MapNode:
    parsed = parse(text)
    if not isinstance(parsed.root, MapNode):
        problems = tuple(str(problem) for problem in parsed.problems)
        message = "tenants.yaml cannot be edited while it cannot be read"
        raise FleetInvalid(message, problems, mend="mend it by hand first: tenantctl validate")
    return parsed.root


def _tenants(entry: Entry) -> MapNode:
    """What stands under `tenants`; an empty mapping for nothing."""
    if isinstance(entry.value, MapNode):
        return entry.value
    if isinstance(entry.value, Scalar) and entry.value.is_null:
        return MapNode((), entry.value.line, entry.value.start, entry.value.end, flow=True)
    raise Refused("tenants is not a mapping of tenants", mend=BY_HAND)


def _find(root: MapNode, tenant_id: str) -> tuple[MapNode, Entry]:
    entry = root.get("tenants")
    tenants = _tenants(entry) if entry is not None else None
    tenant = tenants.get(tenant_id) if tenants is not None else None
    if tenants is None or tenant is None:
        raise UnknownTenant(
            f"there is no tenant {tenant_id} in tenants.yaml",
            mend="Run `tenantctl status` for those that exist.",
        )
    return tenants, tenant


def _with(tree: object, path: tuple[str, ...], value: object) -> object:
    """The tree with this value at the path, or without the path's last key for _GONE."""
    mapping = dict(tree) if isinstance(tree, dict) else {}
    if len(path) > 1:
        mapping[path[0]] = _with(mapping.get(path[0]), path[1:], value)
    elif value is _GONE:
        mapping.pop(path[0], None)
    else:
        mapping[path[0]] = value
    return mapping


def _checked(text: str, expected: object) -> str:
    """The text, if it means what is expected and nothing else."""
    root = parse(text).root
    if root is None or _normal(plain_data(root)) != _normal(expected):
        message = "this file is written in a way that cannot be edited safely"
        raise Refused(message, mend=BY_HAND)
    return text


def _normal(tree: object) -> object:
    """Nothing, `~` and `{}` are the same; the order of keys counts."""
    if isinstance(tree, dict):
        return [(key, _normal(value)) for key, value in tree.items()] or None
    if isinstance(tree, list):
        return [_normal(item) for item in tree]
    return tree


def _said(value: object) -> str:
    """A value within a sentence."""
    if value is ...:
        return "unreadable"
    return cut(value) if isinstance(value, str) else cut(flow(value))

"""Everything about some tenants that must not depend on when a controller was killed."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from orchestrator.core import routes
from orchestrator.core.desired import UID_BASE, tenant_subnet
from tests.faults.ledger_file import asleep, ledger, swaps, update
from tests.faults.world import World
from tests.support.docker_cli import docker, inspect

LABELS = "orchestrator.tenant", "orchestrator.spec"
# Made anew, or counted on, by each controller.
PASSING = {"ledger.db", "ledger.db-wal", "ledger.db-shm", "operator.sock", "edge.sock"}


def photo(world: World, tenants: Sequence[str], *, updated: bool) -> Any:
    """Containers, networks, routes, data, secrets, numbers and the applied fleet, as JSON values.

    Ids and times are left out; what follows from a tenant's number is replaced by its meaning, so
    that photos of tenants of different numbers can be compared. With the last update, or without.
    """
    root = world.stack.root
    numbers = ledger(root)
    found = {
        "containers": _containers(world, tenants),
        "networks": _networks(world, tenants),
        "routes": _routes(world, tenants),
        "data": {one: _tree(root / "tenants" / one) for one in tenants},
        "secrets": {one: _tree(root / "platform/secrets" / one) for one in tenants},
        "numbered": sorted(set(numbers) & set(tenants)),
        "applied": _applied(root, tenants),
        "asleep": sorted(asleep(root) & set(tenants)),
        "swaps": swaps(root, tenants),
        "update": update(root, tenants) if updated else None,
        "image of all": _image_of_all(world) if updated else None,
        "platform": sorted(
            path.name for path in (root / "platform").iterdir() if path.name not in PASSING
        ),
    }
    text = json.dumps(found, sort_keys=True)
    for place, tenant in enumerate(tenants):
        text = text.replace(tenant, f"TENANT{place}")
        if tenant in numbers:
            text = _without_number(text, world, numbers[tenant])
    return json.loads(text)


def kept(world: World, tenant: str) -> dict[str, str]:
    """What must survive with the tenant, whatever it is called: its own words and its token."""
    data, secrets = world.stack.data(tenant), world.stack.root / "platform/secrets" / tenant
    files = (data / "born", data / "users.json", data / "files/sales.csv", secrets / "token")
    return {path.name: path.read_text() for path in files}


def _image_of_all(world: World) -> object:
    return yaml.safe_load(world.stack.file.read_text())["defaults"]["image"]


def _without_number(text: str, world: World, number: int) -> str:
    settings = world.stack.settings
    subnet = tenant_subnet(settings["SUBNET_POOL"], number)
    for value, meaning in (
        (str(subnet), "SUBNET"),
        (str(subnet[1]), "GATEWAY"),
        (str(subnet[2]), "ADDRESS"),
        (str(UID_BASE + number), "0"),
        (f"{settings['BRIDGE_PREFIX']}{number}", "BRIDGE"),
    ):
        text = re.sub(rf"\b{re.escape(value)}\b", meaning, text)
    return text


def _containers(world: World, tenants: Sequence[str]) -> list[object]:
    found = []
    for name in _named(world, tenants, "container", "ps", "--all", "--format", "{{.Names}}"):
        one = inspect(name)
        found.append(
            {
                "name": name,
                "labels": _labels(one["Config"]["Labels"]),
                "running": one["State"]["Running"],
                "image": one["Image"],
                "host": one["HostConfig"],
                "env": sorted(one["Config"]["Env"]),
                "user": one["Config"]["User"],
                "networks": {
                    network: end["IPAddress"]
                    for network, end in one["NetworkSettings"]["Networks"].items()
                },
            }
        )
    return found


def _networks(world: World, tenants: Sequence[str]) -> list[object]:
    keys = ("Name", "Internal", "EnableIPv6", "IPAM", "Options")
    names = _named(world, tenants, "network", "network", "ls", "--format", "{{.Name}}")
    found = [inspect(name, "network") for name in names]
    return [{key: one[key] for key in keys} for one in found]


def _named(world: World, tenants: Sequence[str], kind: str, *listing: str) -> list[str]:
    names: set[str] = set()
    for tenant in tenants:
        ours = f"label=orchestrator.instance={world.stack.instance}"
        own = f"label=orchestrator.tenant={tenant}"
        names |= set(docker(*listing, "--filter", ours, "--filter", own).split())
    return sorted(names)


def _labels(found: dict[str, str]) -> dict[str, object]:
    return {key: json.loads(found[key]) if key.endswith("spec") else found[key] for key in LABELS}


def _routes(world: World, tenants: Sequence[str]) -> dict[str, object]:
    parsed = routes.parse(json.loads(world.stack.routes_file.read_text()))
    assert parsed is not None, "the route file cannot be read"
    return {
        tenant: [entry.address, entry.hosts]
        for tenant, entry in parsed[1].items()
        if tenant in tenants
    }


def _tree(top: Path) -> dict[str, object] | None:
    """Kind, mode, owner and length of all below; contents of what is not random."""
    if not top.exists():
        return None
    return {str(path.relative_to(top)): _entry(path) for path in sorted([top, *top.rglob("*")])}


def _entry(path: Path) -> list[object]:
    found = path.lstat()
    content: object = found.st_size if path.is_file() else None
    if path.name == "tenant.json":
        card = json.loads(path.read_text())
        content = {key: card[key] for key in ("id", "name", "uid")}
    return [stat.filemode(found.st_mode), str(found.st_uid), str(found.st_gid), content]


def _applied(root: Path, tenants: Sequence[str]) -> list[object]:
    document = json.loads((root / "platform/applied.json").read_text())
    return [one for one in document["fleet"]["tenants"] if one["id"] in tenants]

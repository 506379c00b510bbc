"""A swap on record: what ran before, what it is to become, and how far that went.

The record is written before the old container is stopped and taken away when the new one is
released. Whoever finds it afterwards knows what to finish, or what to go back to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from orchestrator.core.desired import Limits, TenantSpec

# begun    the new container was not released yet: nobody has seen it
# failed   it never will be: back to what ran before
# refused  what ran before is released again, and stays until something else is asked for
SwapState = Literal["begun", "failed", "refused"]
UNDER_WAY = ("begun", "failed")
LIMIT = "limits."
KEPT = ("name", "llm_port", "llm_privacy")


@dataclass(frozen=True)
class Swap:
    """One tenant's. `old` are the `container_fields` of what ran before; `snapshot` names the copy
    of its data, None when the image stays the same; `reason` says why it failed."""

    tenant: str
    old: Mapping[str, object]
    from_fingerprint: str
    to_fingerprint: str
    snapshot: str | None = None
    state: SwapState = "begun"
    reason: str = ""

    @property
    def under_way(self) -> bool:
        """Neither the new container nor the old one is released."""
        return self.state in UNDER_WAY


def effective(spec: TenantSpec, swap: Swap | None) -> TenantSpec:
    """What the tenant is to be: as wanted, or as before when just that was tried and failed."""
    if swap is None or swap.state == "begun" or swap.to_fingerprint != spec.fingerprint:
        return spec
    return before(spec, swap.old)


def before(spec: TenantSpec, old: Mapping[str, object]) -> TenantSpec:
    """The spec with what a container of these fields had; place and owner stay its own."""
    known = {field.name for field in fields(Limits)}
    of_limits: dict[str, Any] = {
        key.removeprefix(LIMIT): value
        for key, value in old.items()
        if key.startswith(LIMIT) and key.removeprefix(LIMIT) in known
    }
    kept: dict[str, Any] = {key: old[key] for key in KEPT if key in old}
    image = old.get("image")
    return replace(
        spec,
        image_id=image if isinstance(image, str) else None,
        limits=replace(spec.limits, **of_limits),
        **kept,
    )


def can_go_back(old: Mapping[str, object]) -> bool:
    """Whether these fields tell enough to make such a container again."""
    return isinstance(old.get("image"), str)


def snapshot_name(tenant: str, container_id: str, started_at: str) -> str:
    """Of the data as this life of this container leaves it: no other life has the same."""
    life = hashlib.sha256(f"{container_id} {started_at}".encode()).hexdigest()
    return f"{tenant}.{life[:12]}"

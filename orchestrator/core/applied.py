"""The fleet that was applied last: what is worked towards, whatever the file says now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.core.builds import Held
from orchestrator.core.fleet import Fleet


@dataclass(frozen=True)
class Applied:
    """One accepted apply. Image ids are pinned here: a rebuilt tag changes nothing until then."""

    generation: int
    fleet: Fleet
    image_ids: Mapping[str, str] = field(default_factory=dict)  # image name → id
    kept: Mapping[str, str] = field(default_factory=dict)  # tenant id → why its change is not in
    held: Mapping[str, Held] = field(default_factory=dict)  # tenant id → another build, in force

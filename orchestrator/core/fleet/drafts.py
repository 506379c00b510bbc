"""A tenant as far as it could be read, before it is known whether it is good."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.core.fleet.sections import Place, Section


@dataclass(frozen=True)
class Draft:
    """One entry under `tenants`: the line of its id, where it stands, and what it says."""

    id: str
    line: int
    place: Place
    section: Section

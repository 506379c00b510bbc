"""The outcome of validating tenants.yaml."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.core.fleet.model import Fleet
from orchestrator.core.problems import Problem


@dataclass(frozen=True)
class Validation:
    """All problems of the file, and what of it may be acted on.

    `fleet` is None as soon as there is any problem. `fleet_without_bad_tenants` is None only when
    a problem holds back the whole file; otherwise it holds every tenant that has none. `kept` are
    ids whose last good state must stay: the bad tenants, and the old id of one that is being
    renamed. `order` has all ids as they stand in the file.
    """

    fleet: Fleet | None
    problems: tuple[Problem, ...] = ()
    tenants_with_problems: frozenset[str] = frozenset()
    fleet_without_bad_tenants: Fleet | None = None
    kept: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """There is no problem at all."""
        return self.fleet is not None


def unreadable(*problems: Problem) -> Validation:
    """The whole file cannot be used, for these reasons: everybody's last good state stays."""
    return Validation(fleet=None, problems=problems)

"""What the controller knows between two turns. Only the event loop's thread changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orchestrator.core.applied import Applied
from orchestrator.core.campaign import Campaign
from orchestrator.core.desired import Desired, Site, TenantSpec, desired
from orchestrator.core.history import NONE, Attempts
from orchestrator.core.observed import Observed, Unknown
from orchestrator.core.status import Usage
from orchestrator.core.swap import Swap, effective

NOT_YET = Unknown("the engine was not looked at yet")


@dataclass
class State:
    """Everything that is neither in the engine nor on the disk, and can be lost; and what is on
    record, read once."""

    site: Site
    applied: Applied | None = None
    desired: Desired = field(default_factory=dict)
    observed: Observed = field(default_factory=lambda: Observed(NOT_YET, NOT_YET))
    history: dict[str, Attempts] = field(default_factory=dict)
    usage: dict[str, Usage] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)  # topic → sentence
    swaps: dict[str, Swap] = field(default_factory=dict)  # as in the ledger: journal.py
    asleep: set[str] = field(default_factory=set)  # the same
    campaign: Campaign | None = None  # the last one, as in the ledger: campaigns.py
    hosts: dict[str, str] = field(default_factory=dict)  # host → tenant id
    accepted: int = 0  # how often `desired` was made anew

    def accept(self, applied: Applied, indexes: Mapping[str, int]) -> None:
        """Work towards this fleet from now on."""
        self.applied = applied
        self.desired = desired(applied.fleet, indexes, applied.image_ids, self.site, applied.held)
        self.hosts = {host: spec.id for spec in self.desired.values() for host in spec.hosts}
        self.accepted += 1

    def wants(self, spec: TenantSpec) -> bool:
        """Whether this is still what the tenant is to be."""
        wanted = self.desired.get(spec.id)
        return wanted is not None and effective(wanted, self.swaps.get(spec.id)) == spec

    def seen(self) -> Observed:
        """The last look, with what is on record now."""
        return replace(self.observed, swaps=dict(self.swaps), asleep=frozenset(self.asleep))

    def attempts(self, tenant: str) -> Attempts:
        return self.history.get(tenant, NONE)

    def problem(self, topic: str, sentence: str | None) -> None:
        """Show a problem of the platform until it is called off with None."""
        if sentence is None:
            self.problems.pop(topic, None)
        else:
            self.problems[topic] = sentence

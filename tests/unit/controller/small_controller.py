"""The controller's parts with a real ledger, and a world that is as the test says."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from orchestrator.adapters.ledger import SqliteLedger
from orchestrator.controller.gate_desk import GateDesk
from orchestrator.controller.holding import Holding
from orchestrator.controller.journal import Journal
from orchestrator.controller.nights import Nights
from orchestrator.controller.outlook import Outlook
from orchestrator.controller.state import State
from orchestrator.core.desired import Desired
from orchestrator.core.observed import Observed
from orchestrator.core.plan import TenantPlan
from orchestrator.core.routes import Limits
from tests.support.fleets import SITE
from tests.support.model_world import ModelWorld


@dataclass
class Work:
    """Stands for the executor: what was asked of it, and what it is said to be doing."""

    submitted: list[TenantPlan] = field(default_factory=list)
    busy: dict[str, str] = field(default_factory=dict)
    doing: dict[str, str] = field(default_factory=dict)

    def submit(self, plan: TenantPlan) -> bool:
        self.submitted.append(plan)
        self.busy[plan.tenant] = plan.action
        self.doing[plan.tenant] = plan.action
        return True


@dataclass
class Bell:
    """Stands for the loop. `unseen`: what the next look shows, of which nobody knows yet."""

    rung: int = 0
    unseen: ModelWorld | None = None

    def ring(self) -> None:
        self.rung += 1

    def is_behind(self, _: str) -> bool:
        return self.unseen is not None

    async def observe(self) -> Observed:
        assert self.unseen is not None
        return self.unseen.observed()


@dataclass
class Routes:
    confirmed: bool = True
    limits: Limits = field(default_factory=Limits)


class SmallController:
    """`see` tells it what the world is like."""

    def __init__(self, place: Path, desired: Desired) -> None:
        self.ledger = SqliteLedger(place)
        self.state = State(SITE, desired=desired)
        self.state.hosts = {host: one.id for one in desired.values() for host in one.hosts}
        self.work, self.holding, self.bell = Work(), Holding(), Bell()
        self.journal = Journal(self.state, self.ledger)
        work, routes = cast("Any", self.work), cast("Any", Routes())
        outlook = Outlook(self.state, work, routes, http_port=80)
        self.nights = Nights(
            self.state,
            loop=cast("Any", self.bell),
            executor=work,
            journal=self.journal,
            outlook=outlook,
            following=cast("Any", None),
        )
        self.desk = GateDesk(
            self.state, executor=work, outlook=outlook, holding=self.holding, nights=self.nights
        )

    def see(self, world: ModelWorld) -> None:
        self.state.observed = world.observed()

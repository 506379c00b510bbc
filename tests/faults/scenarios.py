"""What is done when the controller is killed, and every side effect that doing it has, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Fleet = Mapping[str, Mapping[str, object]]

APPLY = ("applied_file.write", "ledger.record")
DOWN = ("engine.stop_container", "engine.remove_container")
UP = ("data_root.prepare", "engine.create_container", "firewall.ensure", "engine.start_container")
END = ("ledger.record",)


@dataclass(frozen=True)
class Scenario:
    """`effects` are all side effects of the apply and of its plan, in the order of a calm run."""

    name: str
    effects: tuple[str, ...]
    accepted_at: int  # from this effect's completion on, the apply needs no repetition

    def faults(self) -> list[tuple[str, str, int]]:
        """Before and after each: (effect, when, which of its calls)."""
        counted: dict[str, int] = {}
        found = []
        for effect in self.effects:
            counted[effect] = counted.get(effect, 0) + 1
            found += [(effect, when, counted[effect]) for when in ("before", "after")]
        return found

    def is_accepted(self, fault: tuple[str, str, int]) -> bool:
        """Whether an apply that dies there was accepted already."""
        place = self.faults().index(fault)
        return place > 2 * self.accepted_at


CREATE = Scenario(
    "create",
    ("ledger.allocate", *APPLY, "engine.create_network", *UP, "route_file.write", *END),
    accepted_at=1,
)
RECREATE = Scenario("recreate", (*APPLY, *DOWN, *UP, *END), accepted_at=0)
RETIRE = Scenario(
    "retire", (*APPLY, "route_file.write", *DOWN, "engine.remove_network", *END), accepted_at=0
)
RENAME = Scenario(
    "rename",
    (
        *APPLY,
        "route_file.write",
        *DOWN,
        "engine.remove_network",
        "data_root.move",
        "ledger.rename",
        "engine.create_network",
        "ledger.rename",
        *UP,
        "route_file.write",
        *END,
    ),
    accepted_at=0,
)
ALL = {one.name: one for one in (CREATE, RETIRE, RECREATE, RENAME)}


def in_turns() -> list[tuple[str, tuple[str, str, int]]]:
    """All faults of all scenarios. Create and retire take turns: each leaves the other's start."""
    create, retire = CREATE.faults(), RETIRE.faults()
    turns = []
    for place in range(max(len(create), len(retire))):
        turns += [("create", fault) for fault in create[place : place + 1]]
        turns += [("retire", fault) for fault in retire[place : place + 1]]
    for scenario in (RECREATE, RENAME):
        turns += [(scenario.name, fault) for fault in scenario.faults()]
    return turns

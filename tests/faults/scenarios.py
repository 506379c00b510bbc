"""What is done when the controller is killed, and every side effect that doing it has, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

Fleet = Mapping[str, Mapping[str, object]]

APPLY = ("applied_file.write", "ledger.record")
DOWN = ("engine.stop_container", "engine.remove_container")
UP = ("data_root.prepare", "engine.create_container", "firewall.ensure", "engine.start_container")
END = ("ledger.record",)


@dataclass(frozen=True)
class Scenario:
    """`effects` are all side effects of the act and of its plan, in the order of a calm run."""

    name: str
    effects: tuple[str, ...]
    accepted_at: int  # from this effect's completion on, the act needs no repetition
    act: Literal["apply", "sleep", "wake"] = "apply"
    refused: bool = False  # it ends as it began, and is told as a failure

    def faults(self) -> list[tuple[str, str, int]]:
        """Before and after each: (effect, when, which of its calls)."""
        counted: dict[str, int] = {}
        found = []
        for effect in self.effects:
            counted[effect] = counted.get(effect, 0) + 1
            found += [(effect, when, counted[effect]) for when in ("before", "after")]
        return found

    def is_accepted(self, fault: tuple[str, str, int]) -> bool:
        """Whether an act that dies there was accepted already."""
        place = self.faults().index(fault)
        return place > 2 * self.accepted_at


CREATE = Scenario(
    "create",
    ("ledger.allocate", *APPLY, "engine.create_network", *UP, "route_file.write", *END),
    accepted_at=1,
)
HOLD = ("route_file.write", "ledger.put_swap")
RELEASE = ("ledger.drop_swap", "route_file.write")
RECREATE = Scenario("recreate", (*APPLY, *HOLD, *DOWN, *UP, *RELEASE, *END), accepted_at=0)
COPIED = ("engine.stop_container", "snapshots.take", "engine.remove_container")
SWAP = Scenario(
    "swap",
    (*APPLY, "engine.try_image", "snapshots.begin", *HOLD, *COPIED, *UP, *RELEASE, *END),
    accepted_at=0,
)
FAILED_SWAP = Scenario(
    "failed-swap",
    (
        *APPLY,
        "engine.try_image",
        "snapshots.begin",
        *HOLD,
        *COPIED,
        *UP,
        "ledger.put_swap",  # it failed, and this is told
        "ledger.record",
        "engine.remove_container",
        "snapshots.restore",
        *UP,
        "ledger.put_swap",  # what ran before is released
        "route_file.write",
        *END,
    ),
    accepted_at=0,
    refused=True,
)
SLEEP = Scenario(
    "sleep",
    ("route_file.write", "ledger.set_asleep", "engine.stop_container", *END),
    accepted_at=1,
    act="sleep",
)
WAKE = Scenario(
    "wake",
    (
        "ledger.set_asleep",
        "data_root.prepare",
        "firewall.ensure",
        "engine.start_container",
        "route_file.write",
        *END,
    ),
    accepted_at=0,
    act="wake",
)
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
ALL = {one.name: one for one in (CREATE, RETIRE, RECREATE, RENAME, SWAP, FAILED_SWAP, SLEEP, WAKE)}


def in_turns() -> list[tuple[str, tuple[str, str, int]]]:
    """All faults of all scenarios. Create and retire take turns, and so do sleep and wake: each
    leaves the other's start."""
    turns = []
    for one, other in ((CREATE, RETIRE), (SLEEP, WAKE)):
        for pair in zip_longest(one.faults(), other.faults()):
            turns += [
                (scenario.name, fault)
                for scenario, fault in zip((one, other), pair, strict=True)
                if fault is not None
            ]
    for scenario in (RECREATE, RENAME, SWAP, FAILED_SWAP):
        turns += [(scenario.name, fault) for fault in scenario.faults()]
    return turns
